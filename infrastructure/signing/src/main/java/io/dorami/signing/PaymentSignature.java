package io.dorami.signing;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The signature that authenticates the payment provider's callbacks: {@code t=<seconds>,v1=<hex>}. The second part is
 * the HMAC-SHA256 of {@code <seconds>.<body>} with the shared secret. A provider that rotates its secret sends one
 * {@code v1} for each secret; one that matches suffices. Signatures older than five minutes are rejected, so that a
 * recorded call cannot be replayed later; within that time a repeat has no effect.
 */
public final class PaymentSignature {

    public static final String HEADER = "X-Dorami-Signature";

    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    /** The time and up to five signatures; other schemes, such as an older {@code v0}, are ignored. */
    private static final Pattern HEADER_PATTERN = Pattern.compile("t=(\\d{1,11})((?:,v\\d=[0-9a-f]{1,128}){1,5})");

    private static final Pattern SIGNATURE_PATTERN = Pattern.compile(",v1=([0-9a-f]{64})(?=,|$)");

    private final HmacSha256 hmac;
    private final Optional<HmacSha256> formerHmac;

    /** Creates the signature from the secret that the provider and product-service share. */
    public PaymentSignature(String secret) {
        this(secret, Optional.empty());
    }

    /**
     * Creates the signature while the secret is rotated.
     *
     * @param formerSecret also accepted, never used to sign
     */
    public PaymentSignature(String secret, Optional<String> formerSecret) {
        hmac = new HmacSha256(secret);
        formerHmac = formerSecret.map(HmacSha256::new);
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
        boolean matches = SIGNATURE_PATTERN
                .matcher(parts.group(2))
                .results()
                .map(signature -> HexFormat.of().parseHex(signature.group(1)))
                .anyMatch(signature -> hmac.verify(signature, prefix(signedAt), body)
                        || formerHmac
                                .filter(former -> former.verify(signature, prefix(signedAt), body))
                                .isPresent());
        if (!matches) {
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
