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
import org.jboss.logging.Logger;

/**
 * The generations of publish keys, in Redis: asked while PostgreSQL, which knows, does not answer in time. Where Redis does
 * not either, a signature that has not expired will do.
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

    /** From now on older keys are void; answers also where Redis could not be told, for PostgreSQL was. */
    public Uni<Void> tell(Stream stream) {
        // No key of an older generation lives longer than this.
        Duration life = Duration.between(Instant.now(), stream.expiresAt()).plusMinutes(1);
        Request set = Request.cmd(Command.SET)
                .arg(RedisKeys.keyGeneration(stream.key()))
                .arg(stream.keyGeneration())
                .arg("PX")
                .arg(Math.max(1, life.toMillis()));
        return Timeouts.within(Duration.ofSeconds(1), redis.send(set))
                .onFailure()
                .recoverWithItem(e -> {
                    LOG.warnf("Redis was not told of a new publish key: %s", e);
                    return null;
                })
                .replaceWithVoid();
    }

    public Uni<Boolean> isVoid(StreamKey key, int generation) {
        return Timeouts.within(
                        config.redisPatience(),
                        redis.send(Request.cmd(Command.GET).arg(RedisKeys.keyGeneration(key))))
                .map(newest -> newest != null && generation < newest.toInteger())
                .onFailure()
                .recoverWithItem(false);
    }
}
