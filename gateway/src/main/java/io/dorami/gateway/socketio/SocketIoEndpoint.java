package io.dorami.gateway.socketio;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.contracts.errors.CloseCode;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayInstance;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.auth.ClientAuthentication;
import io.dorami.gateway.auth.ConnectionLimiter;
import io.dorami.gateway.auth.Handshake;
import io.dorami.gateway.auth.UserRateLimiter;
import io.dorami.gateway.drain.DrainableConnections;
import io.dorami.gateway.hub.Hub;
import io.dorami.gateway.rooms.ClientRequestHandler;
import io.dorami.gateway.socketio.engine.EngineOptions;
import io.dorami.gateway.socketio.engine.EngineServer;
import io.dorami.gateway.socketio.engine.EngineSession;
import io.dorami.gateway.socketio.protocol.NamespaceHandler;
import io.dorami.gateway.socketio.protocol.NamespaceSocket;
import io.dorami.gateway.socketio.protocol.NamespaceSocketListener;
import io.dorami.gateway.socketio.protocol.SocketIoServer;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.PacketCounter;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.Transport;
import io.dorami.service.runtime.DoramiConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Endpoint of the web client's protocol, {@code /socket.io/}. Connects clients to the three namespaces, each as a
 * {@code Client} of the hub. {@link SocketIoClient} handles their events.
 */
@ApplicationScoped
public class SocketIoEndpoint implements NamespaceHandler, DrainableConnections {

    public static final String PATH = "/socket.io/";

    /** The path without its last slash is the same. Clients that drop the slash exist, and a route matches both. */
    private static final String ROUTE_PATH = "/socket.io";

    /**
     * Attempts of one connection to join a namespace within 10 s, each of which verifies a token: for each of the three
     * namespaces as many as a client of the JSON protocol has for its hello.
     */
    private static final int MAX_CONNECTS = 30;

    final Hub hub;
    final ClientRequestHandler requestHandler;
    final ClientAuthentication authentication;
    final UserRateLimiter rateLimiter;
    final GatewayMetrics metrics;
    final RecoveryToken.Signer recoveryTokens;

    private final ConnectionLimiter connectionLimiter;
    private final EngineServer engine;

    SocketIoEndpoint(
            Hub hub,
            ClientRequestHandler requestHandler,
            ClientAuthentication authentication,
            UserRateLimiter rateLimiter,
            ConnectionLimiter connectionLimiter,
            GatewayConfig config,
            GatewayInstance instance,
            DoramiConfig platformConfig,
            GatewayMetrics metrics,
            Vertx vertx) {
        this.hub = hub;
        this.requestHandler = requestHandler;
        this.authentication = authentication;
        this.rateLimiter = rateLimiter;
        this.connectionLimiter = connectionLimiter;
        this.metrics = metrics;
        this.recoveryTokens = new RecoveryToken.Signer(platformConfig.jwtSecret());
        GatewayConfig.SocketIo settings = config.socketio();
        EngineOptions options = new EngineOptions(
                instance.name() + '.',
                settings.pingInterval(),
                settings.pingTimeout(),
                Math.toIntExact(settings.maxPayload().asLongValue()),
                settings.upgradeTimeout(),
                settings.connectTimeout(),
                PacketCounter.MAX_PACKETS);
        this.engine = new EngineServer(vertx, options, new SocketIoServer(options, this));
    }

    void registerRoutes(@Observes Router router) {
        router.route(ROUTE_PATH).handler(call -> engine.handle(call.request()));
        metrics.registerConnections("socketio", "websocket", () -> engine.countSessions(false));
        metrics.registerConnections("socketio", "polling", () -> engine.countSessions(true));
    }

    @Override
    public boolean isOpenedBy(HttpServerRequest request) {
        return (request.path().equals(PATH) || request.path().equals(ROUTE_PATH))
                && request.getParam("sid") == null; // a session id is that of an open one
    }

    @Override
    public List<Runnable> closeActions() {
        return engine.sessions().stream()
                .<Runnable>map(session -> () -> session.execute(() -> closeForReturn(session)))
                .toList();
    }

    /** Closes the connection with all its namespaces, upon which the client reconnects and resumes. On its loop. */
    void closeForReturn(EngineSession session) {
        metrics.recordClose(CloseCode.SERVICE_RESTART);
        session.close(CloseCode.SERVICE_RESTART.code(), CloseCode.SERVICE_RESTART.name());
    }

    @Override
    public Optional<ConnectHandler> accept(HttpServerRequest request) {
        Handshake handshake = Handshake.of(request);
        return connectionLimiter.canConnect(handshake.address())
                ? Optional.of(new ConnectionHandler(handshake))
                : Optional.empty();
    }

    /** Connects the clients of one connection to the namespaces. */
    final class ConnectionHandler implements ConnectHandler {
        private final Handshake handshake;
        private final PacketCounter connects = new PacketCounter();
        final PacketCounter unknownEvents = new PacketCounter();

        /**
         * True once the client was asked to renew its token. The handshake's cookie stays the old one, so the next
         * attempt needs another connection.
         */
        boolean renewalRequested;

        ConnectionHandler(Handshake handshake) {
            this.handshake = handshake;
        }

        @Override
        public Optional<NamespaceSocketListener> connect(NamespaceSocket socket, ObjectNode credentials) {
            if (Stream.of(RoomType.values()).noneMatch(type -> type.namespace().equals(socket.namespace()))) {
                return Optional.empty();
            }
            if (connects.increment() > MAX_CONNECTS) {
                metrics.recordRejection(ErrorCode.RATE_LIMIT_EXCEEDED);
                socket.reject(
                        "Maximum " + MAX_CONNECTS + " in 10 s; retry later",
                        JsonNodeFactory.instance.objectNode().put("errorCode", ErrorCode.RATE_LIMIT_EXCEEDED.name()));
                return Optional.empty();
            }
            SocketIoClient client = new SocketIoClient(SocketIoEndpoint.this, this, socket);
            Optional<String> token = credentials.path("token").isTextual()
                    ? Optional.of(credentials.path("token").textValue())
                    : handshake.token();
            client.authenticate(token, credentials);
            return Optional.of(client);
        }

        @Override
        public void onOpen() {
            connectionLimiter.addConnection(handshake.address());
        }

        @Override
        public void onClose() {
            connectionLimiter.removeConnection(handshake.address());
        }
    }

    @Override
    public SendQueue newSendQueue(Transport transport, SendQueue.Owner owner) {
        return hub.shard().newSendQueue(transport, owner);
    }

    @Override
    public Frame droppedMessage(String topic, int count) {
        RoomId room = RoomId.parse(topic);
        return SocketIoFrameEncoder.of(room.type()).encodeDropped(room, count);
    }
}
