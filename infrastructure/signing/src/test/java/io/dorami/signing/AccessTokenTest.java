package io.dorami.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.User;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;

class AccessTokenTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @Test
    void token_isSignedWithTextOfSecret() throws GeneralSecurityException {
        String[] parts = token().split("\\.", -1);

        // Computed independently, because the library would confirm its own result.
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signature = mac.doFinal((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(parts[2]).isEqualTo(Base64.getUrlEncoder().withoutPadding().encodeToString(signature));
        assertThat(decoded(parts[0])).contains("\"HS256\"");
    }

    @Test
    void token_hasClaimsOfLoginService() throws JoseException {
        Map<String, Object> claims = JsonUtil.parseJson(decoded(token().split("\\.", -1)[1]));

        assertThat(claims)
                .containsOnlyKeys("sub", "userId", "email", "name", "role", "sid", "type", "jti", "iat", "exp")
                .containsEntry("sub", "u1")
                .containsEntry("userId", "u1")
                .containsEntry("name", "김")
                .containsEntry("email", "kim@example.org")
                .containsEntry("role", "ADMIN")
                .containsEntry("type", "access");
        assertThat(seconds(claims, "exp") - seconds(claims, "iat")).isEqualTo(7_200);
    }

    @Test
    void shortSecret_isRejected() {
        assertThatThrownBy(() ->
                        AccessToken.of(new User("u1", "Kim", User.Role.USER)).sign("short"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static long seconds(Map<String, Object> claims, String name) {
        return (Long) Objects.requireNonNull(claims.get(name));
    }

    private static String token() {
        return AccessToken.of(new User("u1", "김", User.Role.ADMIN), Duration.ofHours(2))
                .withEmail("kim@example.org")
                .sign(SECRET);
    }

    private static String decoded(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }
}
