package io.dorami.service.redis;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import io.vertx.redis.client.RedisConnection;
import org.jspecify.annotations.Nullable;

/**
 * Requests that reach Redis in order or not at all. They use one connection, none waits for the previous reply, and
 * after a failure no later request is sent. Used for a batch of messages whose order must hold.
 */
public final class SequentialRequests {

    private final SequentialRedisConnection redis;

    /**
     * Like {@link #ended}, accessed only by steps of the connection, so that no request is sent concurrently with a
     * failure.
     */
    private @Nullable RedisConnection boundConnection;

    private boolean ended;

    SequentialRequests(SequentialRedisConnection redis) {
        this.redis = redis;
    }

    /** Sends a request. Fails if Redis is unreachable or an earlier request failed. */
    public Uni<Response> send(Request request) {
        return redis.send(request.getDelegate(), this).map(Response::newInstance);
    }

    /** Loads a script, outside of the order. */
    Uni<Void> loadScript(RedisScript script) {
        return redis.send(script.loadRequest()).replaceWithVoid();
    }

    /** Binds the requests to the connection of the first one. Returns false for any other connection. */
    boolean bind(RedisConnection candidate) {
        if (boundConnection == null) {
            boundConnection = candidate;
        }
        return boundConnection.equals(candidate);
    }

    /** Ends the sequence after a failure: no later request is sent. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }
}
