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
 * The handlers that the published conformance suites expect, on the engine: Engine.IO on {@code /engine.io/} echoes what it
 * gets, Socket.IO on {@code /socket.io/} greets and answers. Any other path is a WebSocket that echoes, for Autobahn.
 */
public final class ConformanceServer {

    /** Autobahn's largest messages have 16 MB. */
    private static final int LARGEST = 32 << 20;

    /** As the suites expect it. */
    public static final EngineOptions OPTIONS = new EngineOptions(
            Duration.ofMillis(300), Duration.ofMillis(200), 1_000_000, Duration.ofSeconds(10), Duration.ofSeconds(1));

    static final SendQueue.Limits BOUNDS = new SendQueue.Limits(256, LARGEST, Duration.ofSeconds(30));

    /** The same for tests on a machine that may be busy: whoever answers within 5 s is alive. */
    public static final EngineOptions PATIENT = new EngineOptions(
            OPTIONS.pingInterval(),
            Duration.ofSeconds(5),
            OPTIONS.maxPayload(),
            OPTIONS.upgradeTimeout(),
            Duration.ofSeconds(2));

    private ConformanceServer() {}

    /** Listens on the port given, else on 3000. */
    public static void main(String[] arguments) {
        start(Vertx.vertx(), arguments.length == 0 ? 3_000 : Integer.parseInt(arguments[0]), OPTIONS);
    }

    public static HttpServer start(Vertx vertx, int port, EngineOptions options) {
        EngineServer engine = new EngineServer(vertx, options, new Echo());
        EngineServer socketIo = new EngineServer(vertx, options, new SocketIoServer(options, new Greeter()));
        return vertx.createHttpServer(new HttpServerOptions()
                        .setPerMessageWebSocketCompressionSupported(false)
                        .setPerFrameWebSocketCompressionSupported(false)
                        .setMaxWebSocketFrameSize(LARGEST))
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

    /** Sends everything back as it came. */
    private record Echo() implements EngineServer.SessionHandler {

        @Override
        public Optional<Function<EngineSession, SessionListener>> open(HttpServerRequest handshake) {
            return Optional.of(session -> new SessionListener() {
                @Override
                public void text(String message) {
                    session.outbox().send(Frame.text("4" + message));
                }

                @Override
                public void binary(byte[] message) {
                    session.outbox().send(Frame.binary(message));
                }

                @Override
                public Frame dropped(String topic, int count) {
                    throw new IllegalStateException("Nothing here may be dropped");
                }

                @Override
                public void closed() {}
            });
        }

        @Override
        public SendQueue outbox(Transport transport, SendQueue.Owner owner) {
            return new SendQueue(transport, owner, BOUNDS, new SendStats());
        }
    }

    /** Says on connect with which credentials one came; sends back messages, and acknowledges others. */
    private record Greeter() implements NamespaceHandler {

        @Override
        public Optional<ConnectHandler> open(HttpServerRequest handshake) {
            return Optional.of(Greeter::connect);
        }

        private static Optional<NamespaceSocketListener> connect(NamespaceSocket socket, ObjectNode credentials) {
            if (!List.of("/", "/custom").contains(socket.namespace())) {
                return Optional.empty();
            }
            socket.accept(UUID.randomUUID().toString(), null, List.of());
            socket.emit(array("auth").add(credentials));
            return Optional.of(new NamespaceSocketListener() {
                @Override
                public void event(Packet.Event event) {
                    ArrayNode rest = event.arguments().deepCopy();
                    rest.remove(0);
                    switch (event.name()) {
                        case "message" -> socket.emit(array("message-back").addAll(rest));
                        case "message-with-ack" -> socket.acknowledge(Objects.requireNonNull(event.id()), rest);
                        default -> {}
                    }
                }

                @Override
                public void disconnected() {}
            });
        }

        private static ArrayNode array(String name) {
            return JsonNodeFactory.instance.arrayNode().add(name);
        }

        @Override
        public SendQueue outbox(Transport transport, SendQueue.Owner owner) {
            return new SendQueue(transport, owner, BOUNDS, new SendStats());
        }

        @Override
        public Frame dropped(String topic, int count) {
            throw new IllegalStateException("Nothing here may be dropped");
        }
    }

    private static void echo(HttpServerRequest request, ServerWebSocket socket) {
        WebSocketChannel channel =
                new WebSocketChannel(request.connection(), (code, reason) -> socket.close((short) code, reason));
        SendQueue outbox = new SendQueue(
                channel,
                new SendQueue.Owner() {
                    @Override
                    public Frame dropped(String topic, int count) {
                        throw new IllegalStateException("Nothing here may be dropped");
                    }

                    @Override
                    public void overflowed() {
                        channel.close(1013, "reads too slowly");
                    }
                },
                BOUNDS,
                new SendStats());
        MessageAggregator.of(socket, LARGEST, new MessageAggregator.Receiver() {
            @Override
            public void text(String message) {
                outbox.send(Frame.text(message));
            }

            @Override
            public void binary(byte[] message) {
                outbox.send(Frame.binary(message));
            }
        });
        socket.closeHandler(end -> outbox.end());
    }
}
