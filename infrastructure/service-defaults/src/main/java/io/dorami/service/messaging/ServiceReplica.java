package io.dorami.service.messaging;

import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.service.runtime.Timeouts;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** This process as a replica of its service: its name, and the leases and inboxes that it closes on shutdown. */
@ApplicationScoped
public class ServiceReplica {

    /** Bounds the release at shutdown. If Redis is unavailable then, the leases expire instead. */
    private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(1);

    private final String name = HexFormat.of().formatHex(new SecureRandom().generateSeed(8));
    private final List<Runnable> shutdownTasks = new ArrayList<>();
    private final Redis redis;
    private final DoramiConfig config;
    private final MeterRegistry registry;

    ServiceReplica(Redis redis, DoramiConfig config, MeterRegistry registry) {
        this.redis = redis;
        this.config = config;
        this.registry = registry;
    }

    /** The random name, never used before: 64 bits in hexadecimal. */
    public String name() {
        return name;
    }

    /** Leases a share of the service's partitions until this process stops. */
    private PartitionLeases leasePartitions(ServiceName service) {
        PartitionLeases leases = new PartitionLeases(redis, service, name, config.leaseDuration());
        shutdownTasks.add(() -> Timeouts.failAfter(RELEASE_TIMEOUT, leases.close())
                .onFailure()
                .recoverWithNull()
                .await()
                .indefinitely());
        return leases;
    }

    /**
     * Consumes this replica's share of a service's inbox until this process stops. Messages of a partition are handled
     * one at a time.
     *
     * @return the leases of the share
     */
    public <M extends InboxMessage> PartitionLeases consume(InboxAddress<M> address, Function<M, Uni<Void>> handler) {
        return start(address, (leases, metrics) -> new Inbox<>(redis, address, leases, metrics, handler));
    }

    /** Consumes the inbox with pipelined messages: see {@link Inbox.Handler}. */
    public <M extends InboxMessage> PartitionLeases consumePipelined(
            InboxAddress<M> address, Inbox.Handler<M> handler) {
        return start(address, (leases, metrics) -> new Inbox<>(redis, address, leases, metrics, handler));
    }

    private <M extends InboxMessage> PartitionLeases start(
            InboxAddress<M> address, BiFunction<PartitionLeases, InboxMetrics, Inbox<M>> createInbox) {
        PartitionLeases leases = leasePartitions(address.service());
        InboxMetrics metrics = new InboxMetrics(registry, address.service());
        Inbox<M> inbox = createInbox.apply(leases, metrics);
        Cancellable sampling = InboxBacklog.startSampling(redis, address.service(), leases, metrics);
        shutdownTasks.addFirst(inbox::close);
        shutdownTasks.addFirst(sampling::cancel);
        return leases;
    }

    void stop(@Observes ShutdownEvent event) {
        shutdownTasks.forEach(Runnable::run);
    }
}
