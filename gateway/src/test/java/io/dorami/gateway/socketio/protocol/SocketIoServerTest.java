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

/** Socket.IO at the level of protocol text, on a server controlled by each test. */
class SocketIoServerTest {

    private static final String PATH = "/socket.io/";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final BlockingQueue<NamespaceSocket> CONNECTING_SOCKETS = new LinkedBlockingQueue<>();
    private static final BlockingQueue<String> CALLS = new LinkedBlockingQueue<>();

    private static Vertx vertx;
    private static HttpServer server;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        EngineServer engine = new EngineServer(
                vertx,
                ConformanceServer.SLOW_MACHINE_OPTIONS,
                new SocketIoServer(ConformanceServer.SLOW_MACHINE_OPTIONS, new RecordingHandler()));
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

    /**
     * Records all calls and passes sockets to the test, which accepts them. The namespace {@code /nowhere} does not
     * exist.
     */
    private record RecordingHandler() implements NamespaceHandler {

        @Override
        public Optional<ConnectHandler> accept(HttpServerRequest handshake) {
            if ("no".equals(handshake.getHeader("X-Accept-Connection"))) {
                return Optional.empty();
            }
            return Optional.of((socket, credentials) -> {
                if (socket.namespace().equals("/nowhere")) {
                    return Optional.empty();
                }
                CALLS.add("connect " + socket.namespace() + " " + credentials);
                CONNECTING_SOCKETS.add(socket);
                return Optional.of(new NamespaceSocketListener() {
                    @Override
                    public void onEvent(Packet.Event event) {
                        CALLS.add("event " + socket.namespace() + " " + event.arguments());
                        if (event.id() != null) {
                            socket.acknowledge(event.id(), event.arguments());
                        }
                    }

                    @Override
                    public void onDisconnect() {
                        CALLS.add("disconnected " + socket.namespace());
                    }
                });
            });
        }

        @Override
        public SendQueue newSendQueue(Transport transport, SendQueue.Owner owner) {
            return new SendQueue(transport, owner, ConformanceServer.QUEUE_LIMITS, new SendStats());
        }

        @Override
        public Frame droppedMessage(String topic, int count) {
            return Frame.text("42[\"dropped\"," + count + "]");
        }
    }

    @Test
    void connectionJoinsSeveralNamespaces() {
        RawSocket client = connect();
        join(client, "/", "m");
        join(client, "/chat", "c");
        client.send("42/chat,[\"hello\"]").send("42[\"hi\"]");
        assertCalls("event /chat [\"hello\"]", "event / [\"hi\"]");

        client.send("41/chat,");
        assertCalls("disconnected /chat");
        client.send("42[\"still here\"]");
        assertCalls("event / [\"still here\"]");
        client.close();
        assertCalls("disconnected /");
    }

    @Test
    void connectReplyPrecedesFirstFrames() {
        RawSocket client = connect().send("40/chat,{\"token\":\"t\"}");
        assertCalls("connect /chat {\"token\":\"t\"}");
        NamespaceSocket socket = nextSocket();
        socket.session().execute(() -> socket.accept("s1", "p1", List.of(Frame.text("42/chat,[\"first\",{}]"))));
        assertThat(client.next()).isEqualTo("40/chat,{\"sid\":\"s1\",\"pid\":\"p1\"}");
        assertThat(client.next()).isEqualTo("42/chat,[\"first\",{}]");
        leave(client, "/chat");
    }

    @Test
    void eventsBeforeAcceptAreQueuedInOrder() {
        RawSocket client = connect().send("40").send("42[\"one\"]").send("42[\"two\"]");
        assertCalls("connect / {}");
        NamespaceSocket socket = nextSocket();
        assertThat(CALLS).isEmpty();
        socket.session().execute(() -> socket.accept("s1", null, List.of()));
        assertCalls("event / [\"one\"]", "event / [\"two\"]");
        leave(client, "/");
    }

    @Test
    void tooManyEventsBeforeAcceptCloseConnection() {
        RawSocket client = connect().send("40");
        assertCalls("connect / {}");
        nextSocket();
        for (int i = 0; i < 17; i++) {
            client.send("42[\"x\"]");
        }
        assertThat(client.closeCode()).isEqualTo(1002);
        assertCalls("disconnected /");
    }

    @Test
    void rejectedClientGetsReasonAndMayRetry() {
        RawSocket client = connect().send("40/chat,");
        assertCalls("connect /chat {}");
        NamespaceSocket socket = nextSocket();
        socket.session()
                .execute(() -> socket.reject("jwt expired", JSON.objectNode().put("code", 7)));
        assertThat(client.next()).isEqualTo("44/chat,{\"message\":\"jwt expired\",\"data\":{\"code\":7}}");
        assertCalls("disconnected /chat");
        join(client, "/chat", "again");
        leave(client, "/chat");
    }

