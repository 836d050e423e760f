package io.dorami.signing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 with a secret key. Signatures are compared in constant time, which reveals none of their bytes. */
public final class HmacSha256 {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKey key;

    /** Uses the text of the secret itself as the key. */
    public HmacSha256(String secret) {
        this(bytes(secret));
    }

    private HmacSha256(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** Derives the key of one purpose, so that no signature of another purpose is valid for it. */
    public HmacSha256 deriveKey(String purpose) {
        return new HmacSha256(sign(bytes(purpose)));
    }

    /** Returns the key, for a library that signs by itself. */
    public SecretKey key() {
        return key;
    }

    /** Signs a text. */
    public byte[] sign(String text) {
        return sign(bytes(text));
    }

    /** Signs the concatenation of the parts. */
    public byte[] sign(byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Algorithm not available: " + ALGORITHM, e);
        }
    }

    /** Returns true if the signature is that of the concatenated parts. */
    boolean verify(byte[] signature, byte[]... parts) {
        return MessageDigest.isEqual(sign(parts), signature);
    }

    /** Compares a signature's text form with the expected one. */
    public static boolean isEqual(String expected, String presented) {
        return MessageDigest.isEqual(bytes(expected), bytes(presented));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
