package io.dorami.signing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaymentSignatureTest {

    /** The expected value was computed independently: providers outside of this repository sign too. */
    @Test
    void header_isHmacOfSecondsAndBody() {
        String header = new PaymentSignature("payment-secret")
                .sign("{\"paymentId\":\"p1\"}".getBytes(StandardCharsets.UTF_8), Instant.parse("2026-11-24T12:00:00Z"));
        assertThat(header)
                .isEqualTo("t=1795521600,v1=7fedfd37e4316e57017853dd0a885923e1f66c4c83687a32742af57c4007612c");
    }
}
