package io.dorami.viewer;

import io.dorami.contracts.events.RoomEvent.ViewerCountChanged;
import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.Presence;
import io.dorami.presence.Presence.Sweep;
import io.dorami.service.messaging.EventBus;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sweeps the partitions that this replica owns and tells each room whose count changed, at most once an interval and
 * always the last value. What was told is kept in Redis, and a change stays on the list there until it was told: whoever
 * owns the partition next goes on where this replica died.
 */
@ApplicationScoped
class ViewerCounts {

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Presence presence;
    private final EventBus bus;
    private final ViewerConfig config;
    private final ViewerMetrics metrics;

    /** Told since the last sweep; that sweep notes it. */
    private final Map<Partition, Map<StreamKey, Long>> told = new ConcurrentHashMap<>();

    ViewerCounts(Presence presence, EventBus bus, ViewerConfig config, ViewerMetrics metrics) {
        this.presence = presence;
        this.bus = bus;
        this.config = config;
        this.metrics = metrics;
    }

    /** All at once, so that sixteen partitions take no longer than one; one that fails does not keep the others. */
    Uni<Void> sweep(List<Partition> owned) {
        told.keySet().retainAll(owned);
        metrics.doubtfulOnlyOf(owned);
        return owned.isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.join()
                        .all(owned.stream().map(this::sweep).toList())
                        .andCollectFailures()
                        .replaceWithVoid();
    }

    private Uni<Void> sweep(Partition partition) {
        return presence.sweep(partition, told.getOrDefault(partition, Map.of()), config.interval())
                .invoke(() -> told.remove(partition))
                .invoke(found -> metrics.doubtful(partition, found.doubtful()))
                .chain(found -> tell(partition, found));
    }

    private Uni<Void> tell(Partition partition, Sweep found) {
        return Multi.createFrom()
                .iterable(found.changed().entrySet())
                .onItem()
                .transformToUniAndConcatenate(room -> tell(partition, room.getKey(), room.getValue()))
                .onItem()
                .ignoreAsUni();
    }

    private Uni<Void> tell(Partition partition, StreamKey key, long count) {
        return bus.publish(
                        RedisKeys.roomEvents(new RoomId(RoomType.STREAM, key)),
                        new ViewerCountChanged(key, count, clock.instant()))
                .invoke(() -> {
                    metrics.told();
                    told.computeIfAbsent(partition, p -> new ConcurrentHashMap<>())
                            .put(key, count);
                });
    }
}
