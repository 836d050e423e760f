package io.dorami.chat.redis;

import io.dorami.chat.db.ChatStatistics;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentLive;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentOffline;
import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.redis.RedisScript;
import io.dorami.service.redis.SequentialRequests;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts of the messages of running shows in Redis, and those of ended shows until PostgreSQL has them. The script that
 * posts a message also counts it, so that no message costs a second request. The inbox has starts, ends and messages of
 * a stream in order.
 */
@ApplicationScoped
public class RunningChatStatistics {

    /** Longer than any show. A count whose end never arrives takes 150 bytes for this time. */
    private static final Duration MAX_SHOW_DURATION = Duration.ofDays(31);

    private static final RedisScript START_SCRIPT = RedisScript.load("chat-show-start");
    private static final RedisScript END_SCRIPT = RedisScript.load("chat-show-end");

    private final Redis redis;

    RunningChatStatistics(Redis redis) {
        this.redis = redis;
    }

    /** Begins to count, unless the show is counted already. */
    public Uni<Void> startShow(StreamWentLive event, SequentialRequests requests) {
        return START_SCRIPT
                .run(
                        requests,
                        keys(event.stream()),
                        List.of(
                                event.stream().value(),
                                milliseconds(event.at()),
                                String.valueOf(MAX_SHOW_DURATION.toSeconds())))
                .replaceWithVoid();
    }

    /** Ends the count of the running show, if there is one. */
    public Uni<Void> endShow(StreamWentOffline event, SequentialRequests requests) {
        return END_SCRIPT
                .run(requests, keys(event.stream()), List.of(event.stream().value(), milliseconds(event.at())))
                .replaceWithVoid();
    }

    /** Finds the running show of a stream. */
    public Uni<Optional<ChatStatistics>> findRunning(StreamKey key) {
        return redis.send(Request.cmd(Command.HMGET)
                        .arg(RedisKeys.chatOfRunningShow(key))
                        .arg("startedAt")
                        .arg("messages"))
                .map(values -> values.get(0) == null
                        ? Optional.empty()
                        : Optional.of(new ChatStatistics(
                                key,
                                Instant.ofEpochMilli(values.get(0).toLong()),
                                null,
                                values.get(1).toLong())));
    }

    /** Lists the ended shows of these partitions that PostgreSQL does not have yet. */
    public Uni<List<ChatStatistics>> findEnded(List<Partition> partitions) {
        return redis.batch(partitions.stream()
                        .map(partition -> Request.cmd(Command.HGETALL).arg(RedisKeys.chatOfEndedShows(partition)))
                        .toList())
                .map(responses -> responses.stream()
                        .flatMap(hash -> parseEnded(hash).stream())
                        .toList());
    }

    /** Deletes the count of an ended show that PostgreSQL has. */
    public Uni<Void> deleteEnded(ChatStatistics show) {
        return redis.send(Request.cmd(Command.HDEL)
                        .arg(RedisKeys.chatOfEndedShows(show.stream().partition()))
                        .arg(show.stream() + " " + milliseconds(show.startedAt())))
                .replaceWithVoid();
    }

    private static List<ChatStatistics> parseEnded(@Nullable Response hash) {
        return hash == null
                ? List.of()
                : hash.getKeys().stream()
                        .map(field -> parseEnded(field, hash.get(field).toString()))
                        .toList();
    }

    /** Parses {@code KEY START} and {@code END MESSAGES}; a stream key has no space. */
    private static ChatStatistics parseEnded(String field, String value) {
        int space = field.indexOf(' ');
        int valueSpace = value.indexOf(' ');
        return new ChatStatistics(
                new StreamKey(field.substring(0, space)),
                Instant.ofEpochMilli(Long.parseLong(field.substring(space + 1))),
                Instant.ofEpochMilli(Long.parseLong(value.substring(0, valueSpace))),
                Long.parseLong(value.substring(valueSpace + 1)));
    }

    private static List<String> keys(StreamKey key) {
        return List.of(RedisKeys.chatOfRunningShow(key), RedisKeys.chatOfEndedShows(key.partition()));
    }

    private static String milliseconds(Instant time) {
        return String.valueOf(time.toEpochMilli());
    }
}
