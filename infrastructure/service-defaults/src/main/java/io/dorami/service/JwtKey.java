package io.dorami.service;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Gives {@code dorami.jwt-secret} to SmallRye JWT in the one form that it takes for HS256: a JWK. Its bytes are the
 * secret's UTF-8, as the Node platform's {@code jsonwebtoken} uses them.
 */
public final class JwtKey implements ConfigSourceFactory {

    /** HS256 needs a key as long as its hash (RFC 7518, section 3.2). */
    private static final int MIN_BYTES = 32;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        ConfigValue secret = context.getValue("dorami.jwt-secret");
        if (secret == null || secret.getValue() == null) {
            return List.of();
        }
        byte[] bytes = secret.getValue().getBytes(StandardCharsets.UTF_8);
        if (bytes.length < MIN_BYTES) {
            throw new IllegalArgumentException("DORAMI_JWT_SECRET must have at least " + MIN_BYTES + " bytes");
        }
        String jwk = "{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\""
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "\"}";
        return List.of(new PropertiesConfigSource(
                Map.of("smallrye.jwt.verify.secretkey", jwk, "smallrye.jwt.sign.key", jwk), "dorami-jwt-key", 275));
    }
}
