package io.dorami.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.local.CliError;
import io.dorami.local.system.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpCommandTest {

    @Test
    void withoutOnly_allServicesStart() {
        assertThat(UpCommand.selectServices(null)).containsExactly(Service.values());
    }

    @Test
    void onlyStores_startsNoService() {
        assertThat(UpCommand.selectServices("stores")).isEmpty();
    }

    @Test
    void onlyServices_startInTheOrderOfTheirPorts() {
        assertThat(UpCommand.selectServices("viewer-service, stores,gateway,gateway"))
                .containsExactly(Service.GATEWAY, Service.VIEWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat", "", "stores,", "CHAT", "redis"})
    void unknownName_isRefused(String only) {
        String unknown = only.replace("stores,", "");

        assertThatThrownBy(() -> UpCommand.selectServices(only))
                .isInstanceOf(CliError.class)
                .hasMessageStartingWith("--only: there is no \"" + unknown + "\"")
                .hasMessageContaining("stores, gateway, chat-service");
    }
}
