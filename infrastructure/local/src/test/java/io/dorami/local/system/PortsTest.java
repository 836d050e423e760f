package io.dorami.local.system;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.local.CliError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void takenPort_isReportedWithOwnerAndAlternative() throws IOException {
        Ports ports = freeRange();
        try (ServerSocket taken = new ServerSocket(ports.redis(), 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(ports::requireFree)
                    .isInstanceOf(CliError.class)
                    .hasMessageContaining("Port " + taken.getLocalPort() + " (redis) is taken")
                    .hasMessageContaining(
                            "by process " + ProcessHandle.current().pid())
                    .hasMessageContaining("--port ");
        }
        assertThatCode(ports::requireFree).doesNotThrowAnyException();
    }

    @Test
    void portsOfServicesThatDoNotStart_mayBeTaken() throws IOException {
        Ports ports = freeRange();
        try (ServerSocket taken = new ServerSocket(ports.http(Service.CHAT), 1, InetAddress.getLoopbackAddress())) {
            assertThatCode(() -> ports.requireFree(List.of(Service.GATEWAY))).doesNotThrowAnyException();
            assertThatThrownBy(() -> ports.requireFree(List.of(Service.CHAT)))
                    .hasMessageContaining("Port " + taken.getLocalPort() + " (chat-service) is taken");
        }
    }

    @Test
    void base_withoutPortsAbove_isRejected() {
        assertThatThrownBy(() -> new Ports(65_530)).isInstanceOf(CliError.class);
    }

    private static Ports freeRange() {
        for (int base = 21_000; base < 32_000; base += 50) {
            Ports ports = new Ports(base);
            if (ports.takenPorts().isEmpty()) {
                return ports;
            }
        }
        throw new IllegalStateException("No free range of ports");
    }
}
