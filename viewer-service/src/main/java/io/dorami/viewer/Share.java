package io.dorami.viewer;

import io.dorami.contracts.InboxMessage;
import io.dorami.contracts.Lifecycle;
import io.dorami.contracts.ServiceName;
import io.dorami.service.Background;
import io.dorami.service.Leases;
import io.dorami.service.Replica;
import io.dorami.service.ShowRecords;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** This replica's share of the streams: it tells their counts, hears of their shows, and writes down those that ended. */
@ApplicationScoped
class Share {

    /** A record may wait for this; it is safe in Redis. */
    private static final Duration WRITING = Duration.ofSeconds(2);

    private final Replica replica;
    private final ViewerCounts counts;
    private final ShowRecords shows;
    private final RecordStore store;
    private final ViewerConfig config;

    Share(Replica replica, ViewerCounts counts, ShowRecords shows, RecordStore store, ViewerConfig config) {
        this.replica = replica;
        this.counts = counts;
        this.shows = shows;
        this.store = store;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        Leases leases = replica.read(ServiceName.VIEWER, this::handle);
        Background.repeat("viewer counts", config.interval(), () -> counts.sweep(leases.owned()));
        Background.repeat("show records", WRITING, () -> store.writeEnded(leases.owned()));
    }

    private Uni<Void> handle(InboxMessage message) {
        if (!(message instanceof Lifecycle event)) {
            throw new IllegalArgumentException("No message for this service: " + message);
        }
        return switch (event) {
            case Lifecycle.StreamRegistered registered -> Uni.createFrom().voidItem();
            case Lifecycle.StreamWentLive live -> shows.open(live.stream(), live.ownerId(), live.at());
            case Lifecycle.StreamWentOffline offline -> shows.close(offline.stream(), offline.at());
        };
    }
}
