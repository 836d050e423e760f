package io.dorami.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    enum Color {
        RED,
        GREEN
    }

    record Sample(Integer count, Long total, BigDecimal price, String text, Boolean flag, Color color, Instant at) {}

    @Test
    void valuesOfTheirTypesAreRead() {
        assertThat(Json.read(
                        "{\"count\":1,\"total\":2,\"price\":3,\"text\":\"4\",\"flag\":true,\"color\":\"RED\","
                                + "\"at\":\"2026-02-28T12:00:00Z\"}",
                        Sample.class))
                .isEqualTo(new Sample(
                        1, 2L, new BigDecimal(3), "4", true, Color.RED, Instant.parse("2026-02-28T12:00:00Z")));
        assertThat(Json.read("{\"price\":29.90}", Sample.class).price()).isEqualTo("29.90");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"count\":1.0",
                "\"count\":1.5",
                "\"count\":\"1\"",
                "\"count\":\"\"",
                "\"count\":true",
                "\"total\":2.5",
                "\"total\":\"2\"",
                "\"price\":\"29.90\"",
                "\"price\":\"\"",
                "\"text\":5",
                "\"text\":5.5",
                "\"text\":true",
                "\"flag\":1",
                "\"flag\":\"true\"",
                "\"color\":0",
                "\"color\":\"0\"",
                "\"color\":\"\"",
                "\"color\":\"BLUE\"",
                "\"at\":1795330265125",
                "\"at\":1795330265.125",
                "\"at\":\"1795330265125\"",
            })
    void valuesOfOtherTypesAreRejected(String field) {
        assertThatThrownBy(() -> Json.read("{" + field + "}", Sample.class))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
