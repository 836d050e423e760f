package io.dorami.gateway.hub;

import io.dorami.contracts.User;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.feed.RoomSubscriber;
import io.dorami.gateway.transport.EventLoop;
import io.dorami.gateway.transport.WebSocketChannel;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    private final RoomSubscriber roomSubscriber;
    private final ClientRegistry clients;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;

    Hub(
            Vertx vertx,
            RoomSubscriber roomSubscriber,
            ClientRegistry clients,
            GatewayConfig config,
            GatewayMetrics metrics,
            @ConfigProperty(name = "quarkus.websockets-next.server.per-message-compression-supported")
                    boolean compression) {
        WebSocketChannel.verifySupport(compression);
        this.vertx = vertx;
        this.roomSubscriber = roomSubscriber;
        this.clients = clients;
        this.config = config;
        this.metrics = metrics;
        metrics.registerShardGauges(shards.values());
    }

    /** Instantiates the hub, and so checks the configuration, when the gateway starts. */
    void start(@Observes StartupEvent event) {
        LOG.infof("Event loops use %s", vertx.isNativeTransportEnabled() ? "epoll" : "the JDK's selector");
    }

    /** Returns the shard of the current event loop, which is the connection's. */
    public Shard shard() {
        return shards.computeIfAbsent(
                Thread.currentThread(), loop -> new Shard(new EventLoop(vertx), roomSubscriber, config, metrics));
    }

    /** Registers the client, so that replies of services reach it. On its loop. */
    public void add(Client client) {
        client.shard.add(client);
        clients.add(client);
    }

    /** Adds the client to the platform room and, if its user is an admin, to the admins' room. On its loop. */
    public void joinPlatformRooms(Client client) {
        client.shard.join(client, RoomId.PLATFORM);
        if (client.user.map(user -> user.role() == User.Role.ADMIN).orElse(false)) {
            client.shard.join(client, RoomId.ADMINS);
        }
    }

    /** Removes the client from all rooms. Returns the rooms that it was in or was joining. On its loop. */
    public List<RoomId> remove(Client client) {
        clients.remove(client);
        return client.shard.remove(client);
    }
}
