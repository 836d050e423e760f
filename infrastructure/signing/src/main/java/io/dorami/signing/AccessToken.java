package io.dorami.signing;

import io.dorami.contracts.User;
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

/**
 * The platform's access token, with all the claims that the web platform puts in. In production that platform signs them;
 * this is for development, demos and tests.
 */
public record AccessToken(User user, String email, Instant issued, Instant expires) {

    /** Valid from now on for an hour. */
    public static AccessToken of(User user) {
        return of(user, Duration.ofHours(1));
    }

    /** Valid from now on. */
    public static AccessToken of(User user, Duration lifetime) {
        Instant now = Instant.now();
        return new AccessToken(user, user.id() + "@example.com", now, now.plus(lifetime));
    }

    /** The same for another e-mail address. */
    public AccessToken withEmail(String other) {
        return new AccessToken(user, other, issued, expires);
    }

    /**
     * Signs with HS256; the key is the secret's text itself, as the Node platform's {@code jsonwebtoken} has it.
     *
     * @throws IllegalArgumentException where the secret is shorter than HS256 demands, 32 bytes
     */
    public String sign(String secret) {
        JwtClaims claims = new JwtClaims();
        claims.setSubject(user.id());
        claims.setStringClaim("userId", user.id());
        claims.setStringClaim("email", email);
        claims.setStringClaim("name", user.name());
        claims.setStringClaim("role", user.role().name());
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
