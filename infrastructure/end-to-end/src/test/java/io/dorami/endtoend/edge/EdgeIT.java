package io.dorami.endtoend.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dorami.endtoend.system.GatewayProcess;
import io.dorami.endtoend.system.NginxProxy;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.testing.TestSecrets;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The running system with two gateways behind a real Nginx with TLS. */
@EnabledIfSystemProperty(named = "edge", matches = ".*")
@ExtendWith(RunningSystem.Resolver.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EdgeIT {

    private static final int POLLING_CLIENTS = 20;
    private static final int PACKETS = 5;
    private static final Pattern SESSION_ID = Pattern.compile("\"sid\":\"((gateway-\\d)\\.[^\"]+)\"");

    private final RunningSystem system;
    private final List<GatewayProcess> gateways = new ArrayList<>();
    private NginxProxy nginx;
    private HttpClient http;

    EdgeIT(RunningSystem system) {
        this.system = system;
    }

    @BeforeAll
    void start() {
        assumeTrue(NginxProxy.isInstalled(), "Nginx is not installed");
        Map<String, String> settings = new HashMap<>();
        Stream.of("CHAT 1", "VIEWER 2", "PRODUCT 3", "STREAM 4")
                .map(service -> service.split(" "))
                .forEach(service -> settings.put(
                        "DORAMI_UPSTREAM_" + service[0], "http://127.0.0.1:" + port(Integer.parseInt(service[1]))));
        StringBuilder addresses = new StringBuilder();
        for (String name : List.of("gateway-0", "gateway-1")) {
            settings.put("DORAMI_GATEWAY_NAME", name);
            GatewayProcess gateway = system.newGateway(settings);
            gateway.start();
            gateways.add(gateway);
            addresses.append(name).append("=127.0.0.1:").append(gateway.port()).append(' ');
        }
        gateways.forEach(GatewayProcess::awaitReady);
        nginx = new NginxProxy(Map.of(
                "DORAMI_EDGE", "tls",
                "DORAMI_PUBLIC_RATE", "100000r/s", // all viewers of these tests have one address
                "DORAMI_GATEWAY", addresses.toString(),
                "DORAMI_MEDIA", "127.0.0.1:1",
                "DORAMI_PLAY_GATE", "127.0.0.1:1"));
        http = nginx.newClient(HttpClient.Version.HTTP_2);
    }

    @AfterAll
    void end() {
        if (nginx != null) {
            http.shutdownNow(); // an aborted WebSocket over TLS never ends for close()
            nginx.close();
        }
        gateways.forEach(GatewayProcess::close);
    }

    @Test
    void pollingClientsStayWithTheirGateway() throws Exception {
        Set<String> reached = new HashSet<>();
        for (int client = 0; client < POLLING_CLIENTS; client++) {
            var open = SESSION_ID.matcher(
                    send(request("/socket.io/?EIO=4&transport=polling")).body());
            assertThat(open.find()).isTrue();
            reached.add(open.group(2));
            String session = "/socket.io/?EIO=4&transport=polling&sid=" + open.group(1);
            // Another gateway would reply 400 to the session's packets: the CONNECT of a namespace, and then its
            // events.
            assertThat(post(session, "40")).isEqualTo("ok");
            assertThat(send(request(session)).body()).contains("\"sid\"");
            for (int packet = 0; packet < PACKETS; packet++) {
                assertThat(post(session, "42[\"join:stream\",{\"streamId\":\"EDGE\"}]"))
                        .isEqualTo("ok");
            }
        }
        assertThat(reached).containsExactlyInAnyOrder("gateway-0", "gateway-1");
    }

    @ParameterizedTest
    @CsvSource({"/socket.io/?EIO=4&transport=websocket, 0{", "/ws, '{\"event\":\"welcome\"'"})
    void socketsOpenThroughTls(String path, String firstMessage) throws Exception {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        WebSocket socket = http.newWebSocketBuilder()
                .buildAsync(nginx.socketUrl(path), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                        messages.add(data.toString());
                        webSocket.request(1);
                        return CompletableFuture.completedStage(null);
                    }
                })
                .join();
        if (path.equals("/ws")) {
            socket.sendText("{\"type\":\"hello\",\"version\":1}", true).join();
        }
        await().untilAsserted(() -> assertThat(messages).anyMatch(message -> message.startsWith(firstMessage)));
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        await().until(socket::isInputClosed); // an open socket would keep its gateway from getting the next client
    }

    @ParameterizedTest
    @CsvSource({"/api/streaming/active, 4", "/api/products?take=200, 3", "/api/notices, 4"})
    void publicReadReachesItsServiceOnceASecond(String path, int service) throws Exception {
        String uri = path.replaceFirst("\\?.*", "");
        double before = countRequests(service, uri);
        String tag = "";
        int polls = 0;
        for (long end = System.nanoTime() + Duration.ofSeconds(5).toNanos(); System.nanoTime() < end; polls++) {
            HttpResponse<String> response = send(request(path).header("Cookie", "accessToken=a.b." + polls));
            assertThat(response.statusCode()).isEqualTo(200);
            tag = response.headers().firstValue("ETag").orElse(tag);
            // Below the 1,000 requests after which Nginx closes a connection.
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        assertThat(polls).isGreaterThan(50);
        assertThat(countRequests(service, uri) - before).isBetween(2.0, 6.0);

        assertThat(send(request(path).header("If-None-Match", tag)).statusCode())
                .isEqualTo(304);

        // Without the cache: each call of a user with a bearer token reaches the service.
        double cached = countRequests(service, uri);
        for (int call = 0; call < 10; call++) {
            send(request(path).header("Authorization", "Bearer " + TestSecrets.userToken("u1", "Kim")));
        }
        assertThat(countRequests(service, uri) - cached).isEqualTo(10.0);
    }

    @Test
    void gatewayLearnsAddressAndSchemeOfTheClient() throws Exception {
        // The gateway accepts its own origin without a setting if it knows scheme, host and port of the client.
        HttpResponse<String> own = send(request("/socket.io/?EIO=4&transport=polling")
                .header("Origin", nginx.url("").toString()));
        assertThat(own.statusCode()).isEqualTo(200);
        assertThat(send(request("/socket.io/?EIO=4&transport=polling")
                                .header("Origin", nginx.url("").toString().replace("https", "http")))
                        .statusCode())
                .isEqualTo(403);
    }

    private String post(String path, String packet) throws Exception {
        return send(request(path).POST(BodyPublishers.ofString(packet))).body();
    }

    private double countRequests(int service, String uri) throws Exception {
        String metrics = system.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(10 + service) + "/q/metrics")))
                .body();
        return metrics.lines()
                .filter(line -> line.startsWith("http_server_requests_seconds_count")
                        // A reply of 304 has no path of its own in the metrics; here only Nginx asks with an ETag.
                        && (line.contains("uri=\"" + uri + "\"") || line.contains("uri=\"REDIRECTION\"")))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private int port(int offset) {
        return system.url("/").getPort() + offset;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(nginx.url(path)).timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
