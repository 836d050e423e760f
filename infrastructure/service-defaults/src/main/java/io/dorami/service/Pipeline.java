package io.dorami.service;

import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
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

    /**
     * Where all requests are given to the connection. It takes them at once on its own thread and later from any other; so
     * from several threads they would overtake each other.
     */
    private @Nullable Context place;

    /** Sent over this connection and not answered, in order. */
    private Queue<Sent> sent = new ArrayDeque<>();

    private boolean connecting;

    /** Connects on the first request, and again on the first after the connection broke. */
    Pipeline(Redis redis) {
        this.redis = redis;
    }

    private record Waiting(
            Request request,
            UniEmitter<? super Response> answer,
            @Nullable Lane lane) {}

    /** A request whose answer may be known before those of earlier ones: the client tells of each when it can. */
    private static final class Sent {
        final Waiting request;

        @Nullable
        AsyncResult<Response> answer;

        Sent(Waiting request) {
            this.request = request;
        }
    }

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
        if (next.lane() != null && next.lane().hasEnded()) {
            fail(next, new IOException("An earlier request failed"));
        } else if (connection != null) {
            write(connection, next);
        } else if (waiting.size() == WAITING) {
            fail(next, new DoramiException(ErrorCode.BUSY, "Redis does not answer; try again in a second"));
        } else {
            waiting.add(next);
            if (!connecting) {
                connecting = true;
                redis.connect()
                        .onSuccess(made -> {
                            Context place = Vertx.currentContext();
                            inTurn(() -> connected(made, place));
                        })
                        .onFailure(e -> inTurn(() -> failed(e)));
            }
        }
    }

    private void connected(RedisConnection made, Context at) {
        made.exceptionHandler(e -> inTurn(() -> broken(made)));
        made.endHandler(end -> inTurn(() -> broken(made)));
        connection = made;
        place = at;
        sent = new ArrayDeque<>();
        connecting = false;
        RedisScript.loadAll().forEach(script -> at.runOnContext(now -> made.send(script)));
        List<Waiting> next = new ArrayList<>(waiting);
        waiting.clear();
        next.forEach(request -> write(made, request));
    }

    private void failed(Throwable e) {
        connecting = false;
        List<Waiting> inVain = new ArrayList<>(waiting);
        waiting.clear();
        inVain.forEach(next -> fail(next, e));
    }

    /** Its lane ends first: who hears of the failure may send the next request at once. */
    private static void fail(Waiting next, Throwable e) {
        if (next.lane() != null) {
            next.lane().end();
        }
        next.answer().fail(e);
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
            fail(next, new IOException("The connection of earlier requests is gone"));
            return;
        }
        Queue<Sent> inOrder = sent;
        Sent request = new Sent(next);
        inOrder.add(request);
        Objects.requireNonNull(place)
                .runOnContext(now -> connection
                        .send(next.request())
                        .onComplete(answer -> inTurn(() -> {
                            request.answer = answer;
                            answer(connection, inOrder);
                        })));
    }

    /** Hands out the answers that are known, in the order of their requests. */
    private void answer(RedisConnection connection, Queue<Sent> inOrder) {
        for (Sent first = inOrder.peek(); first != null && first.answer != null; first = inOrder.peek()) {
            inOrder.remove();
            Waiting request = first.request;
            if (first.answer.succeeded()) {
                request.answer().complete(first.answer.result());
                continue;
            }
            if (!(first.answer.cause() instanceof ErrorType)) {
                broken(connection); // no answer of Redis: the connection is of no use any more
            }
            fail(request, first.answer.cause());
        }
    }
}
