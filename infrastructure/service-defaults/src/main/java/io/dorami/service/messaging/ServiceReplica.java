package io.dorami.service.messaging;

import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.service.runtime.Timeouts;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/** This process among the replicas of its service: its name, and what it gives back when it stops. */
@ApplicationScoped
public class ServiceReplica {

    /** Redis may be gone when the process stops; then the leases lapse by themselves. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final String name = HexFormat.of().formatHex(new SecureRandom().generateSeed(8));
    private final List<Runnable> closing = new ArrayList<>();
    private final Redis redis;
    private final DoramiConfig config;

    ServiceReplica(Redis redis, DoramiConfig config) {
        this.redis = redis;
        this.config = config;
    }

    /** Random, hence never used before: 64 bits in hexadecimal. */
    public String name() {
        return name;
    }

    /** Takes a share of the service's partitions for as long as this process runs. */
    public PartitionLeases share(ServiceName service) {
        PartitionLeases leases = new PartitionLeases(redis, service, name, config.leaseTime());
        closing.add(() -> Timeouts.within(FAREWELL, leases.close())
                .onFailure()
                .recoverWithNull()
                .await()
                .indefinitely());
        return leases;
    }

    /**
     * Reads the service's inbox, its share of it, for as long as this process runs.
     *
     * @return the share
     */
    public PartitionLeases read(ServiceName service, Function<InboxMessage, Uni<Void>> handler) {
        return start(service, leases -> new Inbox(redis, service, leases, handler));
    }

    /** The same, where the handler makes its requests in a lane: see {@link Inbox.Handler}. */
    public PartitionLeases readInLanes(ServiceName service, Inbox.Handler handler) {
        return start(service, leases -> new Inbox(redis, service, leases, handler));
    }

    private PartitionLeases start(ServiceName service, Function<PartitionLeases, Inbox> reader) {
        PartitionLeases leases = share(service);
        Inbox inbox = reader.apply(leases);
        closing.addFirst(inbox::close);
        return leases;
    }

    void stop(@Observes ShutdownEvent event) {
        closing.forEach(Runnable::run);
    }
}
