package io.dorami.gateway.socketio;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a client shows to go on where it was: who it is in which namespace, signed, so that any gateway can check it and
 * none needs to remember it. Written {@code <seconds>.<socket id>.<signature>}; the user is in the signature alone.
 *
 * @param socketId what the client calls its own
 * @param issued when it was first connected
 */
record RecoveryToken(String socketId, Instant issued) {

    /** Longer than any show, and no longer than logs are kept. */
    private static final Duration VALID = Duration.ofHours(12);

    private static final String MAC = "HmacSHA256";

    /** 128 bits. */
    private static final int SIGNATURE_BYTES = 16;

    private static final int LONGEST = 200;

    /** Signs and checks with a key that is derived from the platform's secret and used for nothing else. */
    static final class Signer {

        private final SecretKeySpec key;

        Signer(String secret) {
            byte[] derived = mac(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), MAC), "socket.io recovery");
            this.key = new SecretKeySpec(derived, MAC);
        }

        /** The ticket as a client gets it. */
        String write(RecoveryToken ticket, String namespace, String user) {
            String body = ticket.issued.getEpochSecond() + "." + ticket.socketId;
            return body + "." + signature(body, namespace, user);
        }

        /** The ticket, if it was written here for this user and namespace and is not too old. */
        Optional<RecoveryToken> read(String text, String namespace, String user, Instant now) {
            int first = text.indexOf('.');
            int last = text.lastIndexOf('.');
            if (text.length() > LONGEST || first < 1 || last <= first) {
                return Optional.empty();
            }
            String body = text.substring(0, last);
            byte[] expected = signature(body, namespace, user).getBytes(StandardCharsets.US_ASCII);
            if (!MessageDigest.isEqual(expected, text.substring(last + 1).getBytes(StandardCharsets.UTF_8))) {
                return Optional.empty();
            }
            // Signed here, so it has the form in which it was written.
            Instant issued = Instant.ofEpochSecond(Long.parseLong(body.substring(0, first)));
            return issued.plus(VALID).isBefore(now)
                    ? Optional.empty()
                    : Optional.of(new RecoveryToken(body.substring(first + 1), issued));
        }

        private String signature(String body, String namespace, String user) {
            byte[] whole = mac(key, body + '\n' + namespace + '\n' + user);
            byte[] half = new byte[SIGNATURE_BYTES];
            System.arraycopy(whole, 0, half, 0, SIGNATURE_BYTES);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(half);
        }

        private static byte[] mac(SecretKeySpec key, String text) {
            try {
                Mac mac = Mac.getInstance(MAC);
                mac.init(key);
                return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("Every Java has " + MAC, e);
            }
        }
    }
}
