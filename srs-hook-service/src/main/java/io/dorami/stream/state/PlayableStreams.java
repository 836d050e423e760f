package io.dorami.stream.state;

import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The streams that have a publisher, in Redis. They are read only if PostgreSQL, the source of truth, does not respond
 * in time, and written after each change. If a write is lost, the reconciliation repeats it for streams on air; for
 * others the next change does.
 */
@ApplicationScoped
public class PlayableStreams {

    private static final Logger LOG = Logger.getLogger(PlayableStreams.class);

    private final Redis redis;

    PlayableStreams(Redis redis) {
        this.redis = redis;
    }

    /** Writes the state of a stream without waiting for Redis. */
    public void update(StreamKey key, Optional<Publisher> publisher) {
        Request request = publisher
                .map(current -> Request.cmd(Command.HSET)
                        .arg(RedisKeys.playableStreams(key.partition()))
                        .arg(key.value())
                        .arg(current.toString()))
                .orElseGet(() -> Request.cmd(Command.HDEL)
                        .arg(RedisKeys.playableStreams(key.partition()))
                        .arg(key.value()));
        redis.send(request)
                .subscribe()
                .with(
                        done -> {},
                        e -> LOG.debugf("Redis does not have the playable state: stream=%s cause=%s", key, e));
    }

    public Uni<Boolean> isPlayable(StreamKey key) {
        return redis.send(Request.cmd(Command.HEXISTS)
                        .arg(RedisKeys.playableStreams(key.partition()))
                        .arg(key.value()))
                .map(response -> response.toInteger() == 1);
    }
}
