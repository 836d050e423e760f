package io.dorami.signing;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How the payment provider proves that a callback is its own: {@code t=<seconds>,v1=<hex>}, where the second part is the
 * HMAC-SHA256 of {@code <seconds>.<body>} with the shared secret. What was signed over five minutes ago is refused, so
 * that a recorded call cannot be played again later; within that time a repeat changes nothing.
 */
public final class PaymentSignature {

    public static final String HEADER = "X-Dorami-Signature";

    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final Pattern FORM = Pattern.compile("t=(\\d{1,11}),v1=([0-9a-f]{64})");

    private final SecretKeySpec key;

    /** For whoever knows the secret: the provider and product-service. */
    public PaymentSignature(String secret) {
        key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    /**
     * Lets through what the provider sent.
     *
     * @throws DoramiException {@link ErrorCode#INVALID_SIGNATURE} for anything else
     */
    public void check(@Nullable String header, byte[] body, Instant now) {
        Matcher parts = FORM.matcher(header == null ? "" : header);
        if (!parts.matches()) {
            throw refused("must be t=<seconds>,v1=<hex>");
        }
        Instant signed = Instant.ofEpochSecond(Long.parseLong(parts.group(1)));
        if (!MessageDigest.isEqual(hmac(signed, body), HexFormat.of().parseHex(parts.group(2)))) {
            throw refused("is not this body's");
        }
        if (Duration.between(signed, now).abs().compareTo(TOLERANCE) > 0) {
            throw refused("is of another time");
        }
    }

    /** The header's value for a body sent now. */
    public String sign(byte[] body, Instant now) {
        return "t=" + now.getEpochSecond() + ",v1=" + HexFormat.of().formatHex(hmac(now, body));
    }

    private byte[] hmac(Instant signed, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update((signed.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DoramiException refused(String why) {
        return new DoramiException(ErrorCode.INVALID_SIGNATURE, HEADER + " " + why);
    }
}
