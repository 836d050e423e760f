package io.dorami.viewer;

import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.presence.RunningShowStatistics;
import io.dorami.service.messaging.PartitionLeases;
import io.dorami.service.messaging.ServiceReplica;
import io.dorami.service.runtime.PeriodicTask;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** This replica's share of the streams: it tells their counts, hears of their shows, and writes down those that ended. */
@ApplicationScoped
class PartitionWorker {

    /** A record may wait for this; it is safe in Redis. */
    private static final Duration WRITING = Duration.ofSeconds(2);

    private final ServiceReplica replica;
    private final ViewerCounts counts;
    private final RunningShowStatistics shows;
    private final ShowStatisticsStore store;
    private final ViewerConfig config;

    PartitionWorker(
            ServiceReplica replica,
            ViewerCounts counts,
            RunningShowStatistics shows,
            ShowStatisticsStore store,
            ViewerConfig config) {
        this.replica = replica;
        this.counts = counts;
        this.shows = shows;
        this.store = store;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        PartitionLeases leases = replica.read(ServiceName.VIEWER, this::handle);
        PeriodicTask.repeat("viewer counts", config.interval(), () -> counts.sweep(leases.owned()));
        PeriodicTask.repeat("show records", WRITING, () -> store.writeEnded(leases.owned()));
    }

    private Uni<Void> handle(InboxMessage message) {
        if (!(message instanceof StreamLifecycle event)) {
            throw new IllegalArgumentException("No message for this service: " + message);
        }
        return switch (event) {
            case StreamLifecycle.StreamRegistered registered -> Uni.createFrom().voidItem();
            case StreamLifecycle.StreamWentLive live -> shows.open(live.stream(), live.ownerId(), live.at());
            case StreamLifecycle.StreamWentOffline offline -> shows.close(offline.stream(), offline.at());
        };
    }
}
