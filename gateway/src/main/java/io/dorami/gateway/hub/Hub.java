package io.dorami.gateway.hub;

import io.dorami.contracts.User;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayInstance;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.transport.EventLoop;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.WebSocketChannel;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The connections of this gateway and the rooms that they are in, divided over the event loops: see {@link Shard}.
 * Moves frames and does not depend on chat or products.
 */
@ApplicationScoped
public class Hub {

    private static final Logger LOG = Logger.getLogger(Hub.class);

    private final Map<Thread, Shard> shards = new ConcurrentHashMap<>();
    private final Vertx vertx;
    private final RoomSource roomSource;
    private final ClientRegistry clients;
    private final GatewayInstance instance;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;

    Hub(
            Vertx vertx,
            RoomSource roomSource,
            ClientRegistry clients,
            GatewayInstance instance,
            GatewayConfig config,
            GatewayMetrics metrics,
            @ConfigProperty(name = "quarkus.websockets-next.server.per-message-compression-supported")
                    boolean compression) {
        WebSocketChannel.verifySupport(compression);
        this.vertx = vertx;
        this.roomSource = roomSource;
        this.clients = clients;
        this.instance = instance;
        this.config = config;
        this.metrics = metrics;
        registerGauge("dorami.gateway.rooms", "Rooms with members, counted on each event loop", Shard::rooms);
        registerGauge(
                "dorami.gateway.queued.frames",
                "Frames in send queues; a shared frame counts in each queue",
                Shard::queuedFrames);
        registerGauge(
                "dorami.gateway.queued.bytes",
                "Bytes in send queues; a shared frame counts in each queue",
                Shard::queuedBytes);
    }

    /** Registers a gauge that is summed over all event loops. */
    private void registerGauge(String name, String description, ToDoubleFunction<Shard> value) {
        metrics.registerGauge(
                name,
                description,
                () -> shards.values().stream().mapToDouble(value).sum());
    }

    /** Instantiates the hub, and so checks the configuration, when the gateway starts. */
    void start(@Observes StartupEvent event) {
        LOG.infof("Event loops use %s", vertx.isNativeTransportEnabled() ? "epoll" : "the JDK's selector");
    }

    /** Returns the shard of the current event loop, which is the connection's. */
    public Shard shard() {
        return shards.computeIfAbsent(
                Thread.currentThread(), loop -> new Shard(new EventLoop(vertx), roomSource, config, metrics));
    }

    /**
     * Creates a client on the current event loop.
     *
     * @param guestId the participant's name if the client has no user
     */
    public Client newClient(String id, String guestId, FrameEncoder encoder, SendQueue sendQueue, Optional<User> user) {
        String participant = user.map(User::id).orElse(guestId);
        return new Client(instance.id(), id, participant, shard(), encoder, sendQueue, user, metrics);
    }

    /** Registers the client, so that replies of services reach it. On its loop. */
    public void add(Client client) {
        client.shard.add(client);
        clients.add(client);
    }

    /** Removes the client from all rooms. Returns its subscriptions, which have ended. On its loop. */
    public List<Subscription> remove(Client client) {
        clients.remove(client);
        return client.shard.remove(client);
    }
}
