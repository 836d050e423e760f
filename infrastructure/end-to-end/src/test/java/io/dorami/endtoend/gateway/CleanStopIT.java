package io.dorami.endtoend.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.endtoend.system.GatewayProcess;
import io.dorami.endtoend.system.RunningSystem;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The stop of a gateway with open sockets. */
@ExtendWith(RunningSystem.Resolver.class)
class CleanStopIT {

    @Test
    void stopWithOpenSocketsLogsNoError(RunningSystem system) {
        try (GatewayProcess gateway = system.newGateway();
                HttpClient http = HttpClient.newHttpClient()) {
            gateway.start();
            gateway.awaitReady();
            URI json = gateway.socketUrl();
            List<WebSocket> sockets = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                sockets.add(open(http, json));
                sockets.add(open(http, json.resolve("/socket.io/?EIO=4&transport=websocket")));
            }
            gateway.terminate();
            await().atMost(Duration.ofSeconds(10)).until(() -> !gateway.isAlive());
            assertThat(sockets).allMatch(WebSocket::isInputClosed);
            assertThat(gateway.logLines())
                    .anyMatch(line -> line.contains("count=50"))
                    .anyMatch(line -> line.contains("gateway stopped"))
                    .noneMatch(line -> line.contains(" ERROR ") || line.contains("Exception"));
        }
    }

    private static WebSocket open(HttpClient http, URI url) {
        return http.newWebSocketBuilder()
                .buildAsync(url, new WebSocket.Listener() {})
                .join();
    }
}
