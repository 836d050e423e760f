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
 * The connections of this gateway and the rooms that they are in, divided over the event loops: see {@link Shard}. Knows
 * nothing of chat or products: it moves frames.
 */
@ApplicationScoped
public class Hub {

    private static final Logger LOG = Logger.getLogger(Hub.class);

    private final Map<Thread, Shard> shards = new ConcurrentHashMap<>();
    private final Vertx vertx;
    private final RoomSubscriber feed;
    private final ClientRegistry clients;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;

    Hub(
            Vertx vertx,
            RoomSubscriber feed,
            ClientRegistry clients,
            GatewayConfig config,
            GatewayMetrics metrics,
            @ConfigProperty(name = "quarkus.websockets-next.server.per-message-compression-supported")
                    boolean compression) {
        WebSocketChannel.check(compression);
        this.vertx = vertx;
        this.feed = feed;
        this.clients = clients;
        this.config = config;
        this.metrics = metrics;
        metrics.gauges(shards.values());
    }

    /** Made, and so checked, when the gateway starts. */
    void start(@Observes StartupEvent event) {
        LOG.infof("Event loops use %s", vertx.isNativeTransportEnabled() ? "epoll" : "the JDK's selector");
    }

    /** The shard of the event loop that this is called on, which is the connection's. */
    public Shard shard() {
        return shards.computeIfAbsent(
                Thread.currentThread(), loop -> new Shard(new EventLoop(vertx), feed, config, metrics));
    }

    /** From now on services reach the client. On its loop. */
    public void add(Client client) {
        client.shard.add(client);
        clients.add(client);
    }

    /** Puts the client where it is without asking: among everybody, and among the admins if it is one. On its loop. */
    public void enterPlatform(Client client) {
        client.shard.enter(client, RoomId.EVERYBODY);
        if (client.user.map(user -> user.role() == User.Role.ADMIN).orElse(false)) {
            client.shard.enter(client, RoomId.ALL_ADMINS);
        }
    }

    /** Takes the client out of everything; answers the rooms that it was in, or coming into. On its loop. */
    public List<RoomId> remove(Client client) {
        clients.remove(client);
        return client.shard.remove(client);
    }
}
