package io.dorami.service;

import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One connection on which requests reach Redis in the order in which they were made, none waiting for the answer to the
 * one before. A pool gives no order: two messages of one sender may overtake each other on two connections.
 */
final class Pipeline {

    /** While the connection is made: at 2,000 commands a second, one second of them. */
    private static final int WAITING = 2_000;

    private static final Logger LOG = Logger.getLogger(Pipeline.class);

    private final Redis redis;
    private final Queue<Runnable> steps = new ConcurrentLinkedQueue<>();
    private final AtomicInteger begun = new AtomicInteger();

    /** This and what follows is touched by steps alone. */
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    private @Nullable RedisConnection connection;
    private boolean connecting;

    /** Connects on the first request, and again on the first after the connection broke. */
    Pipeline(Redis redis) {
        this.redis = redis;
    }

    private record Waiting(
            Request request,
            UniEmitter<? super Response> answer,
            @Nullable Lane lane) {}

    /** Requests that must keep their order even if this connection breaks and another one is made. */
    Lane lane() {
        return new Lane(this);
    }

    /** Fails where Redis cannot be reached. A request that is given up before it was sent is not sent any more. */
    Uni<Response> send(Request request) {
        return send(request, null);
    }

    Uni<Response> send(Request request, @Nullable Lane lane) {
        return Uni.createFrom().emitter(emitter -> {
            Waiting next = new Waiting(request, emitter, lane);
            emitter.onTermination(() -> inTurn(() -> waiting.remove(next)));
            inTurn(() -> send(next));
        });
    }

    /**
     * One step after the other, on whichever thread is at it, and no other thread waits. A lock would not do: the Redis
     * client tells of a broken connection while it holds its own, and takes it again to send and to close.
     */
    private void inTurn(Runnable step) {
        steps.add(step);
        if (begun.getAndIncrement() == 0) {
            do {
                try {
                    Objects.requireNonNull(steps.poll()).run();
                } catch (RuntimeException e) {
                    LOG.error("A step of the pipeline failed", e);
                }
            } while (begun.decrementAndGet() > 0);
        }
    }

    private void send(Waiting next) {
        if (connection != null) {
            write(connection, next);
        } else if (waiting.size() == WAITING) {
            next.answer().fail(new DoramiException(ErrorCode.BUSY, "Redis does not answer; try again in a second"));
        } else {
            waiting.add(next);
            if (!connecting) {
                connecting = true;
                redis.connect()
                        .onSuccess(made -> inTurn(() -> connected(made)))
                        .onFailure(e -> inTurn(() -> failed(e)));
            }
        }
    }

    private void connected(RedisConnection made) {
        made.exceptionHandler(e -> inTurn(() -> broken(made)));
        made.endHandler(end -> inTurn(() -> broken(made)));
        connection = made;
        connecting = false;
        RedisScript.loadAll().forEach(made::send);
        List<Waiting> next = new ArrayList<>(waiting);
        waiting.clear();
        next.forEach(request -> write(made, request));
    }

    private void failed(Throwable e) {
        connecting = false;
        List<Waiting> inVain = new ArrayList<>(waiting);
        waiting.clear();
        inVain.forEach(next -> next.answer().fail(e));
    }

    private void broken(RedisConnection gone) {
        if (gone.equals(connection)) {
            connection = null;
            gone.close();
        }
    }

    private void write(RedisConnection connection, Waiting next) {
        Lane lane = next.lane();
        if (lane != null && !lane.bind(connection)) {
            next.answer().fail(new IOException("The connection of earlier requests is gone"));
            return;
        }
        connection.send(next.request()).onSuccess(next.answer()::complete).onFailure(e -> {
            if (!(e instanceof ErrorType)) {
                inTurn(() -> broken(connection)); // no answer of Redis: the connection is of no use any more
            }
            next.answer().fail(e);
        });
    }
}
