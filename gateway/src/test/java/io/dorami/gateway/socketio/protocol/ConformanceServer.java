package io.dorami.gateway.socketio.protocol;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.gateway.socketio.engine.EngineOptions;
import io.dorami.gateway.socketio.engine.EngineServer;
import io.dorami.gateway.socketio.engine.EngineSession;
import io.dorami.gateway.socketio.engine.MessageAggregator;
import io.dorami.gateway.socketio.engine.SessionListener;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.SendStats;
import io.dorami.gateway.transport.Transport;
import io.dorami.gateway.transport.WebSocketChannel;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Server with the handlers that the published conformance suites expect. Engine.IO on {@code /engine.io/} echoes
 * messages, Socket.IO on {@code /socket.io/} echoes credentials and events. Any other path is an echoing WebSocket, for
 * Autobahn.
 */
public final class ConformanceServer {

    /** Autobahn's largest messages are 16 MB. */
    private static final int MAX_MESSAGE_BYTES = 32 << 20;

    /** Settings that the suites expect. */
    public static final EngineOptions SUITE_OPTIONS = new EngineOptions(
            "",
            Duration.ofMillis(300),
            Duration.ofMillis(200),
            1_000_000,
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            1_000_000);

    static final SendQueue.Limits QUEUE_LIMITS = new SendQueue.Limits(256, MAX_MESSAGE_BYTES, Duration.ofSeconds(30));

    /** The same settings for tests on a busy machine: a client has 5 s to reply to a ping. */
    public static final EngineOptions SLOW_MACHINE_OPTIONS = new EngineOptions(
            "gateway-0.",
            SUITE_OPTIONS.pingInterval(),
            Duration.ofSeconds(5),
            SUITE_OPTIONS.maxPayload(),
            SUITE_OPTIONS.upgradeTimeout(),
            Duration.ofSeconds(2),
            SUITE_OPTIONS.maxPackets());

    private ConformanceServer() {}

    /** Listens on the given port, by default 3000. */
    public static void main(String[] arguments) {
        start(Vertx.vertx(), arguments.length == 0 ? 3_000 : Integer.parseInt(arguments[0]), SUITE_OPTIONS);
    }

    public static HttpServer start(Vertx vertx, int port, EngineOptions options) {
        EngineServer engine = new EngineServer(vertx, options, new EngineEchoHandler());
        EngineServer socketIo =
                new EngineServer(vertx, options, new SocketIoServer(options, new NamespaceEchoHandler()));
        return vertx.createHttpServer(new HttpServerOptions()
                        .setPerMessageWebSocketCompressionSupported(false)
                        .setPerFrameWebSocketCompressionSupported(false)
                        .setMaxWebSocketFrameSize(MAX_MESSAGE_BYTES))
                .requestHandler(request -> {
                    switch (request.path()) {
                        case "/engine.io/" -> engine.handle(request);
                        case "/socket.io/" -> socketIo.handle(request);
                        default -> request.toWebSocket().onSuccess(socket -> echo(request, socket));
                    }
                })
                .listen(port, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Echoes every message. */
    private record EngineEchoHandler() implements EngineServer.SessionHandler {

        @Override
        public Optional<Function<EngineSession, SessionListener>> accept(HttpServerRequest handshake) {
            return Optional.of(session -> new SessionListener() {
                @Override
                public void onText(String message) {
                    session.sendQueue().send(Frame.text("4" + message));
                }

                @Override
                public void onBinary(byte[] message) {
                    session.sendQueue().send(Frame.binary(message));
                }

                @Override
                public Frame droppedMessage(String topic, int count) {
                    throw new IllegalStateException("Droppable frames are not expected here");
                }

                @Override
                public void onClose() {}
            });
        }

        @Override
        public SendQueue newSendQueue(Transport transport, SendQueue.Owner owner) {
            return new SendQueue(transport, owner, QUEUE_LIMITS, new SendStats());
        }
    }

    /** Echoes the credentials on connect, then echoes or acknowledges messages. */
    private record NamespaceEchoHandler() implements NamespaceHandler {

        @Override
        public Optional<ConnectHandler> accept(HttpServerRequest handshake) {
            return Optional.of(NamespaceEchoHandler::connect);
        }

        private static Optional<NamespaceSocketListener> connect(NamespaceSocket socket, ObjectNode credentials) {
            if (!List.of("/", "/custom").contains(socket.namespace())) {
                return Optional.empty();
            }
            socket.accept(UUID.randomUUID().toString(), null, List.of());
            socket.emit(array("auth").add(credentials));
            return Optional.of(new NamespaceSocketListener() {
                @Override
                public void onEvent(Packet.Event event) {
                    ArrayNode data = event.arguments().deepCopy();
                    data.remove(0);
                    switch (event.name()) {
                        case "message" -> socket.emit(array("message-back").addAll(data));
                        case "message-with-ack" -> socket.acknowledge(Objects.requireNonNull(event.id()), data);
                        default -> {}
                    }
                }

                @Override
                public void onDisconnect() {}
            });
        }

        private static ArrayNode array(String name) {
            return JsonNodeFactory.instance.arrayNode().add(name);
        }

        @Override
        public SendQueue newSendQueue(Transport transport, SendQueue.Owner owner) {
            return new SendQueue(transport, owner, QUEUE_LIMITS, new SendStats());
        }

        @Override
        public Frame droppedMessage(String topic, int count) {
            throw new IllegalStateException("Droppable frames are not expected here");
        }
    }

    private static void echo(HttpServerRequest request, ServerWebSocket socket) {
        WebSocketChannel channel =
                new WebSocketChannel(request.connection(), (code, reason) -> socket.close((short) code, reason));
        SendQueue sendQueue = new SendQueue(
                channel,
                new SendQueue.Owner() {
                    @Override
                    public Frame droppedMessage(String topic, int count) {
                        throw new IllegalStateException("Droppable frames are not expected here");
                    }

                    @Override
                    public void onOverflow() {
                        channel.close(1013, "client reads too slowly");
                    }
                },
                QUEUE_LIMITS,
                new SendStats());
        MessageAggregator.install(socket, MAX_MESSAGE_BYTES, new MessageAggregator.Receiver() {
            @Override
            public void onText(String message) {
                sendQueue.send(Frame.text(message));
            }

            @Override
            public void onBinary(byte[] message) {
                sendQueue.send(Frame.binary(message));
            }
        });
        socket.closeHandler(end -> sendQueue.close());
    }
}
