package io.dorami.stream.srs;

import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.PublisherChange;
import io.dorami.contracts.commands.PublisherChange.PublisherConnected;
import io.dorami.contracts.commands.PublisherChange.PublisherDisconnected;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.keys.Partition;
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
 * Stores publisher changes that PostgreSQL was too slow for, until they are applied. The changes wait in this service's
 * own inbox, where they survive a crash of any replica. Only if Redis is unavailable too do they wait in memory; the
 * reconciliation repairs the loss of changes in memory.
 */
@ApplicationScoped
public class DeferredPublisherChanges {

    /**
     * Changes while PostgreSQL and Redis are unavailable: at one a second, a quarter of an hour. About 200 bytes each.
     */
    private static final int MAX_CHANGES_IN_MEMORY = 1_000;

    private static final Duration MIN_RETRY_DELAY = Duration.ofMillis(200);
    private static final Duration MAX_RETRY_DELAY = Duration.ofSeconds(2);

    private static final Logger LOG = Logger.getLogger(DeferredPublisherChanges.class);

    private final ServiceReplica replica;
    private final EventBus bus;
    private final StreamStore store;
    private final SrsApi srs;
    private final StreamConfig config;
    private final StreamMetrics metrics;
    private final AtomicInteger changesInMemory = new AtomicInteger();
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
        leases = replica.consume(InboxAddress.STREAM, this::apply);
    }

    /** Returns whether this replica leads. The leader does the work that only one replica does. */
    boolean isLeader() {
        return leases != null && leases.owns(Partition.all().getFirst());
    }

    /** Completes when the change is stored, or when the Redis timeout has passed. */
    public Uni<Void> defer(PublisherChange change) {
        metrics.recordDeferredChange();
        return Timeouts.failAfter(config.redisTimeout(), bus.send(InboxAddress.STREAM, change))
                .onFailure()
                .recoverWithUni(e -> {
                    retryFromMemory(change, e);
                    return Uni.createFrom().voidItem();
                });
    }

    private void retryFromMemory(PublisherChange change, Throwable reason) {
        if (changesInMemory.incrementAndGet() > MAX_CHANGES_IN_MEMORY) {
            changesInMemory.decrementAndGet();
            LOG.errorf(
                    "Publisher change dropped, the reconciliation repairs it: waiting=%d change=%s",
                    MAX_CHANGES_IN_MEMORY, change);
            return;
        }
        LOG.debugf("Publisher change deferred in memory: change=%s cause=%s", change, reason);
        Uni.createFrom()
                .deferred(() -> bus.send(InboxAddress.STREAM, change))
                .onFailure()
                .recoverWithUni(() -> apply(change))
                .onFailure()
                .retry()
                .withBackOff(MIN_RETRY_DELAY, MAX_RETRY_DELAY)
                .indefinitely()
                .onTermination()
                .invoke(changesInMemory::decrementAndGet)
                .subscribe()
                .with(done -> {}, e -> LOG.errorf(e, "Publisher change lost: change=%s", change));
    }

    private Uni<Void> apply(PublisherChange change) {
        Publisher publisher = new Publisher(change.clientId(), change.instanceId());
        return switch (change) {
            case PublisherConnected connected ->
                store.publish(connected.stream(), publisher, connected.generation())
                        .replaceWithVoid()
                        .onFailure(DeferredPublisherChanges::isRejection)
                        .recoverWithUni(() -> disconnect(publisher)); // accepted by signature alone
            case PublisherDisconnected disconnected ->
                store.unpublish(disconnected.stream(), publisher)
                        .replaceWithVoid()
                        .onFailure(DeferredPublisherChanges::isRejection)
                        .recoverWithNull();
        };
    }

    /** Without SRS's API, a message that waited for it would block its partition of the inbox for good. */
    private Uni<Void> disconnect(Publisher publisher) {
        if (srs.isConfigured()) {
            return srs.disconnect(publisher.clientId());
        }
        LOG.infof("Rejected publisher not disconnected, no SRS API is configured: client=%s", publisher.clientId());
        return Uni.createFrom().voidItem();
    }

    /** Returns whether the rules reject the change, as opposed to a failure that a retry may resolve. */
    public static boolean isRejection(Throwable e) {
        return e instanceof DoramiException failure && !failure.code().isRetryable();
    }
}
