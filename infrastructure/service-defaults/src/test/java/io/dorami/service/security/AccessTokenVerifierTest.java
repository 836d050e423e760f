package io.dorami.service.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.User;
import io.smallrye.jwt.auth.principal.DefaultJWTCallerPrincipal;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokenVerifierTest {

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

    private static String nameOf(@Nullable String name) {
        JwtClaims claims = new JwtClaims();
        claims.setSubject("u1");
        if (name != null) {
            claims.setStringClaim("name", name);
        }
        return AccessTokenVerifier.userOf(new DefaultJWTCallerPrincipal("token", "JWT", claims))
                .name();
    }
}
