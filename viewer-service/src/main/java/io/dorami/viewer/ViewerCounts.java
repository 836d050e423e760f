package io.dorami.viewer;

import io.dorami.contracts.events.RoomEvent.ViewerCountChanged;
import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.Presence;
import io.dorami.presence.Presence.SweepResult;
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
 * Publishes viewer counts. Sweeps the partitions that this replica owns and publishes each changed count, at most once
 * an interval and always the last value. Redis stores the published counts, and a change stays in its list until the
 * count was published, so the next owner of the partition continues if this replica dies.
 */
@ApplicationScoped
class ViewerCounts {

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Presence presence;
    private final EventBus bus;
    private final ViewerConfig config;
    private final ViewerMetrics metrics;

    /** Counts published since the last sweep. The next sweep stores them in Redis. */
    private final Map<Partition, Map<StreamKey, Long>> publishedSinceSweep = new ConcurrentHashMap<>();

    ViewerCounts(Presence presence, EventBus bus, ViewerConfig config, ViewerMetrics metrics) {
        this.presence = presence;
        this.bus = bus;
        this.config = config;
        this.metrics = metrics;
    }

    /**
     * Sweeps all partitions concurrently, so that sixteen take no longer than a single one. A failure of one partition
     * does not affect the others.
     */
    Uni<Void> sweep(List<Partition> owned) {
        publishedSinceSweep.keySet().retainAll(owned);
        metrics.retainPartitions(owned);
        return owned.isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.join()
                        .all(owned.stream().map(this::sweep).toList())
                        .andCollectFailures()
                        .replaceWithVoid();
    }

    private Uni<Void> sweep(Partition partition) {
        return presence.sweep(
                        partition, publishedSinceSweep.getOrDefault(partition, Map.of()), config.publishInterval())
                .invoke(() -> publishedSinceSweep.remove(partition))
                .invoke(sweep -> metrics.setUnconfirmedParticipants(partition, sweep.unconfirmed()))
                .chain(sweep -> publish(partition, sweep));
    }

    private Uni<Void> publish(Partition partition, SweepResult sweep) {
        return Multi.createFrom()
                .iterable(sweep.changed().entrySet())
                .onItem()
                .transformToUniAndConcatenate(change -> publish(partition, change.getKey(), change.getValue()))
                .onItem()
                .ignoreAsUni();
    }

    private Uni<Void> publish(Partition partition, StreamKey key, long count) {
        return bus.publish(
                        RedisKeys.roomKeys(new RoomId(RoomType.STREAM, key)),
                        new ViewerCountChanged(key, count, clock.instant()))
                .invoke(() -> {
                    metrics.countPublished();
                    publishedSinceSweep
                            .computeIfAbsent(partition, p -> new ConcurrentHashMap<>())
                            .put(key, count);
                });
    }
}
