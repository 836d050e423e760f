package io.dorami.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.local.CliError;
import org.junit.jupiter.api.Test;

class LoadCommandTest {

    @Test
    void userOption_replacesOptionOfProfile() {
        assertThat(LoadCommand.parse("ccu-500").protocols()).containsExactly("socket.io");
        assertThat(LoadCommand.parse("ccu-500", "--wire", "json").protocols()).containsExactly("json");
        assertThat(LoadCommand.parse("fanout", "--wire", "json,socket.io").protocols())
                .containsExactly("json", "socket.io");
    }

    @Test
    void defaultProtocol_isJson() {
        assertThat(LoadCommand.parse("fanout").protocols()).containsExactly("json");
    }

    @Test
    void unknownProtocol_isRefused() {
        assertThatThrownBy(() -> LoadCommand.parse("fanout", "--wire", "json,").call())
                .isInstanceOf(CliError.class)
                .hasMessageStartingWith("--wire: expected json or socket.io");
    }

    @Test
    void comparisonWithOrders_isRefusedBeforeAnyRun() {
        assertThatThrownBy(() -> LoadCommand.parse("ccu-500", "--compare").call())
                .isInstanceOf(CliError.class)
                .hasMessageContaining("--orders 0 --calls 0");
        assertThatThrownBy(() ->
                        LoadCommand.parse("fanout", "--calls", "5", "--compare").call())
                .isInstanceOf(CliError.class)
                .hasMessageContaining("--orders 0 --calls 0");
    }
}
