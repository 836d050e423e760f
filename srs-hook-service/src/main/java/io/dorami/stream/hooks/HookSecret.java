package io.dorami.stream.hooks;

import io.dorami.stream.StreamConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Verifies the secret of SRS's hooks in constant time, which reveals neither the secrets nor which one matched. */
@ApplicationScoped
class HookSecret {

    private final byte[] current;
    private final byte[] former;

    HookSecret(StreamConfig config) {
        this.current = hash(config.srsSecret());
        this.former = config.formerSrsSecret().map(HookSecret::hash).orElse(current);
    }

    boolean matches(@Nullable String secret) {
        byte[] presented = hash(secret == null ? "" : secret);
        return MessageDigest.isEqual(current, presented) | MessageDigest.isEqual(former, presented);
    }

    /** Hashes a secret, so that secrets of any length take the same time to compare. */
    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
