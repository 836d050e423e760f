package io.dorami.service.security;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Gives {@code dorami.jwt-secret} to SmallRye JWT in the one form that it takes for HS256: a JWK. Its bytes are the
 * secret's UTF-8, as the Node platform's {@code jsonwebtoken} uses them.
 */
public final class JwtSecretConfigInterceptor implements ConfigSourceInterceptor {

    private static final String NAME = "smallrye.jwt.verify.secretkey";

    /** HS256 needs a key as long as its hash (RFC 7518, section 3.2). */
    private static final int MIN_BYTES = 32;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue secret = name.equals(NAME) ? context.restart("dorami.jwt-secret") : null;
        if (secret == null || secret.getValue() == null) {
            return context.proceed(name);
        }
        byte[] bytes = secret.getValue().getBytes(StandardCharsets.UTF_8);
        if (bytes.length < MIN_BYTES) {
            throw new IllegalArgumentException("DORAMI_JWT_SECRET must have at least " + MIN_BYTES + " bytes");
        }
        String key = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return secret.from()
                .withName(NAME)
                .withValue("{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"" + key + "\"}")
                .build();
    }
}
