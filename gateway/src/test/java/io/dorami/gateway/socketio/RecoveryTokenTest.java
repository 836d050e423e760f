package io.dorami.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryTokenTest {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final RecoveryToken TOKEN = new RecoveryToken("3f1c", NOW);

    private final RecoveryToken.Signer signer = new RecoveryToken.Signer("a-secret-for-tests-of-32-bytes-and-more");
    private final String signedToken = signer.sign(TOKEN, "/chat", "u1");

    /** Gateways of two versions run beside each other during a deployment. */
    @Test
    void textFormIsTheSameInEveryVersion() {
        assertThat(signedToken).isEqualTo("1795521600.3f1c.2zIDtk8cj9r7_DJQXA_JmA");
    }

    @Test
    void otherGatewayVerifiesToken() {
        RecoveryToken.Signer other = new RecoveryToken.Signer("a-secret-for-tests-of-32-bytes-and-more");
        assertThat(other.verify(signedToken, "/chat", "u1", NOW)).contains(TOKEN);
    }

    @Test
    void tokenIsBoundToUserAndNamespace() {
        assertThat(signer.verify(signedToken, "/chat", "u2", NOW)).isEmpty();
        assertThat(signer.verify(signedToken, "/chat", "", NOW)).isEmpty();
        assertThat(signer.verify(signedToken, "/", "u1", NOW)).isEmpty();
    }

    @Test
    void tokenOfOtherSecretIsRejected() {
        RecoveryToken.Signer other = new RecoveryToken.Signer("another-secret-of-32-bytes-and-some-more");
        assertThat(other.verify(signedToken, "/chat", "u1", NOW)).isEmpty();
    }

    @Test
    void tokenExpiresAfterTwelveHours() {
        assertThat(signer.verify(signedToken, "/chat", "u1", NOW.plus(Duration.ofHours(12))))
                .isPresent();
        assertThat(signer.verify(
                        signedToken,
                        "/chat",
                        "u1",
                        NOW.plus(Duration.ofHours(12)).plusSeconds(1)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "a.b.c", "1764000000.3f1c", "1764000000.3f1c.", "x.3f1c.AAAAAAAAAAAAAAAAAAAAAA"})
    void forgedTokenIsRejected(String text) {
        assertThat(signer.verify(text, "/chat", "u1", NOW)).isEmpty();
        assertThat(signer.verify(signedToken + text, "/chat", "u1", NOW).isPresent())
                .isEqualTo(text.isEmpty());
        assertThat(signer.verify("9" + signedToken, "/chat", "u1", NOW)).isEmpty();
    }
}
