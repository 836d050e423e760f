package io.dorami.service.redis;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import io.vertx.redis.client.RedisConnection;
import org.jspecify.annotations.Nullable;

/**
 * Requests that reach Redis in their order or not at all: they go over one connection, none waits for the answer to the
 * one before, and once one has failed no later one is sent. For a batch of messages whose order must hold.
 */
public final class SequentialRequests {

    private final SequentialRedisConnection pipeline;

    /** This and what follows is touched in the pipeline's turn alone, so that no request slips in beside a failure. */
    private @Nullable RedisConnection connection;

    private boolean ended;

    SequentialRequests(SequentialRedisConnection pipeline) {
        this.pipeline = pipeline;
    }

    /** Fails where Redis cannot be reached, or did not answer an earlier request. */
    public Uni<Response> send(Request request) {
        return pipeline.send(request.getDelegate(), this).map(Response::newInstance);
    }

    /** Makes a script known, besides the order. */
    Uni<Void> teach(RedisScript script) {
        return pipeline.send(script.load()).replaceWithVoid();
    }

    /** Whether the next request may go over this connection: the first one decides. */
    boolean bind(RedisConnection to) {
        if (connection == null) {
            connection = to;
        }
        return connection.equals(to);
    }

    /** A request failed: no later one is sent. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }
}
