package io.dorami.gateway.socketio;

import io.dorami.signing.HmacSha256;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Token with which a client resumes after a reconnect. It states the client's socket ID for one user and namespace, and
 * is signed, so that any gateway can verify the token and none stores it. Text form: {@code <seconds>.<socket
 * id>.<signature>}; the user and the namespace are part of the signature only.
 *
 * @param socketId the client's socket ID
 * @param issuedAt time of the client's first connection
 */
record RecoveryToken(String socketId, Instant issuedAt) {

    /** Longer than any show, but not longer than room logs are kept. */
    private static final Duration VALIDITY = Duration.ofHours(12);

    /** Length of the truncated signature: 128 bits. */
    private static final int SIGNATURE_BYTES = 16;

    private static final int MAX_LENGTH = 200;

    /**
     * Returns the socket ID that a token states, without verification; empty if the text is not a token. Good enough to
     * repeat to the client that sent it.
     */
    static Optional<String> statedSocketId(String text) {
        int firstDot = text.indexOf('.');
        int lastDot = text.lastIndexOf('.');
        return text.length() > MAX_LENGTH || firstDot < 1 || lastDot <= firstDot
                ? Optional.empty()
                : Optional.of(text.substring(firstDot + 1, lastDot));
    }

    /** Signs and verifies tokens with a key derived from the platform's secret and used for nothing else. */
    static final class Signer {

        private final HmacSha256 hmac;

        Signer(String secret) {
            hmac = new HmacSha256(secret).deriveKey("socket.io recovery");
        }

        /** Returns the signed text form of the token. */
        String sign(RecoveryToken token, String namespace, String userId) {
            String body = token.issuedAt.getEpochSecond() + "." + token.socketId;
            return body + "." + signature(body, namespace, userId);
        }

        /** Returns the token if the text was signed for this user and namespace and has not expired. */
        Optional<RecoveryToken> verify(String text, String namespace, String userId, Instant now) {
            Optional<String> socketId = statedSocketId(text);
            if (socketId.isEmpty()) {
                return Optional.empty();
            }
            String body = text.substring(0, text.lastIndexOf('.'));
            if (!HmacSha256.isEqual(signature(body, namespace, userId), text.substring(body.length() + 1))) {
                return Optional.empty();
            }
            // The signature is valid, so the text has the form written by sign().
            Instant issuedAt = Instant.ofEpochSecond(Long.parseLong(body.substring(0, body.indexOf('.'))));
            return issuedAt.plus(VALIDITY).isBefore(now)
                    ? Optional.empty()
                    : Optional.of(new RecoveryToken(socketId.get(), issuedAt));
        }

        private String signature(String body, String namespace, String userId) {
            byte[] signature = hmac.sign(body + '\n' + namespace + '\n' + userId);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(signature, SIGNATURE_BYTES));
        }
    }
}
