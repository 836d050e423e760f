package io.dorami.service;

import io.dorami.contracts.Partition;
import io.dorami.contracts.StreamKey;
import io.dorami.contracts.Topics;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who watches what, as kept in Redis: for each gateway and stream the set of participants there, under a lease, and for
 * each stream the number of gateways on which a participant is. Gateways write, viewer-service sweeps, anybody counts.
 */
@ApplicationScoped
public class Presence {

    /** A gateway that has not renewed for this long is gone, and its viewers with it. */
    public static final Duration LEASE = Duration.ofSeconds(10);

    /** Two renewals may be lost before the lease lapses. */
    public static final Duration RENEW = Duration.ofSeconds(4);

    /** What one sweep of a partition does at the most; the rest waits 250 ms for the next. */
    private static final int SWEEP = 100;

    private static final RedisScript MOVE = RedisScript.load("viewers-move");
    private static final RedisScript RENEWAL = RedisScript.load("viewers-renew");
    private static final RedisScript SWEEPER = RedisScript.load("viewers-sweep");

    private final Redis redis;

    Presence(Redis redis) {
        this.redis = redis;
    }

    /**
     * Participants came to ({@code +p}) or left ({@code -p}) a gateway; repeating it changes nothing.
     *
     * @param boot the gateway's present name for its set of this stream; without a colon
     * @return how many participants the stream has now
     */
    public Uni<Long> move(StreamKey key, String boot, Collection<String> moves) {
        Partition partition = key.partition();
        String at = key + ":" + boot;
        List<String> arguments = new ArrayList<>(List.of(key.value(), at, String.valueOf(LEASE.toMillis())));
        arguments.addAll(moves);
        return MOVE.run(
                        redis,
                        List.of(
                                Topics.viewerCount(key),
                                Topics.viewersAt(partition) + at,
                                Topics.viewerLeases(partition),
                                Topics.viewersChanged(partition)),
                        arguments)
                .map(Response::toLong);
    }

    /** Whether the gateway's set still stands with that size, and then does for another {@link #LEASE}. */
    public Uni<Boolean> renew(StreamKey key, String boot, int size) {
        Partition partition = key.partition();
        String at = key + ":" + boot;
        return RENEWAL.run(
                        redis,
                        List.of(Topics.viewersAt(partition) + at, Topics.viewerLeases(partition)),
                        List.of(at, String.valueOf(LEASE.toMillis()), String.valueOf(size)))
                .map(held -> held.toInteger() == 1);
    }

    /** Takes out what lapsed, and tells the counts that changed since the last sweep. */
    public Uni<Map<StreamKey, Long>> sweep(Partition partition) {
        return SWEEPER.run(
                        redis,
                        List.of(Topics.viewerLeases(partition), Topics.viewersChanged(partition)),
                        List.of(Topics.viewerCounts(partition), Topics.viewersAt(partition), String.valueOf(SWEEP)))
                .map(answer -> {
                    Map<StreamKey, Long> changed = new LinkedHashMap<>();
                    for (int i = 0; i < answer.size(); i += 2) {
                        changed.put(
                                new StreamKey(answer.get(i).toString()),
                                answer.get(i + 1).toLong());
                    }
                    return changed;
                });
    }

    /** The streams of a partition that anybody watches. */
    public Uni<Set<StreamKey>> watched(Partition partition) {
        return redis.send(Request.cmd(Command.ZRANGE)
                        .arg(Topics.viewerLeases(partition))
                        .arg(0)
                        .arg(-1))
                .map(answer -> {
                    Set<StreamKey> keys = new HashSet<>();
                    answer.forEach(at -> {
                        String name = at.toString();
                        keys.add(new StreamKey(name.substring(0, name.indexOf(':'))));
                    });
                    return keys;
                });
    }

    /** How many participants each of the streams has, in the same order. */
    public Uni<List<Long>> counts(List<StreamKey> keys) {
        if (keys.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return redis.batch(keys.stream()
                        .map(key -> Request.cmd(Command.HLEN).arg(Topics.viewerCount(key)))
                        .toList())
                .map(answers -> answers.stream().map(Response::toLong).toList());
    }
}
