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
 * The platform's access token, with all claims of the web platform. In production that platform signs the tokens; this
 * class serves development, demos and tests.
 */
public record AccessToken(User user, String email, Instant issuedAt, Instant expiresAt) {

    /** Creates a token that is valid from now for 1 h. */
    public static AccessToken of(User user) {
        return of(user, Duration.ofHours(1));
    }

    /** Creates a token that is valid from now for the lifetime. */
    public static AccessToken of(User user, Duration lifetime) {
        Instant now = Instant.now();
        return new AccessToken(user, user.id() + "@example.com", now, now.plus(lifetime));
    }

    /** Returns a copy with another e-mail address. */
    public AccessToken withEmail(String other) {
        return new AccessToken(user, other, issuedAt, expiresAt);
    }

    /** Returns the claims, with a new id at each call, for a signer with another key. */
    public JwtClaims claims() {
        JwtClaims claims = new JwtClaims();
        claims.setSubject(user.id());
        claims.setStringClaim("userId", user.id());
        claims.setStringClaim("email", email);
        claims.setStringClaim("name", user.name());
        claims.setStringClaim("role", user.role().name());
        claims.setStringClaim("sid", UUID.randomUUID().toString());
        claims.setStringClaim("type", "access");
        claims.setJwtId(UUID.randomUUID().toString());
        claims.setIssuedAt(NumericDate.fromSeconds(issuedAt.getEpochSecond()));
        claims.setExpirationTime(NumericDate.fromSeconds(expiresAt.getEpochSecond()));
        return claims;
    }

    /**
     * Signs with HS256. The key is the text of the secret itself, as in the Node platform's {@code jsonwebtoken}.
     *
     * @throws IllegalArgumentException if the secret is shorter than the 32 bytes that HS256 requires
     */
    public String sign(String secret) {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setHeader("typ", "JWT");
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        signature.setKey(new HmacKey(secret.getBytes(StandardCharsets.UTF_8)));
        signature.setPayload(claims().toJson());
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalArgumentException("Cannot sign the token; the secret needs at least 32 bytes", e);
        }
    }
}
