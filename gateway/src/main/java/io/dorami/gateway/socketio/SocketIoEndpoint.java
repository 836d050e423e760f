package io.dorami.gateway.socketio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.contracts.errors.CloseCode;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.auth.ClientAuthentication;
import io.dorami.gateway.auth.ConnectionLimiter;
import io.dorami.gateway.auth.Handshake;
import io.dorami.gateway.drain.DrainableConnections;
import io.dorami.gateway.hub.Hub;
import io.dorami.gateway.rooms.ClientRequestHandler;
import io.dorami.gateway.socketio.engine.EngineOptions;
import io.dorami.gateway.socketio.engine.EngineServer;
import io.dorami.gateway.socketio.protocol.NamespaceHandler;
import io.dorami.gateway.socketio.protocol.NamespaceSocket;
import io.dorami.gateway.socketio.protocol.NamespaceSocketListener;
import io.dorami.gateway.socketio.protocol.SocketIoServer;
import io.dorami.gateway.transport.Frame;
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
 * The web client's protocol, {@code /socket.io/}: lets connections into the three namespaces, each as a {@code Client} of
 * the hub. What each does there is {@link SocketIoClient}'s.
 */
@ApplicationScoped
public class SocketIoEndpoint implements NamespaceHandler, DrainableConnections {

    public static final String PATH = "/socket.io/";

    final Hub hub;
    final ClientRequestHandler requests;
    final ClientAuthentication reception;
    final GatewayMetrics metrics;
    final RecoveryToken.Signer tickets;

    private final ConnectionLimiter admission;
    private final EngineServer engine;

    SocketIoEndpoint(
            Hub hub,
            ClientRequestHandler requests,
            ClientAuthentication reception,
            ConnectionLimiter admission,
            GatewayConfig config,
            DoramiConfig shared,
            GatewayMetrics metrics,
            Vertx vertx) {
        this.hub = hub;
        this.requests = requests;
        this.reception = reception;
        this.admission = admission;
        this.metrics = metrics;
        this.tickets = new RecoveryToken.Signer(shared.jwtSecret());
        GatewayConfig.SocketIo settings = config.socketio();
        EngineOptions options = new EngineOptions(
                settings.pingInterval(),
                settings.pingTimeout(),
                Math.toIntExact(settings.maxPayload().asLongValue()),
                settings.upgradeTimeout(),
                settings.connectTimeout());
        this.engine = new EngineServer(vertx, options, new SocketIoServer(options, this));
    }

    void routes(@Observes Router router) {
        router.route(PATH).handler(call -> engine.handle(call.request()));
        metrics.socketIo(engine);
    }

    @Override
    public List<Runnable> closings() {
        return engine.sessions().stream()
                .<Runnable>map(session -> () -> session.run(() -> {
                    metrics.closed(CloseCode.SERVICE_RESTART);
                    session.close(CloseCode.SERVICE_RESTART.code(), CloseCode.SERVICE_RESTART.name());
                }))
                .toList();
    }

    @Override
    public Optional<ConnectHandler> open(HttpServerRequest handshake) {
        Handshake kept = Handshake.of(handshake);
        return admission.hasRoom(kept.address()) ? Optional.of(new ConnectionHandler(kept)) : Optional.empty();
    }

    /** A connection's way into the namespaces. */
    private final class ConnectionHandler implements ConnectHandler {
        private final Handshake handshake;

        ConnectionHandler(Handshake handshake) {
            this.handshake = handshake;
        }

        @Override
        public Optional<NamespaceSocketListener> connect(NamespaceSocket socket, ObjectNode credentials) {
            if (Stream.of(RoomType.values())
                    .noneMatch(channel -> channel.namespace().equals(socket.namespace()))) {
                return Optional.empty();
            }
            SocketIoClient visitor = new SocketIoClient(SocketIoEndpoint.this, socket);
            Optional<String> token = credentials.path("token").isTextual()
                    ? Optional.of(credentials.path("token").textValue())
                    : handshake.token();
            visitor.signIn(token, credentials);
            return Optional.of(visitor);
        }

        @Override
        public void opened() {
            admission.came(handshake.address());
        }

        @Override
        public void closed() {
            admission.left(handshake.address());
        }
    }

    @Override
    public SendQueue outbox(Transport transport, SendQueue.Owner connection) {
        return hub.shard().outbox(transport, connection);
    }

    @Override
    public Frame dropped(String topic, int count) {
        RoomId room = RoomId.parse(topic);
        return SocketIoFrameEncoder.of(room.type()).dropped(room, count);
    }
}
