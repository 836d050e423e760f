package io.dorami.stream.srs;

import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.PublisherChange;
import io.dorami.contracts.commands.PublisherChange.PublisherConnected;
import io.dorami.contracts.commands.PublisherChange.PublisherDisconnected;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.messaging.PartitionLeases;
import io.dorami.service.messaging.ServiceReplica;
import io.dorami.service.runtime.Timeouts;
import io.dorami.stream.StreamConfig;
import io.dorami.stream.StreamMetrics;
import io.dorami.stream.state.Publisher;
import io.dorami.stream.state.StreamStore;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What SRS said while PostgreSQL was slow, until it is written down: in this service's own inbox, where it survives any
 * replica. Only where Redis is away too, here in memory; what is lost with that, the reconciliation finds.
 */
@ApplicationScoped
public class DeferredPublisherChanges {

    /** Publishers that came or went while both were away: at one a second, a quarter of an hour. About 200 bytes each. */
    private static final int IN_MEMORY = 1_000;

    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY = Duration.ofSeconds(2);

    private static final Logger LOG = Logger.getLogger(DeferredPublisherChanges.class);

    private final ServiceReplica replica;
    private final EventBus bus;
    private final StreamStore store;
    private final SrsApi srs;
    private final StreamConfig config;
    private final StreamMetrics metrics;
    private final AtomicInteger inMemory = new AtomicInteger();
    private @Nullable PartitionLeases leases;

    DeferredPublisherChanges(
            ServiceReplica replica,
            EventBus bus,
            StreamStore store,
            SrsApi srs,
            StreamConfig config,
            StreamMetrics metrics) {
        this.replica = replica;
        this.bus = bus;
        this.store = store;
        this.srs = srs;
        this.config = config;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        leases = replica.read(ServiceName.STREAM, this::handle);
    }

    /** Whether this replica, of all of them, does what is to be done once. */
    boolean leads() {
        return leases != null && leases.owns(Partition.all().getFirst());
    }

    /** Answers when the change is safe, or when it has waited long enough for that. */
    public Uni<Void> keep(PublisherChange change) {
        metrics.late();
        return Timeouts.within(config.redisPatience(), bus.send(ServiceName.STREAM, change))
                .onFailure()
                .recoverWithUni(e -> {
                    keepInMemory(change, e);
                    return Uni.createFrom().voidItem();
                });
    }

    private void keepInMemory(PublisherChange change, Throwable reason) {
        if (inMemory.incrementAndGet() > IN_MEMORY) {
            inMemory.decrementAndGet();
            LOG.errorf("Too much waits for PostgreSQL and Redis; the reconciliation has to find out: %s", change);
            return;
        }
        LOG.debugf("Neither PostgreSQL nor Redis takes %s: %s", change, reason);
        Uni.createFrom()
                .deferred(() -> bus.send(ServiceName.STREAM, change))
                .onFailure()
                .recoverWithUni(() -> carryOut(change))
                .onFailure()
                .retry()
                .withBackOff(FIRST_RETRY, LAST_RETRY)
                .indefinitely()
                .onTermination()
                .invoke(inMemory::decrementAndGet)
                .subscribe()
                .with(done -> {}, e -> LOG.errorf(e, "Lost: %s", change));
    }

    private Uni<Void> handle(InboxMessage message) {
        return switch (message) {
            case PublisherChange change -> carryOut(change);
            case ChatCommand command -> throw new IllegalArgumentException("Not for this service: " + command);
            case StreamLifecycle event -> throw new IllegalArgumentException("Not for this service: " + event);
        };
    }

    private Uni<Void> carryOut(PublisherChange change) {
        Publisher publisher = new Publisher(change.client(), change.run());
        return switch (change) {
            case PublisherConnected came ->
                store.publish(came.stream(), publisher, came.generation())
                        .replaceWithVoid()
                        .onFailure(DeferredPublisherChanges::refused)
                        .recoverWithUni(
                                () -> srs.disconnect(publisher.client())); // it was let in by its signature alone
            case PublisherDisconnected went ->
                store.unpublish(went.stream(), publisher)
                        .replaceWithVoid()
                        .onFailure(DeferredPublisherChanges::refused)
                        .recoverWithNull();
        };
    }

    /** By the rules, and not because something is down. */
    public static boolean refused(Throwable e) {
        return e instanceof DoramiException refused && !refused.code().retryable();
    }
}
