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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the shows on air add up to, summed up in Redis by the scripts through which {@link Presence} changes, so that any
 * replica can go on; and the records of shows that ended, until somebody has written them.
 */
@ApplicationScoped
public class RunningShowStatistics {

    /** How long a room stays cleared though somebody has forgotten to leave it. */
    private static final Duration OVER = Duration.ofDays(1);

    /** Records that are read at once: at 65 KB each at the most, 0.7 MB. */
    private static final int ENDED = 10;

    private static final RedisScript OPEN = RedisScript.load("viewers-show", "viewers-open");
    private static final RedisScript CLOSE = RedisScript.load("viewers-show", "viewers-close");
    private static final RedisScript RECORD = RedisScript.load("viewers-show", "viewers-record");

    private final Redis redis;

    RunningShowStatistics(Redis redis) {
        this.redis = redis;
    }

    /** The keys with which {@code viewers-show.lua} works, in its order. */
    static List<String> names(StreamKey key) {
        return starts(key.partition()).stream().map(start -> start + key).toList();
    }

    /** The same without the stream's key. */
    static List<String> starts(Partition partition) {
        return List.of(
                RedisKeys.viewerCounts(partition),
                RedisKeys.showTotals(partition),
                RedisKeys.showUnique(partition),
                RedisKeys.showPresent(partition),
                RedisKeys.showMinutes(partition));
    }

    /** A show begins. Saying so again changes nothing, not even after its end. */
    public Uni<Void> open(StreamKey key, String ownerId, Instant startedAt) {
        Partition partition = key.partition();
        List<String> names = new ArrayList<>(names(key));
        names.addAll(
                List.of(RedisKeys.showsOnAir(partition), RedisKeys.showsEnded(partition), RedisKeys.viewersOver(key)));
        return OPEN.run(redis, names, List.of(key.value(), ownerId, milliseconds(startedAt)))
                .replaceWithVoid();
    }

    /**
     * A show ends: its record is among {@link #ended}, and its room is empty until it goes live again. Saying so again
     * changes nothing, not even after the next one began.
     */
    public Uni<Void> close(StreamKey key, Instant endedAt) {
        Partition partition = key.partition();
        List<String> names = new ArrayList<>(names(key));
        names.addAll(List.of(
                RedisKeys.showsOnAir(partition),
                RedisKeys.showsEnded(partition),
                RedisKeys.viewersOver(key),
                RedisKeys.viewerLeases(partition),
                RedisKeys.viewerBatches(partition),
                RedisKeys.viewersChanged(partition)));
        return CLOSE.run(
                        redis,
                        names,
                        List.of(
                                key.value(),
                                milliseconds(endedAt),
                                RedisKeys.viewersAt(partition),
                                String.valueOf(OVER.toSeconds())))
                .replaceWithVoid();
    }

    /** What a show on air adds up to until now; empty where it is not on air. */
    public Uni<Optional<ShowStatistics>> onAir(StreamKey key) {
        return RECORD.run(redis, names(key), List.of())
                .map(text -> Optional.ofNullable(text).map(found -> ShowStatistics.parse(key, found.toString())));
    }

    /** Records that wait to be written, some of them. */
    public Uni<List<ShowStatistics>> ended(Partition partition) {
        String ended = RedisKeys.showsEnded(partition);
        return redis.send(Request.cmd(Command.HKEYS).arg(ended)).chain(found -> {
            List<String> fields = StreamSupport.stream(found.spliterator(), false)
                    .limit(ENDED)
                    .map(Response::toString)
                    .toList();
            if (fields.isEmpty()) {
                return Uni.createFrom().item(List.of());
            }
            Request read = Request.cmd(Command.HMGET).arg(ended);
            fields.forEach(read::arg);
            return redis.send(read).map(records -> records(fields, records));
        });
    }

    /** The record is safe elsewhere. */
    public Uni<Void> written(ShowStatistics record) {
        return redis.send(Request.cmd(Command.HDEL)
                        .arg(RedisKeys.showsEnded(record.stream().partition()))
                        .arg(record.stream() + ":" + milliseconds(record.startedAt())))
                .replaceWithVoid();
    }

    private static List<ShowStatistics> records(List<String> fields, Response records) {
        List<ShowStatistics> read = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            @Nullable Response text = records.get(i);
            if (text != null) { // else another replica has just written it
                String field = fields.get(i);
                read.add(ShowStatistics.parse(new StreamKey(field.substring(0, field.indexOf(':'))), text.toString()));
            }
        }
        return read;
    }

    private static String milliseconds(Instant instant) {
        return String.valueOf(instant.toEpochMilli());
    }
}
