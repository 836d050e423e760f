package io.dorami.gateway.socketio.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dorami.gateway.socketio.engine.EngineServer;
import io.dorami.gateway.socketio.engine.RawEngineClient;
import io.dorami.gateway.socketio.engine.RawEngineClient.RawSocket;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.SendStats;
import io.dorami.gateway.transport.Transport;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Socket.IO by the protocol's text, on a server that a test tells what to do. */
class SocketIoServerTest {

    private static final String PATH = "/socket.io/";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final BlockingQueue<NamespaceSocket> WAITING = new LinkedBlockingQueue<>();
    private static final BlockingQueue<String> LOG = new LinkedBlockingQueue<>();

    private static Vertx vertx;
    private static HttpServer server;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        EngineServer engine = new EngineServer(
                vertx, ConformanceServer.PATIENT, new SocketIoServer(ConformanceServer.PATIENT, new ToldByTheTest()));
        server = vertx.createHttpServer()
                .requestHandler(engine::handle)
                .listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @AfterAll
    static void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** Hands sockets to the test, which lets them in; {@code /nowhere} is not there. */
    private record ToldByTheTest() implements NamespaceHandler {

        @Override
        public Optional<ConnectHandler> open(HttpServerRequest handshake) {
            if ("no".equals(handshake.getHeader("X-Welcome"))) {
                return Optional.empty();
            }
            return Optional.of((socket, credentials) -> {
                if (socket.namespace().equals("/nowhere")) {
                    return Optional.empty();
                }
                LOG.add("connect " + socket.namespace() + " " + credentials);
                WAITING.add(socket);
                return Optional.of(new NamespaceSocketListener() {
                    @Override
                    public void event(Packet.Event event) {
                        LOG.add("event " + socket.namespace() + " " + event.arguments());
                        if (event.id() != null) {
                            socket.acknowledge(event.id(), event.arguments());
                        }
                    }

                    @Override
                    public void disconnected() {
                        LOG.add("disconnected " + socket.namespace());
                    }
                });
            });
        }

        @Override
        public SendQueue outbox(Transport transport, SendQueue.Owner owner) {
            return new SendQueue(transport, owner, ConformanceServer.BOUNDS, new SendStats());
        }

        @Override
        public Frame dropped(String topic, int count) {
            return Frame.text("42[\"dropped\"," + count + "]");
        }
    }

    @Test
    void oneConnectionHoldsSeveralNamespaces() {
        RawSocket client = connect();
        join(client, "/", "m");
        join(client, "/chat", "c");
        client.send("42/chat,[\"hello\"]").send("42[\"hi\"]");
        heard("event /chat [\"hello\"]", "event / [\"hi\"]");

        client.send("41/chat,");
        heard("disconnected /chat");
        client.send("42[\"still here\"]");
        heard("event / [\"still here\"]");
        client.close();
        heard("disconnected /");
    }

    @Test
    void theAnswerToConnectComesBeforeWhatIsSentWithIt() {
        RawSocket client = connect().send("40/chat,{\"token\":\"t\"}");
        heard("connect /chat {\"token\":\"t\"}");
        NamespaceSocket socket = waiting();
        socket.session().run(() -> socket.accept("s1", "p1", List.of(Frame.text("42/chat,[\"first\",{}]"))));
        assertThat(client.next()).isEqualTo("40/chat,{\"sid\":\"s1\",\"pid\":\"p1\"}");
        assertThat(client.next()).isEqualTo("42/chat,[\"first\",{}]");
        leave(client, "/chat");
    }

    @Test
    void whatIsSaidBeforeTheAnswerIsKeptInOrder() {
        RawSocket client = connect().send("40").send("42[\"one\"]").send("42[\"two\"]");
        heard("connect / {}");
        NamespaceSocket socket = waiting();
        assertThat(LOG).isEmpty();
        socket.session().run(() -> socket.accept("s1", null, List.of()));
        heard("event / [\"one\"]", "event / [\"two\"]");
        leave(client, "/");
    }

    @Test
    void tooMuchBeforeTheAnswerClosesTheConnection() {
        RawSocket client = connect().send("40");
        heard("connect / {}");
        waiting();
        for (int i = 0; i < 17; i++) {
            client.send("42[\"x\"]");
        }
        assertThat(client.closeCode()).isEqualTo(1002);
        heard("disconnected /");
    }

    @Test
    void whoIsRefusedIsToldWhyAndMayTryAgain() {
        RawSocket client = connect().send("40/chat,");
        heard("connect /chat {}");
        NamespaceSocket socket = waiting();
        socket.session()
                .run(() -> socket.refuse("jwt expired", JSON.objectNode().put("code", 7)));
        assertThat(client.next()).isEqualTo("44/chat,{\"message\":\"jwt expired\",\"data\":{\"code\":7}}");
        heard("disconnected /chat");
        join(client, "/chat", "again");
        leave(client, "/chat");
    }

