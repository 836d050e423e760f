package io.dorami.service;

import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** After one of several requests was refused; longer than the 5 s after which an inbox looks back, and asks again. */
    private static final Duration ALONE = Duration.ofSeconds(10);

    private static final Logger LOG = Logger.getLogger(Pipeline.class);

    private final Redis redis;
    private final Queue<Runnable> steps = new ConcurrentLinkedQueue<>();
    private final AtomicInteger begun = new AtomicInteger();

    /** This and what follows is touched by steps alone. */
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    private @Nullable Line line;
    private boolean connecting;

    /** Connects on the first request, and again on the first after the connection broke. */
    Pipeline(Redis redis) {
        this.redis = redis;
    }

    private record Waiting(
            Request request,
            UniEmitter<? super Response> answer,
            @Nullable Lane lane) {}

    /** A request that was given to a connection, and what came of it. */
    private static final class Sent {
        final Waiting asked;
        boolean answered;

        @Nullable
        Response response;

        @Nullable
        Throwable failure;

        Sent(Waiting asked) {
            this.asked = asked;
        }
    }

    /** A connection, and the place from which all requests are given to it. */
    private static final class Line {
        final RedisConnection connection;

        /**
         * The connection takes requests at once on its own thread and later from any other; so from several threads they
         * would overtake each other.
         */
        final Context place;

        /** What the next turn of the place writes; filled in turn, emptied there. */
        final Queue<Sent> due = new ConcurrentLinkedQueue<>();

        final AtomicBoolean planned = new AtomicBoolean();

        /** Not answered, in order; touched by steps alone. The client tells of an answer when it can, not in order. */
        final Queue<Sent> unanswered = new ArrayDeque<>();

        /** Until then each request goes alone. Touched at the place. */
        long aloneUntil = System.nanoTime();

        Line(RedisConnection connection, Context place) {
            this.connection = connection;
            this.place = place;
        }

        /** Makes all scripts known. */
        void load() {
            connection.batch(RedisScript.loadAll());
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
        } else if (line != null) {
            write(line, next);
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

    private void connected(RedisConnection made, Context place) {
        Line next = new Line(made, place);
        made.exceptionHandler(e -> inTurn(() -> broken(next)));
        made.endHandler(end -> inTurn(() -> broken(next)));
        line = next;
        connecting = false;
        place.runOnContext(now -> next.load());
        List<Waiting> all = new ArrayList<>(waiting);
        waiting.clear();
        all.forEach(request -> write(next, request));
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

    private void broken(Line gone) {
        if (gone.equals(line)) {
            line = null;
            gone.connection.close();
        }
    }

    private void write(Line line, Waiting next) {
        Lane lane = next.lane();
        if (lane != null && !lane.bind(line.connection)) {
            fail(next, new IOException("The connection of earlier requests is gone"));
            return;
        }
        Sent request = new Sent(next);
        line.unanswered.add(request);
        line.due.add(request);
        if (line.planned.compareAndSet(false, true)) {
            line.place.runOnContext(now -> writeDue(line));
        }
    }

    /** At the place: what was asked for since its last turn is one write, for each is a system call and wakes Redis. */
    private void writeDue(Line line) {
        line.planned.set(false);
        List<Sent> together = new ArrayList<>();
        for (Sent next = line.due.poll(); next != null; next = line.due.poll()) {
            together.add(next);
        }
        if (together.size() > 1 && line.aloneUntil - System.nanoTime() < 0) {
            write(line, together);
        } else {
            together.forEach(request -> line.connection
                    .send(request.asked.request())
                    .onComplete(
                            response -> inTurn(() -> answered(line, request, response, null)),
                            failure -> inTurn(() -> answered(line, request, null, failure))));
        }
    }

    private void write(Line line, List<Sent> together) {
        line.connection
                .batch(together.stream().map(sent -> sent.asked.request()).toList())
                .onComplete(
                        responses -> inTurn(() -> {
                            for (int i = 0; i < together.size(); i++) {
                                answered(line, together.get(i), responses.get(i), null);
                            }
                        }),
                        failure -> {
                            Throwable reason = failure;
                            if (failure instanceof ErrorType refusal) {
                                // It is not told whose request was refused; asked again alone, each hears for itself.
                                line.aloneUntil = System.nanoTime() + ALONE.toNanos();
                                line.load();
                                reason = new OneOfSeveralException(refusal);
                            }
                            Throwable why = reason;
                            inTurn(() -> together.forEach(request -> answered(line, request, null, why)));
                        });
    }

    /** Redis refused one of several requests that were sent together, perhaps this one. */
    private static final class OneOfSeveralException extends IOException {
        OneOfSeveralException(ErrorType refusal) {
            super("One of several requests was refused: " + refusal.getMessage());
        }
    }

    /** Hands out the answers that are known, in the order of their requests. */
    private void answered(Line line, Sent sent, @Nullable Response response, @Nullable Throwable failure) {
        sent.answered = true;
        sent.response = response;
        sent.failure = failure;
        for (Sent first = line.unanswered.peek(); first != null && first.answered; first = line.unanswered.peek()) {
            line.unanswered.remove();
            if (first.failure == null) {
                first.asked.answer().complete(first.response);
                continue;
            }
            if (!(first.failure instanceof ErrorType || first.failure instanceof OneOfSeveralException)) {
                broken(line); // no answer of Redis: the connection is of no use any more
            }
            fail(first.asked, first.failure);
        }
    }
}
