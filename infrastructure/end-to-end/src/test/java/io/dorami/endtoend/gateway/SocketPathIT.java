package io.dorami.endtoend.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dorami.endtoend.system.NginxProxy;
import io.dorami.endtoend.system.RunningSystem;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The paths of both protocols through a real Nginx, with and without the last slash. */
@ExtendWith(RunningSystem.Resolver.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SocketPathIT {

    /** Without an offer to upgrade to HTTP/2, which browsers do not make either. */
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final RunningSystem system;
    private NginxProxy nginx;

    SocketPathIT(RunningSystem system) {
        this.system = system;
    }

    @BeforeAll
    void start() {
        assumeTrue(NginxProxy.isInstalled(), "Nginx is not installed");
        String gateway = system.socketUrl().getAuthority();
        nginx = new NginxProxy(
                Map.of("DORAMI_GATEWAY", gateway, "DORAMI_MEDIA", gateway, "DORAMI_PLAY_GATE", gateway),
                Map.of("proxy_read_timeout  20s", "proxy_read_timeout  1s")); // of paths that are not for sockets
    }

    @AfterAll
    void end() {
        http.close();
        if (nginx != null) {
            nginx.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ws",
                "/ws/",
                "/socket.io/?EIO=4&transport=websocket",
                "/socket.io?EIO=4&transport=websocket",
            })
    void silentSocketStaysOpen(String path) {
        URI url = URI.create(nginx.url(path).toString().replaceFirst("^http", "ws"));
        WebSocket socket = http.newWebSocketBuilder()
                .buildAsync(url, new WebSocket.Listener() {})
                .join();
        await().during(Duration.ofMillis(1_500)).until(() -> !socket.isInputClosed());
        socket.abort();
    }

    @Test
    void pollingNeedsNoLastSlash() throws Exception {
        HttpResponse<String> handshake = http.send(
                HttpRequest.newBuilder(nginx.url("/socket.io?EIO=4&transport=polling"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(handshake.statusCode()).isEqualTo(200);
        assertThat(handshake.body()).startsWith("0{\"sid\":");
    }
}
