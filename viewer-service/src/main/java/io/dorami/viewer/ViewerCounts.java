package io.dorami.viewer;

import io.dorami.contracts.Channel;
import io.dorami.contracts.Partition;
import io.dorami.contracts.RoomEvent.ViewerCountChanged;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.ServiceName;
import io.dorami.contracts.StreamKey;
import io.dorami.contracts.Topics;
import io.dorami.service.Background;
import io.dorami.service.EventBus;
import io.dorami.service.Leases;
import io.dorami.service.Presence;
import io.dorami.service.Replica;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sweeps the partitions that this replica owns and tells each room whose count changed, at most once an interval and
 * always the last value. A new owner first tells every watched room: the old one may have died between sweeping a change
 * and telling it.
 */
@ApplicationScoped
class ViewerCounts {

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Replica replica;
    private final Presence presence;
    private final EventBus bus;
    private final ViewerConfig config;
    private final ViewerMetrics metrics;
    private final Set<Partition> takenOver = new HashSet<>();
    private final Map<StreamKey, Long> told = new ConcurrentHashMap<>();

    ViewerCounts(Replica replica, Presence presence, EventBus bus, ViewerConfig config, ViewerMetrics metrics) {
        this.replica = replica;
        this.presence = presence;
        this.bus = bus;
        this.config = config;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        Leases leases = replica.share(ServiceName.VIEWER);
        Background.repeat("viewer counts", config.interval(), () -> sweep(leases));
    }

    private Uni<Void> sweep(Leases leases) {
        List<Partition> owned = leases.owned();
        takenOver.retainAll(owned);
        told.keySet().removeIf(key -> !owned.contains(key.partition()));
        return Multi.createFrom()
                .iterable(owned)
                .onItem()
                .transformToUniAndConcatenate(this::sweep)
                .onItem()
                .ignoreAsUni()
                .onFailure()
                .invoke(e -> takenOver.clear()); // a change may have been swept and not told
    }

    private Uni<Void> sweep(Partition partition) {
        return takeOver(partition).chain(() -> presence.sweep(partition)).chain(this::tell);
    }

    private Uni<Void> takeOver(Partition partition) {
        if (takenOver.contains(partition)) {
            return Uni.createFrom().voidItem();
        }
        return presence.watched(partition)
                .map(List::copyOf)
                .chain(keys -> presence.counts(keys)
                        .chain(counts -> Multi.createFrom()
                                .range(0, keys.size())
                                .onItem()
                                .transformToUniAndConcatenate(i -> tell(keys.get(i), counts.get(i)))
                                .onItem()
                                .ignoreAsUni()))
                .invoke(() -> takenOver.add(partition));
    }

    private Uni<Void> tell(Map<StreamKey, Long> changed) {
        return Multi.createFrom()
                .iterable(changed.entrySet())
                .filter(entry -> !entry.getValue().equals(told.get(entry.getKey())))
                .onItem()
                .transformToUniAndConcatenate(entry -> tell(entry.getKey(), entry.getValue()))
                .onItem()
                .ignoreAsUni();
    }

    private Uni<Void> tell(StreamKey key, long count) {
        return bus.publish(
                        Topics.roomEvents(new RoomId(Channel.STREAM, key)),
                        new ViewerCountChanged(key, count, clock.instant()))
                .invoke(() -> {
                    metrics.told();
                    if (count == 0) {
                        told.remove(key); // so that rooms that are over take no memory
                    } else {
                        told.put(key, count);
                    }
                });
    }
}
