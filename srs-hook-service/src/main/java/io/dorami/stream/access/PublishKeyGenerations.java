package io.dorami.stream.access;

import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.runtime.Timeouts;
import io.dorami.stream.StreamConfig;
import io.dorami.stream.state.Stream;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * The generations of publish keys, in Redis. They are read only if PostgreSQL, the source of truth, does not respond in
 * time. If Redis does not respond either, a signature that has not expired is enough.
 */
@ApplicationScoped
public class PublishKeyGenerations {

    private static final Logger LOG = Logger.getLogger(PublishKeyGenerations.class);

    private final Redis redis;
    private final StreamConfig config;

    PublishKeyGenerations(Redis redis, StreamConfig config) {
        this.redis = redis;
        this.config = config;
    }

    /** Revokes older publish keys. A failure of Redis is only logged, because PostgreSQL has the new generation. */
    public Uni<Void> publish(Stream stream) {
        // No key of an older generation is valid for longer.
        Duration lifetime = Duration.between(Instant.now(), stream.expiresAt()).plusMinutes(1);
        Request set = Request.cmd(Command.SET)
                .arg(RedisKeys.publishKeyGeneration(stream.key()))
                .arg(stream.keyGeneration())
                .arg("PX")
                .arg(Math.max(1, lifetime.toMillis()));
        return Timeouts.failAfter(Duration.ofSeconds(1), redis.send(set))
                .onFailure()
                .recoverWithItem(e -> {
                    LOG.warnf("Publish key generation not written to Redis: stream=%s cause=%s", stream.key(), e);
                    return null;
                })
                .replaceWithVoid();
    }

    /** Revokes older publish keys of several streams; see {@link #publish}. */
    public Uni<Void> publishAll(List<Stream> streams) {
        return streams.isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.join()
                        .all(streams.stream().map(this::publish).toList())
                        .andCollectFailures()
                        .replaceWithVoid();
    }

    /** Returns false if Redis does not respond. */
    public Uni<Boolean> isRevoked(StreamKey key, int generation) {
        return Timeouts.failAfter(
                        config.redisTimeout(),
                        redis.send(Request.cmd(Command.GET).arg(RedisKeys.publishKeyGeneration(key))))
                .map(newest -> newest != null && generation < newest.toInteger())
                .onFailure()
                .recoverWithItem(false);
    }
}
