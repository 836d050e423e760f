package io.dorami.presence;

import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.redis.RedisScript;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The viewers of each stream in Redis: for each gateway and stream a set of its participants under a lease, and for
 * each stream the number of sets that contain each participant. Gateways write, viewer-service sweeps, every service
 * counts.
 */
@ApplicationScoped
public class Presence {

    /** Lease of a set. A set without renewal for this time belongs to a dead gateway, and its viewers are removed. */
    public static final Duration LEASE_DURATION = Duration.ofSeconds(10);

    /** Renewal interval: two renewals may be lost before the lease expires. */
    public static final Duration LEASE_RENEWAL_INTERVAL = Duration.ofSeconds(4);

    /** Maximum changes of one script call: at about 2 us each, Redis is blocked for 2 ms. */
    public static final int MAX_CHANGES = 1_000;

    /** Maximum rooms whose count is published after one sweep of a partition; the others wait for the next sweep. */
    private static final int MAX_ROOMS_PER_SWEEP = 100;

    /** Maximum participants that one sweep removes: 5 ms of Redis. */
    private static final int MAX_REMOVALS_PER_SWEEP = 5_000;

    /**
     * Time without a sweep after which gateways, too, probably could not reach Redis. Sweeps run four times a second.
     */
    private static final Duration SWEEP_GAP = Duration.ofSeconds(2);

    /**
     * Time from the recovery of Redis until each gateway has renewed or announced its sets: one interval and two
     * attempts.
     */
    private static final Duration SETTLE_TIME = LEASE_RENEWAL_INTERVAL.plusSeconds(2);

    /** Remaining lease below which a renewal is late: the set was not renewed for 5 s. */
    private static final Duration LATE_RENEWAL_THRESHOLD =
            LEASE_DURATION.minus(LEASE_RENEWAL_INTERVAL).minusSeconds(1);

    private static final long SET_LOST = -1;
    private static final long SHOW_ENDED = -2;

    private static final RedisScript CHANGE = RedisScript.load("viewers-show", "viewers-change");
    private static final RedisScript SWEEP = RedisScript.load("viewers-show", "viewers-sweep");
    private static final RedisScript REPUBLISH = RedisScript.load("viewers-republish");

    private final Redis redis;

    public Presence(Redis redis) {
        this.redis = redis;
    }

    /** The result of a batch of changes. */
    public sealed interface ChangeResult {

        /** The changes were applied; the stream has this number of participants now. */
        record Applied(long viewers) implements ChangeResult {}

        /**
         * No change: the set in Redis differs from the gateway's. The gateway must announce it again under a new name.
         */
        record SetLost() implements ChangeResult {}

        /** No change: the show has ended, and its room counts no viewers until the stream goes live again. */
        record ShowEnded() implements ChangeResult {}
    }

    /**
     * The result of a sweep.
     *
     * @param changed the rooms whose count must be published, and their counts
     * @param unconfirmed participants on gateways that did not renew in time; the counts may be too high by this number
     */
    public record SweepResult(Map<StreamKey, Long> changed, long unconfirmed) {}

    /**
     * Adds participants to ({@code +p}) or removes them from ({@code -p}) a gateway's set, and renews the set's lease
     * for {@link #LEASE_DURATION}. A failed batch may still arrive, later than any other, so its set must not be
     * used again.
     *
     * @param set the gateway's name of its set of this stream; never used before, without a colon
     * @param batches the number of confirmed batches of this set
     * @param changes at most {@link #MAX_CHANGES}; none for a renewal
     */
    public Uni<ChangeResult> applyChanges(StreamKey key, String set, long batches, Collection<String> changes) {
        Partition partition = key.partition();
        String setId = key + ":" + set;
        List<String> arguments =
                new ArrayList<>(List.of(key.value(), setId, milliseconds(LEASE_DURATION), String.valueOf(batches)));
        arguments.addAll(changes);
        List<String> keys = new ArrayList<>(RunningShowStatistics.keys(key));
        keys.addAll(List.of(
                RedisKeys.viewerSetPrefix(partition) + setId,
                RedisKeys.viewerLeases(partition),
                RedisKeys.viewerBatches(partition),
                RedisKeys.changedViewerCounts(partition),
                RedisKeys.showEndMarker(key)));
        return CHANGE.run(redis, keys, arguments).map(Response::toLong).map(count -> {
            if (count == SET_LOST) {
                return new ChangeResult.SetLost();
            }
            return count == SHOW_ENDED ? new ChangeResult.ShowEnded() : new ChangeResult.Applied(count);
        });
    }

    /**
     * Removes expired sets and returns the rooms whose count must be published.
     *
     * @param published the counts published to rooms of this partition since the last sweep; a count that is not
     *     confirmed here is requested again
     * @param interval the minimum time between two effective sweeps, over all replicas
     */
    public Uni<SweepResult> sweep(Partition partition, Map<StreamKey, Long> published, Duration interval) {
        List<String> arguments = new ArrayList<>(RunningShowStatistics.keyPrefixes(partition));
        arguments.addAll(List.of(
                RedisKeys.viewerSetPrefix(partition),
                String.valueOf(MAX_ROOMS_PER_SWEEP),
                String.valueOf(MAX_REMOVALS_PER_SWEEP),
                milliseconds(SWEEP_GAP),
                milliseconds(SETTLE_TIME),
                milliseconds(LATE_RENEWAL_THRESHOLD),
                milliseconds(interval)));
        published.forEach((key, count) -> {
            arguments.add(key.value());
            arguments.add(String.valueOf(count));
        });
        return SWEEP.run(
                        redis,
                        List.of(
                                RedisKeys.viewerLeases(partition),
                                RedisKeys.viewerBatches(partition),
                                RedisKeys.changedViewerCounts(partition),
                                RedisKeys.publishedViewerCounts(partition),
                                RedisKeys.viewerSweepState(partition),
                                RedisKeys.showsOnAir(partition)),
                        arguments)
                .map(response -> {
                    Map<StreamKey, Long> changed = new LinkedHashMap<>();
                    for (int i = 1; i < response.size(); i += 2) {
                        changed.put(
                                new StreamKey(response.get(i).toString()),
                                response.get(i + 1).toLong());
                    }
                    return new SweepResult(changed, response.get(0).toLong());
                });
    }

    /**
     * Requests another publication of the count, even if unchanged, because a gateway of the room may have missed it.
     */
    public Uni<Void> republishCount(StreamKey key) {
        Partition partition = key.partition();
        return REPUBLISH
                .run(
                        redis,
                        List.of(RedisKeys.changedViewerCounts(partition), RedisKeys.publishedViewerCounts(partition)),
                        List.of(key.value()))
                .replaceWithVoid();
    }

    /** Returns the number of participants of each stream, in the same order. */
    public Uni<List<Long>> counts(List<StreamKey> keys) {
        if (keys.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return redis.batch(keys.stream()
                        .map(key -> Request.cmd(Command.HLEN).arg(RedisKeys.viewerCount(key)))
                        .toList())
                .map(responses -> responses.stream().map(Response::toLong).toList());
    }

    private static String milliseconds(Duration time) {
        return String.valueOf(time.toMillis());
    }
}
