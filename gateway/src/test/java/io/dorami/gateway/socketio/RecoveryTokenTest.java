package io.dorami.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryTokenTest {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final RecoveryToken TICKET = new RecoveryToken("3f1c", NOW);

    private final RecoveryToken.Signer signer = new RecoveryToken.Signer("a-secret-for-tests-of-32-bytes-and-more");
    private final String written = signer.write(TICKET, "/chat", "u1");

    @Test
    void anotherGatewayReadsIt() {
        RecoveryToken.Signer other = new RecoveryToken.Signer("a-secret-for-tests-of-32-bytes-and-more");
        assertThat(other.read(written, "/chat", "u1", NOW)).contains(TICKET);
    }

    @Test
    void itIsOneUsersInOneNamespace() {
        assertThat(signer.read(written, "/chat", "u2", NOW)).isEmpty();
        assertThat(signer.read(written, "/chat", "", NOW)).isEmpty();
        assertThat(signer.read(written, "/", "u1", NOW)).isEmpty();
    }

    @Test
    void anotherSecretsIsNone() {
        RecoveryToken.Signer other = new RecoveryToken.Signer("another-secret-of-32-bytes-and-some-more");
        assertThat(other.read(written, "/chat", "u1", NOW)).isEmpty();
    }

    @Test
    void itIsValidForTwelveHours() {
        assertThat(signer.read(written, "/chat", "u1", NOW.plus(Duration.ofHours(12))))
                .isPresent();
        assertThat(signer.read(
                        written, "/chat", "u1", NOW.plus(Duration.ofHours(12)).plusSeconds(1)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "a.b.c", "1764000000.3f1c", "1764000000.3f1c.", "x.3f1c.AAAAAAAAAAAAAAAAAAAAAA"})
    void whatWasNotWrittenHereIsNone(String text) {
        assertThat(signer.read(text, "/chat", "u1", NOW)).isEmpty();
        assertThat(signer.read(written + text, "/chat", "u1", NOW).isPresent()).isEqualTo(text.isEmpty());
        assertThat(signer.read("9" + written, "/chat", "u1", NOW)).isEmpty();
    }
}
