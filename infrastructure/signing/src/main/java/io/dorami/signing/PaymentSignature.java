package io.dorami.signing;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The signature that authenticates the payment provider's callbacks: {@code t=<seconds>,v1=<hex>}. The second part is
 * the HMAC-SHA256 of {@code <seconds>.<body>} with the shared secret. Signatures older than five minutes are rejected,
 * so that a recorded call cannot be replayed later; within that time a repeat has no effect.
 */
public final class PaymentSignature {

    public static final String HEADER = "X-Dorami-Signature";

    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final Pattern HEADER_PATTERN = Pattern.compile("t=(\\d{1,11}),v1=([0-9a-f]{64})");

    private final HmacSha256 hmac;

    /** Creates the signature from the secret that the provider and product-service share. */
    public PaymentSignature(String secret) {
        hmac = new HmacSha256(secret);
    }

    /**
     * Verifies that the provider signed the body.
     *
     * @throws DoramiException {@link ErrorCode#INVALID_SIGNATURE} if the signature is missing, wrong or too old
     */
    public void verify(@Nullable String header, byte[] body, Instant now) {
        Matcher parts = HEADER_PATTERN.matcher(header == null ? "" : header);
        if (!parts.matches()) {
            throw invalid("expected t=<seconds>,v1=<hex>");
        }
        Instant signedAt = Instant.ofEpochSecond(Long.parseLong(parts.group(1)));
        if (!hmac.verify(HexFormat.of().parseHex(parts.group(2)), prefix(signedAt), body)) {
            throw invalid("does not match the body");
        }
        if (Duration.between(signedAt, now).abs().compareTo(TOLERANCE) > 0) {
            throw invalid("timestamp must be at most 5 min from now");
        }
    }

    /** Creates the header's value for a body that is sent now. */
    public String sign(byte[] body, Instant now) {
        return "t=" + now.getEpochSecond() + ",v1=" + HexFormat.of().formatHex(hmac.sign(prefix(now), body));
    }

    private static byte[] prefix(Instant signedAt) {
        return (signedAt.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8);
    }

    private static DoramiException invalid(String reason) {
        return new DoramiException(ErrorCode.INVALID_SIGNATURE, HEADER + ": " + reason);
    }
}
