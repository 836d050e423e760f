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
 * Who plays a stream's media over HTTP-FLV or RTMP, by SRS's word: connections, not people, and without those who watch by
 * HLS. A number of its own, never to be mixed with the participants of {@link Presence}. srs-hook-service writes it, and
 * every 30 s makes it what SRS's own list says; anybody counts.
 */
@ApplicationScoped
public class MediaViewers {

    /** Longer than any show; a stream that ends takes its set with it. */
    private static final Duration KEPT = Duration.ofDays(2);

    private static final RedisScript HEAL = RedisScript.load("media-heal");

    private final Redis redis;

    MediaViewers(Redis redis) {
        this.redis = redis;
    }

    /** A connection of SRS plays the stream; saying so twice changes nothing. */
    public Uni<Void> came(StreamKey key, String client, Instant now) {
        String media = RedisKeys.mediaViewers(key);
        return redis.batch(List.of(
                        Request.cmd(Command.ZADD)
                                .arg(media)
                                .arg(now.toEpochMilli())
                                .arg(client),
                        Request.cmd(Command.EXPIRE).arg(media).arg(KEPT.toSeconds())))
                .replaceWithVoid();
    }

    /** It does not any more. */
    public Uni<Void> went(StreamKey key, String client) {
        return redis.send(Request.cmd(Command.ZREM)
                        .arg(RedisKeys.mediaViewers(key))
                        .arg(client))
                .replaceWithVoid();
    }

    /** The show is over, and everybody gone. */
    public Uni<Void> forget(StreamKey key) {
        return redis.send(Request.cmd(Command.DEL).arg(RedisKeys.mediaViewers(key)))
                .replaceWithVoid();
    }

    /**
     * All that SRS has.
     *
     * @param asked when it was asked: who came later is not in its list and stays
     * @return how many play the stream now
     */
    public Uni<Long> heal(StreamKey key, Collection<String> clients, Instant asked) {
        List<String> arguments =
                new ArrayList<>(List.of(String.valueOf(asked.toEpochMilli()), String.valueOf(KEPT.toSeconds())));
        arguments.addAll(clients);
        return HEAL.run(redis, List.of(RedisKeys.mediaViewers(key)), arguments).map(Response::toLong);
    }

    /** How many play each of the streams, in the same order. */
    public Uni<List<Long>> counts(List<StreamKey> keys) {
        if (keys.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return redis.batch(keys.stream()
                        .map(key -> Request.cmd(Command.ZCARD).arg(RedisKeys.mediaViewers(key)))
                        .toList())
                .map(answers -> answers.stream().map(Response::toLong).toList());
    }
}
