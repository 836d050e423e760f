package io.dorami.gateway.socketio.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dorami.gateway.socketio.engine.RawEngineClient.RawSocket;
import io.dorami.gateway.socketio.protocol.ConformanceServer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Engine.IO at the level of protocol text, on a server that echoes messages. */
class EngineServerTest {

    private static final String PATH = "/engine.io/";

    private static Vertx vertx;
    private static HttpServer server;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        server = ConformanceServer.start(vertx, 0, ConformanceServer.SLOW_MACHINE_OPTIONS);
    }

    @AfterAll
    static void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void handshakeCarriesSessionParameters() throws Exception {
        HttpResponse<String> response = RawEngineClient.send(
                        RawEngineClient.request(address("EIO=4&transport=polling")))
                .join();
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; charset=UTF-8");
        assertThat(response.body()).startsWith("0{");
        JsonNode handshake = new ObjectMapper().readTree(response.body().substring(1));
        assertThat(handshake.path("sid").asText()).matches("gateway-0\\.[A-Za-z0-9_-]{20}");
        assertThat(handshake.path("upgrades").toString()).isEqualTo("[\"websocket\"]");
        assertThat(handshake.path("pingInterval").asInt()).isEqualTo(300);
        assertThat(handshake.path("pingTimeout").asInt()).isEqualTo(5_000);
        assertThat(handshake.path("maxPayload").asInt()).isEqualTo(1_000_000);
        assertThat(RawSocket.open(address("EIO=4&transport=websocket")).next()).contains("\"upgrades\":[]");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  EIO=4,                                     0, Transport unknown",
        "GET,  EIO=4&transport=flash,                     0, Transport unknown",
        "GET,  EIO=4&transport=polling&sid=elsewhere,     1, Session ID unknown",
        "POST, EIO=4&transport=polling&sid=elsewhere,     1, Session ID unknown",
        "POST, EIO=4&transport=polling,                   2, Bad handshake method",
        "PUT,  EIO=4&transport=polling,                   2, Bad handshake method",
        "GET,  EIO=4&transport=websocket,                 3, Bad request",
        "GET,  EIO=3&transport=polling,                   5, Unsupported protocol version",
        "GET,  transport=polling,                         5, Unsupported protocol version",
    })
    void invalidHandshakeGetsErrorCode(String method, String query, int code, String message) {
        HttpResponse<String> response = RawEngineClient.send(
                        RawEngineClient.request(address(query)).method(method, BodyPublishers.noBody()))
                .join();
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.body()).isEqualTo("{\"code\":%d,\"message\":\"%s\"}".formatted(code, message));
    }

    @Test
    void pollingPayloadKeepsPacketOrderAndBytes() {
        RawEngineClient client = RawEngineClient.openPolling(server.actualPort(), PATH);
        CompletableFuture<HttpResponse<String>> get = client.get();
        assertThat(client.post("4one\u001ebAQID\u001e4두울\u001e6").join().body()).isEqualTo("ok");
        String first = get.join().body();
        String all = first.contains("두울") ? first : first + '\u001e' + client.next();
        assertThat(all).isEqualTo("4one\u001ebAQID\u001e4두울");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "", "4fine\u001e", "4fine\u001ex", "b%%%", "2", "0{}"})
    void malformedPayloadEndsSession(String payload) {
        RawEngineClient client = RawEngineClient.openPolling(server.actualPort(), PATH);
        assertThat(client.post(payload).join().statusCode()).isEqualTo(400);
        assertThat(client.get().join().body()).contains("\"code\":1");
    }

    @Test
    void payloadOverLimitEndsSession() {
        RawEngineClient client = RawEngineClient.openPolling(server.actualPort(), PATH);
        CompletableFuture<HttpResponse<String>> get = client.get();
        assertThat(client.post("4" + "x".repeat(1_000_000))
                        .handle((response, e) -> e != null || response.statusCode() == 413)
                        .join())
                .isTrue();
        assertThat(get.join().body()).isEqualTo("1");
        assertThat(client.get().join().body()).contains("\"code\":1");
    }

    @Test
    void payloadAtLimitIsAccepted() {
        RawEngineClient client = RawEngineClient.openPolling(server.actualPort(), PATH);
        String message = "4" + "x".repeat(999_999);
        assertThat(client.post(message).join().body()).isEqualTo("ok");
        assertThat(client.next()).isEqualTo(message);
    }

    @Test
    void pollWaitsForMessage() {
        RawEngineClient client = RawEngineClient.openPolling(server.actualPort(), PATH);
        CompletableFuture<HttpResponse<String>> get = client.get();
        assertThat(get).isNotDone();
        client.post("4now").join();
        assertThat(get.join().body()).isEqualTo("4now");
    }

    @Test
    void concurrentPollsEndSession() {
        RawEngineClient client = RawEngineClient.openPolling(server.actualPort(), PATH);
        CompletableFuture<HttpResponse<String>> first = client.get();
        CompletableFuture<HttpResponse<String>> second = client.get();
        assertThat(Stream.of(first, second).map(get -> get.join().statusCode())).containsExactlyInAnyOrder(200, 400);
        assertThat(Stream.of(first, second).map(get -> get.join().body())).contains("1");
        assertThat(client.get().join().body()).contains("\"code\":1");
    }

    @Test
    void upgradeDeliversMessagesOnceInOrder() {
        for (int round = 0; round < 20; round++) {
            RawEngineClient client = RawEngineClient.openPolling(server.actualPort(), PATH);
            List<String> received = new ArrayList<>();
            CompletableFuture<HttpResponse<String>> get = client.get();
            RawSocket socket = client.upgrade().send("2probe");
            client.post("4a\u001e4b").join();
            assertThat(socket.next()).isEqualTo("3probe");
            received.addAll(List.of(get.join().body().split("\u001e"))); // contains at least a noop
            client.post("4c\u001e4d").join();
            socket.send("5").send("4e");
            while (!received.contains("4e")) {
                received.add(socket.next());
            }
            received.removeIf("6"::equals);
            assertThat(received).containsExactly("4a", "4b", "4c", "4d", "4e");
            assertThat(client.get().join().body()).contains("\"code\":3");
            socket.close();
        }
    }

    @Test
    void probeReleasesPendingPoll() {
        RawEngineClient client = RawEngineClient.openPolling(server.actualPort(), PATH);
        CompletableFuture<HttpResponse<String>> get = client.get();
        client.upgrade().send("2probe");
        assertThat(get.join().body()).isEqualTo("6");
        assertThat(client.next()).isEqualTo("6");
    }

    @Test
    void socketWithoutProbeIsClosedAndPollingContinues() {
        RawEngineClient client = RawEngineClient.openPolling(server.actualPort(), PATH);
        RawSocket socket = client.upgrade().send("4hello");
        socket.closeCode();
        client.post("4still here").join();
        assertThat(client.next()).isEqualTo("4still here");

        assertThat(client.upgrade().send("2probe").next()).isEqualTo("3probe");
    }

    @Test
    void secondProbeIsRejected() {
        RawEngineClient client = RawEngineClient.openPolling(server.actualPort(), PATH);
        RawSocket first = client.upgrade().send("2probe");
        assertThat(first.next()).isEqualTo("3probe");
        client.upgrade().closeCode();
        first.send("5").send("4hello");
        assertThat(first.next()).isEqualTo("4hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "", "2", "0{}", "x"})
    void malformedMessageClosesSocket(String message) {
        assertThat(RawSocket.connect(server.actualPort(), PATH).send(message).closeCode())
                .isEqualTo(1002);
    }

    @Test
    void fragmentedMessageIsAssembled() {
        RawSocket socket = RawSocket.connect(server.actualPort(), PATH);
        for (String part : List.of("", "4안", "", "녕")) {
            socket.fragment(part);
        }
        assertThat(socket.send("").next()).isEqualTo("4안녕");
    }

    @Test
    void messageOverLimitClosesSocket() {
        RawSocket socket = RawSocket.connect(server.actualPort(), PATH);
        try {
            for (int i = 0; i < 21; i++) {
                socket.fragment("4".repeat(50_000));
            }
        } catch (CompletionException closed) {
            assertThat(closed).hasCauseInstanceOf(IOException.class); // closed before the last fragment was sent
        }
        assertThat(socket.closeCode()).isEqualTo(1009);
    }

    @Test
    void missingPongEndsSession() {
        HttpServer strictServer = ConformanceServer.start(vertx, 0, ConformanceServer.SUITE_OPTIONS);
        RawSocket socket = RawSocket.connect(strictServer.actualPort(), PATH);
        assertThat(socket.nextPacket()).isEqualTo("2");
        assertThat(socket.closeCode()).isEqualTo(1000);

        RawEngineClient polling = RawEngineClient.openPolling(strictServer.actualPort(), PATH);
        await().untilAsserted(() -> assertThat(polling.get().join().body()).contains("\"code\":1"));
    }

    @Test
    void manyClientsEachGetPings() {
        List<RawSocket> sockets = Stream.generate(
                        () -> RawSocket.connect(server.actualPort(), PATH).keepAlive())
                .limit(50)
                .toList();
        await().untilAsserted(() -> assertThat(sockets).allMatch(socket -> socket.pingCount() >= 3));
        assertThat(sockets).allMatch(RawSocket::isOpen);
        sockets.forEach(RawSocket::close);
        await().untilAsserted(() -> assertThat(sockets).noneMatch(RawSocket::isOpen));
    }

    private static String address(String query) {
        return "localhost:" + server.actualPort() + PATH + "?" + query;
    }
}
