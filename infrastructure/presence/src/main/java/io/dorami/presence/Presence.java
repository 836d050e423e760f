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
 * Who watches what, as kept in Redis: for each gateway and stream a set of the participants there, under a lease, and for
 * each stream the number of sets in which a participant is. Gateways write, viewer-service sweeps, anybody counts.
 */
@ApplicationScoped
public class Presence {

    /** A set that has not been renewed for this long is of a gateway that is gone, and its viewers with it. */
    public static final Duration LEASE = Duration.ofSeconds(10);

    /** Two renewals may be lost before the lease lapses. */
    public static final Duration RENEW = Duration.ofSeconds(4);

    /** The moves of one script: at about 2 us each, 2 ms in which Redis does nothing else. */
    public static final int MOVES = 1_000;

    /** Rooms that are told after one sweep of a partition; the rest waits for the next. */
    private static final int ROOMS = 100;

    /** Participants that one sweep takes out: 5 ms of Redis. */
    private static final int TAKEN_OUT = 5_000;

    /** Sweeps come four times a second; after a pause of this, gateways too could not reach Redis. */
    private static final Duration GAP = Duration.ofSeconds(2);

    /** From Redis coming back until each gateway has renewed or announced its sets: one period and two tries. */
    private static final Duration SETTLE = RENEW.plusSeconds(2);

    /** A set that was not renewed for 5 s is doubtful. */
    private static final Duration LATE = LEASE.minus(RENEW).minusSeconds(1);

    private static final long LOST = -1;
    private static final long OVER = -2;

    private static final RedisScript MOVE = RedisScript.load("viewers-show", "viewers-move");
    private static final RedisScript SWEEP = RedisScript.load("viewers-show", "viewers-sweep");
    private static final RedisScript AGAIN = RedisScript.load("viewers-again");

    private final Redis redis;

    public Presence(Redis redis) {
        this.redis = redis;
    }

    /** What became of a batch of moves. */
    public sealed interface MoveResult {

        /** Done; so many participants the stream has now. */
        record Counted(long viewers) implements MoveResult {}

        /** Nothing was done: Redis does not have the set as the gateway does. All are to be told under a new name. */
        record SetLost() implements MoveResult {}

        /** Nothing was done: the show has ended, and its room counts nobody until it goes live again. */
        record ShowEnded() implements MoveResult {}
    }

    /**
     * What a sweep found.
     *
     * @param changed the rooms that are to be told, and their counts
     * @param doubtful participants on gateways that did not renew in time: by as many the counts may be too high
     */
    public record Sweep(Map<StreamKey, Long> changed, long doubtful) {}

    /**
     * Participants came to ({@code +p}) or left ({@code -p}) a gateway; the set then stands for another {@link #LEASE}. A
     * batch that failed may arrive yet, later than any other: its set must not be used again.
     *
     * @param set the gateway's name for its set of this stream, never used before by anybody; without a colon
     * @param batches how many batches of moves of this set are confirmed
     * @param moves at most {@link #MOVES}; with none it is a renewal
     */
    public Uni<MoveResult> move(StreamKey key, String set, long batches, Collection<String> moves) {
        Partition partition = key.partition();
        String at = key + ":" + set;
        List<String> arguments =
                new ArrayList<>(List.of(key.value(), at, milliseconds(LEASE), String.valueOf(batches)));
        arguments.addAll(moves);
        List<String> names = new ArrayList<>(RunningShowStatistics.names(key));
        names.addAll(List.of(
                RedisKeys.viewersAt(partition) + at,
                RedisKeys.viewerLeases(partition),
                RedisKeys.viewerBatches(partition),
                RedisKeys.viewersChanged(partition),
                RedisKeys.viewersOver(key)));
        return MOVE.run(redis, names, arguments).map(Response::toLong).map(count -> {
            if (count == LOST) {
                return new MoveResult.SetLost();
            }
            return count == OVER ? new MoveResult.ShowEnded() : new MoveResult.Counted(count);
        });
    }

    /**
     * Takes out what lapsed, and says which rooms are to be told.
     *
     * @param told what rooms of this partition were told since the last sweep: until it is said here, it is asked for again
     * @param interval the least time between two sweeps that find anything, whoever does them
     */
    public Uni<Sweep> sweep(Partition partition, Map<StreamKey, Long> told, Duration interval) {
        List<String> arguments = new ArrayList<>(RunningShowStatistics.starts(partition));
        arguments.addAll(List.of(
                RedisKeys.viewersAt(partition),
                String.valueOf(ROOMS),
                String.valueOf(TAKEN_OUT),
                milliseconds(GAP),
                milliseconds(SETTLE),
                milliseconds(LATE),
                milliseconds(interval)));
        told.forEach((key, count) -> {
            arguments.add(key.value());
            arguments.add(String.valueOf(count));
        });
        return SWEEP.run(
                        redis,
                        List.of(
                                RedisKeys.viewerLeases(partition),
                                RedisKeys.viewerBatches(partition),
                                RedisKeys.viewersChanged(partition),
                                RedisKeys.viewersTold(partition),
                                RedisKeys.viewersSwept(partition),
                                RedisKeys.showsOnAir(partition)),
                        arguments)
                .map(answer -> {
                    Map<StreamKey, Long> changed = new LinkedHashMap<>();
                    for (int i = 1; i < answer.size(); i += 2) {
                        changed.put(
                                new StreamKey(answer.get(i).toString()),
                                answer.get(i + 1).toLong());
                    }
                    return new Sweep(changed, answer.get(0).toLong());
                });
    }

    /** Has the room told its count though it did not change: a gateway there may have missed it. */
    public Uni<Void> tellAgain(StreamKey key) {
        Partition partition = key.partition();
        return AGAIN.run(
                        redis,
                        List.of(RedisKeys.viewersChanged(partition), RedisKeys.viewersTold(partition)),
                        List.of(key.value()))
                .replaceWithVoid();
    }

    /** How many participants each of the streams has, in the same order. */
    public Uni<List<Long>> counts(List<StreamKey> keys) {
        if (keys.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return redis.batch(keys.stream()
                        .map(key -> Request.cmd(Command.HLEN).arg(RedisKeys.viewerCount(key)))
                        .toList())
                .map(answers -> answers.stream().map(Response::toLong).toList());
    }

    private static String milliseconds(Duration time) {
        return String.valueOf(time.toMillis());
    }
}
