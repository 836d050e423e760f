package io.dorami.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayInstanceTest {

    @ParameterizedTest
    @CsvSource({"gateway-0, gateway-0", "9f86d081884c, 9f86d081884c", "host.example.org, host"})
    void nameIsTheFirstLabelOfTheHost(String host, String name) {
        assertThat(GatewayInstance.firstLabel(host)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "-a",
                "my_host",
                "a/b",
                "a b",
                "a@b",
                "0123456789012345678901234567890123456789012345678901234567890123"
            })
    void otherCharactersAreRefused(String host) {
        assertThatThrownBy(() -> GatewayInstance.firstLabel(host)).hasMessageContaining("DORAMI_GATEWAY_NAME");
    }
}
