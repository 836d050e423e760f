package io.dorami.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.contracts.Channel;
import io.dorami.contracts.CloseCode;
import io.dorami.contracts.RoomId;
import io.dorami.gateway.socketio.EngineOptions;
import io.dorami.gateway.socketio.EngineServer;
import io.dorami.gateway.socketio.Namespaces;
import io.dorami.gateway.socketio.Socket;
import io.dorami.gateway.socketio.SocketIoServer;
import io.dorami.gateway.socketio.SocketListener;
import io.dorami.gateway.wire.Frame;
import io.dorami.gateway.wire.Outbox;
import io.dorami.gateway.wire.Transport;
import io.dorami.service.DoramiConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The web client's protocol, {@code /socket.io/}: lets connections into the three namespaces, each as a {@link Client} of
 * the hub. What each does there is {@link SocketIoVisitor}'s.
 */
@ApplicationScoped
class SocketIo implements Namespaces, OpenConnections {

    static final String PATH = "/socket.io/";

    final Hub hub;
    final Requests requests;
    final Reception reception;
    final GatewayMetrics metrics;
    final RecoveryTicket.Signer tickets;

    private final Admission admission;
    private final EngineServer engine;

    SocketIo(
            Hub hub,
            Requests requests,
            Reception reception,
            Admission admission,
            GatewayConfig config,
            DoramiConfig shared,
            GatewayMetrics metrics,
            Vertx vertx) {
        this.hub = hub;
        this.requests = requests;
        this.reception = reception;
        this.admission = admission;
        this.metrics = metrics;
        this.tickets = new RecoveryTicket.Signer(shared.jwtSecret());
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
    public Optional<Doorkeeper> open(HttpServerRequest handshake) {
        Handshake kept = Handshake.of(handshake);
        return admission.hasRoom(kept.address()) ? Optional.of(new Entrance(kept)) : Optional.empty();
    }

    /** A connection's way into the namespaces. */
    private final class Entrance implements Doorkeeper {
        private final Handshake handshake;

        Entrance(Handshake handshake) {
            this.handshake = handshake;
        }

        @Override
        public Optional<SocketListener> connect(Socket socket, ObjectNode credentials) {
            if (Stream.of(Channel.values())
                    .noneMatch(channel -> channel.namespace().equals(socket.namespace()))) {
                return Optional.empty();
            }
            SocketIoVisitor visitor = new SocketIoVisitor(SocketIo.this, socket);
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
    public Outbox outbox(Transport transport, Outbox.Owner connection) {
        return hub.shard().outbox(transport, connection);
    }

    @Override
    public Frame dropped(String topic, int count) {
        RoomId room = RoomId.parse(topic);
        return SocketIoFrames.of(room.channel()).dropped(room, count);
    }
}
