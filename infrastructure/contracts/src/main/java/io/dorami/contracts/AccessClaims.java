package io.dorami.contracts;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The claims of the platform's access token, for those who sign one in development and tests. */
public final class AccessClaims {

    private AccessClaims() {}

    /** All that the web platform puts in, for a new session. */
    public static Map<String, Object> of(User user, String email, Instant now, Duration lifetime) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("sub", user.id());
        claims.put("userId", user.id());
        claims.put("email", email);
        claims.put("name", user.name());
        claims.put("role", user.role().name());
        claims.put("sid", UUID.randomUUID().toString());
        claims.put("type", "access");
        claims.put("jti", UUID.randomUUID().toString());
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(lifetime).getEpochSecond());
        return claims;
    }
}
