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
 * Which streams have a publisher, in Redis: asked only while PostgreSQL, which knows, does not answer in time. Written
 * after each change. Where that got lost, the reconciliation does it again for what is on air, and else the next change.
 */
@ApplicationScoped
public class PlayableStreams {

    private static final Logger LOG = Logger.getLogger(PlayableStreams.class);

    private final Redis redis;

    PlayableStreams(Redis redis) {
        this.redis = redis;
    }

    /** Nobody waits for it. */
    public void tell(StreamKey key, Optional<Publisher> publisher) {
        Request request = publisher
                .map(somebody -> Request.cmd(Command.HSET)
                        .arg(RedisKeys.playable(key.partition()))
                        .arg(key.value())
                        .arg(somebody.toString()))
                .orElseGet(() -> Request.cmd(Command.HDEL)
                        .arg(RedisKeys.playable(key.partition()))
                        .arg(key.value()));
        redis.send(request)
                .subscribe()
                .with(done -> {}, e -> LOG.debugf("%s is not in Redis as playable or not: %s", key, e));
    }

    public Uni<Boolean> ask(StreamKey key) {
        return redis.send(Request.cmd(Command.HEXISTS)
                        .arg(RedisKeys.playable(key.partition()))
                        .arg(key.value()))
                .map(answer -> answer.toInteger() == 1);
    }
}
