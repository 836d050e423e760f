package io.dorami.presence;

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
import java.util.Collection;
import java.util.List;

/**
 * The connections that play a stream's media over HTTP-FLV, WebRTC or RTMP, as reported by SRS. They are connections
 * instead of people and exclude viewers by HLS, so the number must not be mixed with the participants of {@link Presence}.
 * srs-hook-service writes the set and reconciles it with SRS's own list every 30 s; every service counts.
 */
@ApplicationScoped
public class MediaViewers {

    /** Longer than any show; the end of a stream deletes its set. */
    private static final Duration RETENTION = Duration.ofDays(2);

    private static final RedisScript RECONCILE = RedisScript.load("media-reconcile");

    private final Redis redis;

    MediaViewers(Redis redis) {
        this.redis = redis;
    }

    /** Adds a playing connection of SRS. Idempotent. */
    public Uni<Void> add(StreamKey key, String clientId, Instant now) {
        String redisKey = RedisKeys.mediaViewers(key);
        return redis.batch(List.of(
                        Request.cmd(Command.ZADD)
                                .arg(redisKey)
                                .arg(now.toEpochMilli())
                                .arg(clientId),
                        Request.cmd(Command.EXPIRE).arg(redisKey).arg(RETENTION.toSeconds())))
                .replaceWithVoid();
    }

    /** Removes a connection. */
    public Uni<Void> remove(StreamKey key, String clientId) {
        return redis.send(Request.cmd(Command.ZREM)
                        .arg(RedisKeys.mediaViewers(key))
                        .arg(clientId))
                .replaceWithVoid();
    }

    /** Removes all connections after the end of a show. */
    public Uni<Void> clear(StreamKey key) {
        return redis.send(Request.cmd(Command.DEL).arg(RedisKeys.mediaViewers(key)))
                .replaceWithVoid();
    }

    /**
     * Replaces the connections by SRS's list.
     *
     * @param requestedAt the time of the request to SRS; later connections are not in the list and stay
     * @return the number of connections that play the stream now
     */
    public Uni<Long> reconcile(StreamKey key, Collection<String> clientIds, Instant requestedAt) {
        List<String> arguments = new ArrayList<>(
                List.of(String.valueOf(requestedAt.toEpochMilli()), String.valueOf(RETENTION.toSeconds())));
        arguments.addAll(clientIds);
        return RECONCILE
                .run(redis, List.of(RedisKeys.mediaViewers(key)), arguments)
                .map(Response::toLong);
    }

    /** Returns the number of connections that play each stream, in the same order. */
    public Uni<List<Long>> counts(List<StreamKey> keys) {
        if (keys.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return redis.batch(keys.stream()
                        .map(key -> Request.cmd(Command.ZCARD).arg(RedisKeys.mediaViewers(key)))
                        .toList())
                .map(responses -> responses.stream().map(Response::toLong).toList());
    }
}
