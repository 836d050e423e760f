package io.dorami.service.security;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Passes {@code dorami.jwt-secret} to SmallRye JWT in the only form that SmallRye accepts for HS256, a JWK. The key
 * bytes are the secret's UTF-8, as in the Node platform's {@code jsonwebtoken}. SmallRye verifies only the stream tokens
 * of the previous version with it; {@link TokenIssuers} verifies access tokens.
 */
public final class JwtSecretConfigInterceptor implements ConfigSourceInterceptor {

    private static final String KEY_PROPERTY = "smallrye.jwt.verify.secretkey";

    /** HS256 requires a key of at least the size of its hash (RFC 7518, section 3.2). */
    private static final int MIN_SECRET_BYTES = 32;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue secret = name.equals(KEY_PROPERTY) ? context.restart("dorami.jwt-secret") : null;
        if (secret == null || secret.getValue() == null) {
            return context.proceed(name);
        }
        byte[] bytes = secret.getValue().getBytes(StandardCharsets.UTF_8);
        if (bytes.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("DORAMI_JWT_SECRET must have at least " + MIN_SECRET_BYTES + " bytes");
        }
        String key = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return secret.from()
                .withName(KEY_PROPERTY)
                .withValue("{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"" + key + "\"}")
                .build();
    }
}
