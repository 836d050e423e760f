package io.dorami.service.redis;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
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
public final class SequentialRedisConnection {

    /** While the connection is made: at 2,000 commands a second, one second of them. */
    private static final int WAITING = 2_000;

    /** After one of several requests was refused; longer than the 5 s after which an inbox looks back, and asks again. */
    private static final Duration ALONE = Duration.ofSeconds(10);

    private static final Logger LOG = Logger.getLogger(SequentialRedisConnection.class);

    private final Redis redis;
    private final Queue<Runnable> steps = new ConcurrentLinkedQueue<>();
    private final AtomicInteger begun = new AtomicInteger();

    /** This and what follows is touched by steps alone. */
    private final Queue<PendingRequest> waiting = new ArrayDeque<>();

    private @Nullable OpenConnection line;
    private boolean connecting;

    /** Connects on the first request, and again on the first after the connection broke. */
    public SequentialRedisConnection(Redis redis) {
        this.redis = redis;
    }

    private record PendingRequest(
            Request request,
            UniEmitter<? super Response> answer,
            @Nullable SequentialRequests lane) {}

    /** A request that was given to a connection, and what came of it. */
    private static final class Sent {
        final PendingRequest asked;
        boolean answered;

        @Nullable
        Response response;

        @Nullable
        Throwable failure;

        Sent(PendingRequest asked) {
            this.asked = asked;
        }
    }

    /** A connection, and the place from which all requests are given to it. */
    private static final class OpenConnection {
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

        OpenConnection(RedisConnection connection, Context place) {
            this.connection = connection;
            this.place = place;
        }

        /** Makes all scripts known. */
        void load() {
            connection.batch(RedisScript.loadAll());
        }
    }

    /** Requests that must keep their order even if this connection breaks and another one is made. */
    public SequentialRequests lane() {
        return new SequentialRequests(this);
    }

    /** Fails where Redis cannot be reached. A request that is given up before it was sent is not sent any more. */
    Uni<Response> send(Request request) {
        return send(request, null);
    }

    Uni<Response> send(Request request, @Nullable SequentialRequests lane) {
        return Uni.createFrom().emitter(emitter -> {
            PendingRequest next = new PendingRequest(request, emitter, lane);
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

    private void send(PendingRequest next) {
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
        OpenConnection next = new OpenConnection(made, place);
        made.exceptionHandler(e -> inTurn(() -> broken(next)));
        made.endHandler(end -> inTurn(() -> broken(next)));
        line = next;
        connecting = false;
        place.runOnContext(now -> next.load());
        List<PendingRequest> all = new ArrayList<>(waiting);
        waiting.clear();
        all.forEach(request -> write(next, request));
    }

    private void failed(Throwable e) {
        connecting = false;
        List<PendingRequest> inVain = new ArrayList<>(waiting);
        waiting.clear();
        inVain.forEach(next -> fail(next, e));
    }

    /** Its lane ends first: who hears of the failure may send the next request at once. */
    private static void fail(PendingRequest next, Throwable e) {
        if (next.lane() != null) {
            next.lane().end();
        }
        next.answer().fail(e);
    }

    private void broken(OpenConnection gone) {
        if (gone.equals(line)) {
            line = null;
            gone.connection.close();
        }
    }

    private void write(OpenConnection line, PendingRequest next) {
        SequentialRequests lane = next.lane();
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
    private void writeDue(OpenConnection line) {
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

    private void write(OpenConnection line, List<Sent> together) {
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
                                reason = new BatchFailedException(refusal);
                            }
                            Throwable why = reason;
                            inTurn(() -> together.forEach(request -> answered(line, request, null, why)));
                        });
    }

    /** Redis refused one of several requests that were sent together, perhaps this one. */
    private static final class BatchFailedException extends IOException {
        BatchFailedException(ErrorType refusal) {
            super("One of several requests was refused: " + refusal.getMessage());
        }
    }

    /** Hands out the answers that are known, in the order of their requests. */
    private void answered(OpenConnection line, Sent sent, @Nullable Response response, @Nullable Throwable failure) {
        sent.answered = true;
        sent.response = response;
        sent.failure = failure;
        for (Sent first = line.unanswered.peek(); first != null && first.answered; first = line.unanswered.peek()) {
            line.unanswered.remove();
            if (first.failure == null) {
                first.asked.answer().complete(first.response);
                continue;
            }
            if (!(first.failure instanceof ErrorType || first.failure instanceof BatchFailedException)) {
                broken(line); // no answer of Redis: the connection is of no use any more
            }
            fail(first.asked, first.failure);
        }
    }
}