    @Test
    void lateEventsOfDisconnectedClientAreIgnored() {
        RawSocket client = connect();
        NamespaceSocket chat = join(client, "/chat", "c");
        join(client, "/", "m");
        chat.session().execute(chat::disconnect);
        assertThat(client.next()).isEqualTo("41/chat,");
        assertCalls("disconnected /chat");
        client.send("42/chat,[\"late\"]").send("42[\"on time\"]");
        assertCalls("event / [\"on time\"]");
        join(client, "/chat", "c2");
        client.close();
        assertCalls("disconnected /", "disconnected /chat");
    }

    @Test
    void unknownNamespaceIsRejected() {
        assertThat(connect().send("40/nowhere,{}").next()).isEqualTo("44/nowhere,{\"message\":\"Invalid namespace\"}");
    }

    @Test
    void acknowledgementsCarryBytesBothWays() {
        RawSocket client = connect();
        NamespaceSocket socket = join(client, "/", "m");
        client.send("451-7[\"pic\",{\"_placeholder\":true,\"num\":0}]").send((byte) 1, (byte) 2);
        assertCalls("event / [\"pic\",\"AQI=\"]");
        assertThat(client.next()).isEqualTo("461-7[\"pic\",{\"_placeholder\":true,\"num\":0}]");
        assertThat(client.next()).isEqualTo("[1, 2]");

        socket.session()
                .execute(() -> socket.emit(
                        array("ask").add(JSON.binaryNode(new byte[] {9})), reply -> CALLS.add("reply " + reply)));
        assertThat(client.next()).isEqualTo("451-0[\"ask\",{\"_placeholder\":true,\"num\":0}]");
        assertThat(client.next()).isEqualTo("[9]");
        client.send("461-0[{\"_placeholder\":true,\"num\":0}]").send((byte) 5).send("430[\"again\"]");
        assertCalls("reply [\"BQ==\"]");
        leave(client, "/");
    }

    @Test
    void pollingCarriesBytes() {
        RawEngineClient client = RawEngineClient.openPolling(server.actualPort(), PATH);
        client.post("40").join();
        assertCalls("connect / {}");
        NamespaceSocket socket = nextSocket();
        socket.session().execute(() -> socket.accept("s", null, List.of()));
        assertThat(client.next()).isEqualTo("40{\"sid\":\"s\"}");
        client.post("451-1[\"pic\",{\"_placeholder\":true,\"num\":0}]\u001ebAQI=")
                .join();
        assertCalls("event / [\"pic\",\"AQI=\"]");
        assertThat(client.next()).isEqualTo("461-1[\"pic\",{\"_placeholder\":true,\"num\":0}]\u001ebAQI=");
        client.post("1").join();
        assertCalls("disconnected /");
    }

    @Test
    void connectionWithoutNamespaceIsClosed() {
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
    void malformedPacketClosesConnection(String packet) {
        RawSocket client = connect();
        join(client, "/", "m");
        assertThat(client.send(packet).closeCode()).isEqualTo(1002);
        assertCalls("disconnected /");
    }

    @Test
    void handshakeMayBeRejected() {
        var response = RawEngineClient.send(
                        RawEngineClient.request("localhost:" + server.actualPort() + PATH + "?EIO=4&transport=polling")
                                .header("X-Accept-Connection", "no"))
                .join();
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).isEqualTo("{\"code\":4,\"message\":\"Forbidden\"}");
    }

    private static RawSocket connect() {
        assertThat(CALLS).isEmpty();
        return RawSocket.connect(server.actualPort(), PATH);
    }

    private static NamespaceSocket join(RawSocket client, String namespace, String id) {
        String head = namespace.equals("/") ? "40" : "40" + namespace + ",";
        client.send(head);
        assertCalls("connect " + namespace + " {}");
        NamespaceSocket socket = nextSocket();
        socket.session().execute(() -> socket.accept(id, null, List.of()));
        assertThat(client.next()).isEqualTo(head + "{\"sid\":\"" + id + "\"}");
        return socket;
    }

    private static void leave(RawSocket client, String namespace) {
        client.close();
        assertCalls("disconnected " + namespace);
    }

    private static NamespaceSocket nextSocket() {
        return next(CONNECTING_SOCKETS);
    }

    private static void assertCalls(String... lines) {
        for (String line : lines) {
            assertThat(next(CALLS)).isEqualTo(line);
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
