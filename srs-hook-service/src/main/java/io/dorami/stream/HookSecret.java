package io.dorami.stream;

import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Tells SRS's calls from anybody else's, in a time that says nothing about the secret. */
@ApplicationScoped
class HookSecret {

    private final byte[] expected;

    HookSecret(StreamConfig config) {
        this.expected = hash(config.srsSecret());
    }

    boolean is(@Nullable String secret) {
        return MessageDigest.isEqual(expected, hash(secret == null ? "" : secret));
    }

    /** Hashed, so that both sides have one length whatever was sent. */
    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
