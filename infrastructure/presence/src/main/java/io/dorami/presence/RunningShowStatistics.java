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
 * The statistics of running shows, accumulated in Redis by the scripts that change {@link Presence}, so that any
 * replica can continue; and the records of ended shows until they are stored in PostgreSQL.
 */
@ApplicationScoped
public class RunningShowStatistics {

    /** Time for which a room stays cleared even if clients do not leave it. */
    private static final Duration SHOW_END_RETENTION = Duration.ofDays(1);

    /** Maximum records of one read: at up to 65 KB each, 0.7 MB. */
    private static final int MAX_ENDED_PER_READ = 10;

    private static final RedisScript START = RedisScript.load("viewers-show", "viewers-start-show");
    private static final RedisScript END = RedisScript.load("viewers-show", "viewers-end-show");
    private static final RedisScript RECORD = RedisScript.load("viewers-show", "viewers-record");

    private final Redis redis;

    RunningShowStatistics(Redis redis) {
        this.redis = redis;
    }

    /** Returns the keys of {@code viewers-show.lua}, in its order. */
    static List<String> keys(StreamKey key) {
        return keyPrefixes(key.partition()).stream().map(prefix -> prefix + key).toList();
    }

    /** Returns the prefixes of these keys, without the stream's key. */
    static List<String> keyPrefixes(Partition partition) {
        return List.of(
                RedisKeys.viewerCountPrefix(partition),
                RedisKeys.showTotalsPrefix(partition),
                RedisKeys.showUniquePrefix(partition),
                RedisKeys.showMinuteUniquePrefix(partition),
                RedisKeys.showMinutesPrefix(partition));
    }

    /** Starts the statistics of a show. Idempotent, even after the show's end. */
    public Uni<Void> startShow(StreamKey key, String ownerId, Instant startedAt) {
        Partition partition = key.partition();
        List<String> redisKeys = new ArrayList<>(keys(key));
        redisKeys.addAll(List.of(
                RedisKeys.showsOnAir(partition), RedisKeys.endedShows(partition), RedisKeys.showEndMarker(key)));
        return START.run(redis, redisKeys, List.of(key.value(), ownerId, milliseconds(startedAt)))
                .replaceWithVoid();
    }

    /**
     * Ends a show: {@link #findEnded} returns its record, and its room is empty until the stream goes live again.
     * Idempotent, even after the start of the next show.
     */
    public Uni<Void> endShow(StreamKey key, Instant endedAt) {
        Partition partition = key.partition();
        List<String> redisKeys = new ArrayList<>(keys(key));
        redisKeys.addAll(List.of(
                RedisKeys.showsOnAir(partition),
                RedisKeys.endedShows(partition),
                RedisKeys.showEndMarker(key),
                RedisKeys.viewerLeases(partition),
                RedisKeys.viewerBatches(partition),
                RedisKeys.changedViewerCounts(partition)));
        return END.run(
                        redis,
                        redisKeys,
                        List.of(
                                key.value(),
                                milliseconds(endedAt),
                                RedisKeys.viewerSetPrefix(partition),
                                String.valueOf(SHOW_END_RETENTION.toSeconds())))
                .replaceWithVoid();
    }

    /** Returns the current statistics of a running show; empty if no show is running. */
    public Uni<Optional<ShowStatistics>> findRunning(StreamKey key) {
        return RECORD.run(redis, keys(key), List.of())
                .map(text -> Optional.ofNullable(text).map(found -> ShowStatistics.parse(key, found.toString())));
    }

    /** Returns the record of an ended show that is not stored yet; empty if it is stored, or the show has not ended. */
    public Uni<Optional<ShowStatistics>> findEnded(StreamKey key, Instant startedAt) {
        return redis.send(Request.cmd(Command.HGET)
                        .arg(RedisKeys.endedShows(key.partition()))
                        .arg(field(key, startedAt)))
                .map(text -> Optional.ofNullable(text).map(found -> ShowStatistics.parse(key, found.toString())));
    }

    /** Returns some of the records that are not stored yet. */
    public Uni<List<ShowStatistics>> findEnded(Partition partition) {
        String ended = RedisKeys.endedShows(partition);
        return redis.send(Request.cmd(Command.HKEYS).arg(ended)).chain(found -> {
            List<String> fields = StreamSupport.stream(found.spliterator(), false)
                    .limit(MAX_ENDED_PER_READ)
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

    /** Deletes a record that is stored in PostgreSQL. */
    public Uni<Void> deleteEnded(ShowStatistics record) {
        return redis.send(Request.cmd(Command.HDEL)
                        .arg(RedisKeys.endedShows(record.stream().partition()))
                        .arg(field(record.stream(), record.startedAt())))
                .replaceWithVoid();
    }

    /** The field of an ended show's record. */
    private static String field(StreamKey key, Instant startedAt) {
        return key + ":" + milliseconds(startedAt);
    }

    private static List<ShowStatistics> records(List<String> fields, Response records) {
        List<ShowStatistics> read = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            @Nullable Response text = records.get(i);
            if (text != null) { // else another replica has just stored it
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