    @Test
    void whoIsPutOutHearsItAndWhatWasOnItsWayIsForgiven() {
        RawSocket client = connect();
        NamespaceSocket chat = join(client, "/chat", "c");
        join(client, "/", "m");
        chat.session().run(chat::disconnect);
        assertThat(client.next()).isEqualTo("41/chat,");
        heard("disconnected /chat");
        client.send("42/chat,[\"late\"]").send("42[\"on time\"]");
        heard("event / [\"on time\"]");
        join(client, "/chat", "c2");
        client.close();
        heard("disconnected /", "disconnected /chat");
    }

    @Test
    void anUnknownNamespaceIsRefused() {
        assertThat(connect().send("40/nowhere,{}").next()).isEqualTo("44/nowhere,{\"message\":\"Invalid namespace\"}");
    }

    @Test
    void eventsAreAcknowledgedBothWaysWithBytesToo() {
        RawSocket client = connect();
        NamespaceSocket socket = join(client, "/", "m");
        client.send("451-7[\"pic\",{\"_placeholder\":true,\"num\":0}]").send((byte) 1, (byte) 2);
        heard("event / [\"pic\",\"AQI=\"]");
        assertThat(client.next()).isEqualTo("461-7[\"pic\",{\"_placeholder\":true,\"num\":0}]");
        assertThat(client.next()).isEqualTo("[1, 2]");

        socket.session()
                .run(() -> socket.emit(
                        array("ask").add(JSON.binaryNode(new byte[] {9})), answer -> LOG.add("answer " + answer)));
        assertThat(client.next()).isEqualTo("451-0[\"ask\",{\"_placeholder\":true,\"num\":0}]");
        assertThat(client.next()).isEqualTo("[9]");
        client.send("461-0[{\"_placeholder\":true,\"num\":0}]").send((byte) 5).send("430[\"again\"]");
        heard("answer [\"BQ==\"]");
        leave(client, "/");
    }

    @Test
    void bytesTravelOverPollingToo() {
        RawEngineClient client = RawEngineClient.poll(server.actualPort(), PATH);
        client.post("40").join();
        heard("connect / {}");
        NamespaceSocket socket = waiting();
        socket.session().run(() -> socket.accept("s", null, List.of()));
        assertThat(client.next()).isEqualTo("40{\"sid\":\"s\"}");
        client.post("451-1[\"pic\",{\"_placeholder\":true,\"num\":0}]\u001ebAQI=")
                .join();
        heard("event / [\"pic\",\"AQI=\"]");
        assertThat(client.next()).isEqualTo("461-1[\"pic\",{\"_placeholder\":true,\"num\":0}]\u001ebAQI=");
        client.post("1").join();
        heard("disconnected /");
    }

    @Test
    void whoJoinsNothingIsClosed() {
        RawSocket client = connect();
        assertThat(client.keepAlive().closeCode()).isEqualTo(1008);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4abc",
                "42{}",
                "42abc[\"a\"]",
                "42/chat,[\"not joined\"]",
                "40",
                "44{\"message\":\"no\"}",
                "4511-[\"a\"]",
                "42[\"connect\"]",
                "43[]"
            })
    void aMalformedPacketClosesTheConnection(String packet) {
        RawSocket client = connect();
        join(client, "/", "m");
        assertThat(client.send(packet).closeCode()).isEqualTo(1002);
        heard("disconnected /");
    }

    @Test
    void aConnectionMayBeRefusedAsAWhole() {
        var answer = RawEngineClient.send(
                        RawEngineClient.request("localhost:" + server.actualPort() + PATH + "?EIO=4&transport=polling")
                                .header("X-Welcome", "no"))
                .join();
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("{\"code\":4,\"message\":\"Forbidden\"}");
    }

    private static RawSocket connect() {
        assertThat(LOG).isEmpty();
        return RawSocket.connect(server.actualPort(), PATH);
    }

    private static NamespaceSocket join(RawSocket client, String namespace, String id) {
        String head = namespace.equals("/") ? "40" : "40" + namespace + ",";
        client.send(head);
        heard("connect " + namespace + " {}");
        NamespaceSocket socket = waiting();
        socket.session().run(() -> socket.accept(id, null, List.of()));
        assertThat(client.next()).isEqualTo(head + "{\"sid\":\"" + id + "\"}");
        return socket;
    }

    private static void leave(RawSocket client, String namespace) {
        client.close();
        heard("disconnected " + namespace);
    }

    private static NamespaceSocket waiting() {
        return next(WAITING);
    }

    private static void heard(String... lines) {
        for (String line : lines) {
            assertThat(next(LOG)).isEqualTo(line);
        }
    }

    private static <T> T next(BlockingQueue<T> queue) {
        try {
            T next = queue.poll(5, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static ArrayNode array(String name) {
        return JSON.arrayNode().add(name);
    }
}
