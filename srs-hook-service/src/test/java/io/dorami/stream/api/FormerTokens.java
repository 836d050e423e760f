package io.dorami.stream.api;

import io.dorami.signing.HmacSha256;
import io.dorami.testing.TestSecrets;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtClaimsBuilder;
import java.time.Instant;

/** Stream tokens as the previous version issued them. Goes together with {@code FormerStreamTokens}. */
final class FormerTokens {

    private FormerTokens() {}

    static String publishToken(String key, int generation, Instant expires) {
        return sign(Jwt.claim("type", "publish").claim("gen", String.valueOf(generation)), key, expires);
    }

    static String playToken(String key, Instant expires) {
        return sign(Jwt.claim("type", "play"), key, expires);
    }

    private static String sign(JwtClaimsBuilder claims, String key, Instant expires) {
        return claims.subject(key)
                .expiresAt(expires)
                .jws()
                .algorithm(SignatureAlgorithm.HS256)
                .sign(new HmacSha256(TestSecrets.JWT).key());
    }
}
