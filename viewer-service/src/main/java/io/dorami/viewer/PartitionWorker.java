package io.dorami.viewer;

import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.presence.RunningShowStatistics;
import io.dorami.service.messaging.PartitionLeases;
import io.dorami.service.messaging.ServiceReplica;
import io.dorami.service.runtime.PeriodicTask;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/**
 * Work on the partitions that this replica owns: publishes viewer counts, starts and ends shows, writes the statistics
 * of ended shows, and stores the co-hosts of streams.
 */
@ApplicationScoped
class PartitionWorker {

    /** Interval at which ended shows are written to PostgreSQL. Until then they are stored in Redis. */
    private static final Duration SHOW_WRITE_INTERVAL = Duration.ofSeconds(2);

    private final ServiceReplica replica;
    private final ViewerCounts counts;
    private final RunningShowStatistics shows;
    private final ShowStatisticsStore store;
    private final StaffStore staff;
    private final ViewerConfig config;

    PartitionWorker(
            ServiceReplica replica,
            ViewerCounts counts,
            RunningShowStatistics shows,
            ShowStatisticsStore store,
            StaffStore staff,
            ViewerConfig config) {
        this.replica = replica;
        this.counts = counts;
        this.shows = shows;
        this.store = store;
        this.staff = staff;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        PartitionLeases leases = replica.consume(InboxAddress.VIEWER, this::handle);
        PeriodicTask.start(
                "publish viewer counts", config.publishInterval(), () -> counts.sweep(leases.ownedPartitions()));
        PeriodicTask.start("write ended shows", SHOW_WRITE_INTERVAL, () -> store.writeEnded(leases.ownedPartitions()));
    }

    private Uni<Void> handle(StreamLifecycle event) {
        return switch (event) {
            case StreamLifecycle.StreamRegistered registered -> Uni.createFrom().voidItem();
            case StreamLifecycle.StreamWentLive live -> shows.startShow(live.stream(), live.ownerId(), live.at());
            case StreamLifecycle.StreamWentOffline offline -> shows.endShow(offline.stream(), offline.at());
            case StreamLifecycle.StaffChanged changed -> staff.save(changed);
        };
    }
}
