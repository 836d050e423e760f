package io.dorami.signing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HmacSha256Test {

    private static final String TEXT = "what do ya want for nothing?";

    private final HmacSha256 hmac = new HmacSha256("Jefe");

    /** RFC 4231, section 4.3 (test case 2). */
    @Test
    void signature_isThatOfRfc4231() {
        assertThat(HexFormat.of().formatHex(hmac.sign(TEXT)))
                .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    @Test
    void signatureOfParts_isThatOfWhole() {
        assertThat(hmac.sign(bytes("what do ya "), bytes("want for nothing?"))).isEqualTo(hmac.sign(TEXT));
    }

    @Test
    void verify_acceptsOnlyWholeSignatureOfText() {
        byte[] signature = hmac.sign(TEXT);
        assertThat(hmac.verify(signature, bytes(TEXT))).isTrue();
        assertThat(hmac.verify(signature, bytes("what do ya want"))).isFalse();
        assertThat(hmac.verify(Arrays.copyOf(signature, 31), bytes(TEXT))).isFalse();
        assertThat(hmac.verify(new byte[0], bytes(TEXT))).isFalse();
        signature[31] ^= 1;
        assertThat(hmac.verify(signature, bytes(TEXT))).isFalse();
    }

    @Test
    void derivedKeys_differ() {
        assertThat(hmac.deriveKey("a").sign(TEXT))
                .isNotEqualTo(hmac.sign(TEXT))
                .isNotEqualTo(hmac.deriveKey("b").sign(TEXT));
        assertThat(hmac.deriveKey("a").key().getEncoded()).isEqualTo(hmac.sign("a"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
