package io.dorami.service.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how the claims of a verified token are read. */
class VerifiedTokenTest {

    private static final long EXPIRES = 1_900_000_000;

    @ParameterizedTest
    @CsvSource({"Kim\u202E, Kim", "Admin\u200B, Admin", "김민수, 김민수", "Kim ❤️, Kim ❤️"})
    void nameInTokenIsCleaned(String name, String cleaned) {
        assertThat(nameOf(name)).isEqualTo(cleaned);
    }

    @Test
    void nameWithSixtyMarksCoversNoNeighbour() {
        assertThat(nameOf("n" + "\u0316".repeat(60))).isEqualTo("n" + "\u0316".repeat(5));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "\u3164", "\u200B\u2800", "\u202E"})
    void nameWithoutVisibleCharacter_isNeutral_andAccepted(@Nullable String name) {
        assertThat(nameOf(name)).isEqualTo("Guest");
    }

    @Test
    void overlongNameIsCut_andAccepted() {
        assertThat(nameOf("김".repeat(101))).isEqualTo("김".repeat(User.MAX_NAME_LENGTH));
    }

    @Test
    void userIdComesBeforeSubject() {
        assertThat(read(Map.of("sub", "auth0|7", "userId", "u1")).getName()).isEqualTo("u1");
        assertThat(read(Map.of("sub", "u2")).getName()).isEqualTo("u2");
    }

    @Test
    void tokenIsAcceptedUntilExpiryAndClockSkew() {
        assertThat(read(Map.of("sub", "u1")).expiresAt()).isEqualTo(Instant.ofEpochSecond(EXPIRES + 1));
    }

    @Test
    void onlyRoleAdminMakesAdmin() {
        for (Object role : List.of("ADMIN", List.of("seller", "ADMIN"))) {
            assertThat(roleOf(role)).as("%s", role).isEqualTo(User.Role.ADMIN);
        }
        for (Object role :
                List.of("USER", "admin", "SUPERADMIN", "", List.of(), List.of("seller"), 1, Map.of("ADMIN", true))) {
            assertThat(roleOf(role)).as("%s", role).isEqualTo(User.Role.USER);
        }
    }

    @Test
    void roleOfAnotherClaimCountsNothing() {
        assertThat(VerifiedToken.of(claims(Map.of("sub", "u1", "role", "ADMIN")), "roles", Duration.ZERO)
                        .identity()
                        .user()
                        .role())
                .isEqualTo(User.Role.USER);
    }

    @Test
    void claimsOfNoUser_areRejected() {
        for (Map<String, Object> claims : List.<Map<String, Object>>of(
                Map.of(),
                Map.of("sub", ""),
                Map.of("sub", "two words"),
                Map.of("sub", "u1", "type", "refresh"),
                Map.of("sub", "u1", "type", 1),
                Map.of("sub", "u1", "userId", 7),
                Map.of("sub", "u1", "name", List.of("Kim")))) {
            assertThatThrownBy(() -> read(claims))
                    .as("%s", claims)
                    .isInstanceOf(DoramiException.class)
                    .hasMessageStartingWith("invalid token");
        }
    }

    private static String nameOf(@Nullable String name) {
        return read(name == null ? Map.of("sub", "u1") : Map.of("sub", "u1", "name", name))
                .user()
                .name();
    }

    private static User.Role roleOf(Object role) {
        return read(Map.of("sub", "u1", "role", role)).user().role();
    }

    private static Identity read(Map<String, Object> claims) {
        return VerifiedToken.of(claims(claims), "role", Duration.ofSeconds(1)).identity();
    }

    private static JwtClaims claims(Map<String, Object> values) {
        JwtClaims claims = new JwtClaims();
        values.forEach(claims::setClaim);
        claims.setExpirationTime(NumericDate.fromSeconds(EXPIRES));
        return claims;
    }
}
