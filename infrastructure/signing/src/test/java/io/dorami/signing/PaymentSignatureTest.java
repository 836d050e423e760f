package io.dorami.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.errors.DoramiException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PaymentSignatureTest {

    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    /** The expected value was computed independently: providers outside of this repository sign too. */
    @Test
    void header_isHmacOfSecondsAndBody() {
        String header = new PaymentSignature("payment-secret")
                .sign("{\"paymentId\":\"p1\"}".getBytes(StandardCharsets.UTF_8), Instant.parse("2026-11-24T12:00:00Z"));
        assertThat(header)
                .isEqualTo("t=1795521600,v1=7fedfd37e4316e57017853dd0a885923e1f66c4c83687a32742af57c4007612c");
    }

    @Test
    void rotatedSecretIsAccepted() {
        PaymentSignature former = new PaymentSignature("former");
        PaymentSignature current = new PaymentSignature("current");
        String formerHeader = former.sign(BODY, NOW);
        String both = formerHeader + "," + current.sign(BODY, NOW).split(",")[1];
        assertThatCode(() -> current.verify(both, BODY, NOW)).doesNotThrowAnyException();
        assertThatCode(() -> current.verify(both + ",v0=abc", BODY, NOW)).doesNotThrowAnyException();
        assertThatCode(() -> new PaymentSignature("current", Optional.of("former")).verify(formerHeader, BODY, NOW))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> current.verify(formerHeader, BODY, NOW)).isInstanceOf(DoramiException.class);
        assertThatThrownBy(() -> current.verify(formerHeader + ",v0=abc", BODY, NOW))
                .isInstanceOf(DoramiException.class);
    }
}
