package io.dorami.local;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;

/** An access token as the platform's login service issues it, for development and tests. */
public record AccessToken(String user, String name, String email, Role role, Instant issued, Instant expires) {

    /** What a user may do. */
    public enum Role {
        USER,
        ADMIN
    }

    /** A token of a plain user, valid from now on for an hour. */
    public static AccessToken of(String user, String name) {
        return of(user, name, Role.USER, Duration.ofHours(1));
    }

    /** A token valid from now on. */
    public static AccessToken of(String user, String name, Role role, Duration lifetime) {
        Instant now = Instant.now();
        return new AccessToken(user, name, user + "@example.com", role, now, now.plus(lifetime));
    }

    /** The same for another e-mail address. */
    public AccessToken withEmail(String other) {
        return new AccessToken(user, name, other, role, issued, expires);
    }

    /** Signs with HS256; the key is the secret's text itself, as jsonwebtoken does it. */
    public String sign(String secret) {
        JwtClaims claims = new JwtClaims();
        claims.setSubject(user);
        claims.setStringClaim("userId", user);
        claims.setStringClaim("email", email);
        claims.setStringClaim("name", name);
        claims.setStringClaim("role", role.name());
        claims.setStringClaim("sid", UUID.randomUUID().toString());
        claims.setStringClaim("type", "access");
        claims.setJwtId(UUID.randomUUID().toString());
        claims.setIssuedAt(NumericDate.fromSeconds(issued.getEpochSecond()));
        claims.setExpirationTime(NumericDate.fromSeconds(expires.getEpochSecond()));

        JsonWebSignature signature = new JsonWebSignature();
        signature.setHeader("typ", "JWT");
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        signature.setKey(new HmacKey(secret.getBytes(StandardCharsets.UTF_8)));
        signature.setPayload(claims.toJson());
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalArgumentException("The token cannot be signed", e);
        }
    }
}
