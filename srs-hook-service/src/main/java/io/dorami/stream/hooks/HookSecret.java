package io.dorami.stream.hooks;

import io.dorami.stream.StreamConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Tells SRS's calls from anybody else's, in a time that says nothing about the secrets, nor which of the two it was. */
@ApplicationScoped
class HookSecret {

    private final byte[] present;
    private final byte[] former;

    HookSecret(StreamConfig config) {
        this.present = hash(config.srsSecret());
        this.former = config.formerSrsSecret().map(HookSecret::hash).orElse(present);
    }

    boolean is(@Nullable String secret) {
        byte[] said = hash(secret == null ? "" : secret);
        return MessageDigest.isEqual(present, said) | MessageDigest.isEqual(former, said);
    }

    /** Hashed, so that all have one length whatever was sent, and are compared over the whole of it. */
    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
