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
 * A connection on which requests reach Redis in the order of their creation without waiting for previous replies. A
 * pool keeps no order: two messages of one sender may overtake each other on two connections.
 */
public final class SequentialRedisConnection {

    /** Requests that wait while the connection opens: 1 s at 2,000 commands/s. */
    private static final int MAX_WAITING = 2_000;

    /**
     * Duration of unbatched sending after Redis rejected a request of a batch. Longer than the 5 s after which an inbox
     * checks for pending messages and repeats the requests.
     */
    private static final Duration UNBATCHED_DURATION = Duration.ofSeconds(10);

    private static final Logger LOG = Logger.getLogger(SequentialRedisConnection.class);

    private final Redis redis;
    private final Queue<Runnable> steps = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pendingSteps = new AtomicInteger();

    /** This and the following fields are accessed only by steps. */
    private final Queue<PendingRequest> waiting = new ArrayDeque<>();

    private @Nullable OpenConnection open;
    private boolean connecting;

    /** Connects on the first request, and again on the first request after the connection broke. */
    public SequentialRedisConnection(Redis redis) {
        this.redis = redis;
    }

    private record PendingRequest(
            Request request,
            UniEmitter<? super Response> emitter,
            @Nullable SequentialRequests sequence) {}

    /** A request that was passed to a connection, with its result. */
    private static final class SentRequest {
        final PendingRequest pending;
        boolean completed;

        @Nullable
        Response response;

        @Nullable
        Throwable failure;

        SentRequest(PendingRequest pending) {
            this.pending = pending;
        }
    }

    /** A connection with the context from which all requests are sent. */
    private static final class OpenConnection {
        final RedisConnection connection;

        /**
         * The connection's own context. Requests from its thread are sent at once and requests from other threads
         * later, so that requests from several threads would overtake each other.
         */
        final Context context;

        /** Requests for the next flush; added by steps, removed on the context. */
        final Queue<SentRequest> unflushed = new ConcurrentLinkedQueue<>();

        final AtomicBoolean flushScheduled = new AtomicBoolean();

        /**
         * Requests without a delivered reply, in order; accessed only by steps. The client reports replies out of
         * order.
         */
        final Queue<SentRequest> outstanding = new ArrayDeque<>();

        /** End of unbatched sending; accessed only on the context. */
        long unbatchedUntil = System.nanoTime();

        OpenConnection(RedisConnection connection, Context context) {
            this.connection = connection;
            this.context = context;
        }

        /** Loads all scripts. */
        void loadScripts() {
            connection.batch(RedisScript.loadRequests());
        }
    }

    /** Creates requests that keep their order even if this connection breaks and another one is opened. */
    public SequentialRequests newSequentialRequests() {
        return new SequentialRequests(this);
    }

    /** Sends a request. Fails if Redis is unreachable. A request that is cancelled before it was sent is not sent. */
    Uni<Response> send(Request request) {
        return send(request, null);
    }

    Uni<Response> send(Request request, @Nullable SequentialRequests sequence) {
        return Uni.createFrom().emitter(emitter -> {
            PendingRequest next = new PendingRequest(request, emitter, sequence);
            emitter.onTermination(() -> execute(() -> waiting.remove(next)));
            execute(() -> send(next));
        });
    }

    /**
     * Executes steps one at a time on the thread that is executing a step already; no other thread blocks. A lock could
     * deadlock: the Redis client reports a broken connection while it holds its own lock, which sending and closing
     * need too.
     */
    private void execute(Runnable step) {
        steps.add(step);
        if (pendingSteps.getAndIncrement() == 0) {
            do {
                try {
                    Objects.requireNonNull(steps.poll()).run();
                } catch (RuntimeException e) {
                    LOG.error("Step of the Redis connection failed", e);
                }
            } while (pendingSteps.decrementAndGet() > 0);
        }
    }

    private void send(PendingRequest next) {
        if (next.sequence() != null && next.sequence().hasEnded()) {
            fail(next, new IOException("An earlier request of the sequence failed"));
        } else if (open != null) {
            write(open, next);
        } else if (waiting.size() == MAX_WAITING) {
            fail(next, new DoramiException(ErrorCode.BUSY, "Service temporarily unavailable; retry in 1 s"));
        } else {
            waiting.add(next);
            if (!connecting) {
                connecting = true;
                redis.connect()
                        .onSuccess(connection -> {
                            Context context = Vertx.currentContext();
                            execute(() -> onConnected(connection, context));
                        })
                        .onFailure(e -> execute(() -> onConnectFailed(e)));
            }
        }
    }

    private void onConnected(RedisConnection connection, Context context) {
        OpenConnection next = new OpenConnection(connection, context);
        connection.exceptionHandler(e -> execute(() -> discard(next)));
        connection.endHandler(end -> execute(() -> discard(next)));
        open = next;
        connecting = false;
        context.runOnContext(now -> next.loadScripts());
        List<PendingRequest> requests = new ArrayList<>(waiting);
        waiting.clear();
        requests.forEach(request -> write(next, request));
    }

    private void onConnectFailed(Throwable e) {
        connecting = false;
        List<PendingRequest> rejected = new ArrayList<>(waiting);
        waiting.clear();
        rejected.forEach(next -> fail(next, e));
    }

    /** Ends the sequence before failing the request, because the failure handler may send the next request at once. */
    private static void fail(PendingRequest next, Throwable e) {
        if (next.sequence() != null) {
            next.sequence().end();
        }
        next.emitter().fail(e);
    }

    private void discard(OpenConnection broken) {
        if (broken.equals(open)) {
            open = null;
            broken.connection.close();
        }
    }

    private void write(OpenConnection target, PendingRequest next) {
        SequentialRequests sequence = next.sequence();
        if (sequence != null && !sequence.bind(target.connection)) {
            fail(next, new IOException("The connection of the earlier requests is closed"));
            return;
        }
        SentRequest request = new SentRequest(next);
        target.outstanding.add(request);
        target.unflushed.add(request);
        if (target.flushScheduled.compareAndSet(false, true)) {
            target.context.runOnContext(now -> flush(target));
        }
    }

    /**
     * Sends all unflushed requests in one write, because each write is a system call and wakes Redis. Runs on the
     * context.
     */
    private void flush(OpenConnection target) {
        target.flushScheduled.set(false);
        List<SentRequest> batch = new ArrayList<>();
        for (SentRequest next = target.unflushed.poll(); next != null; next = target.unflushed.poll()) {
            batch.add(next);
        }
        if (batch.size() > 1 && target.unbatchedUntil - System.nanoTime() < 0) {
            write(target, batch);
        } else {
            batch.forEach(request -> target.connection
                    .send(request.pending.request())
                    .onComplete(
                            response -> execute(() -> complete(target, request, response, null)),
                            failure -> execute(() -> complete(target, request, null, failure))));
        }
    }

    private void write(OpenConnection target, List<SentRequest> batch) {
        target.connection
                .batch(batch.stream().map(sent -> sent.pending.request()).toList())
                .onComplete(
                        responses -> execute(() -> {
                            for (int i = 0; i < batch.size(); i++) {
                                complete(target, batch.get(i), responses.get(i), null);
                            }
                        }),
                        failure -> {
                            Throwable reason = failure;
                            if (failure instanceof ErrorType rejection) {
                                // The client does not report which request was rejected; repeated unbatched, each gets
                                // its own reply.
                                target.unbatchedUntil = System.nanoTime() + UNBATCHED_DURATION.toNanos();
                                target.loadScripts();
                                reason = new BatchFailedException(rejection);
                            }
                            Throwable cause = reason;
                            execute(() -> batch.forEach(request -> complete(target, request, null, cause)));
                        });
    }

    /** Redis rejected one request of a batch, perhaps this one. */
    private static final class BatchFailedException extends IOException {
        BatchFailedException(ErrorType rejection) {
            super("One request of a batch was rejected: " + rejection.getMessage());
        }
    }

    /** Delivers the available replies in the order of their requests. */
    private void complete(
            OpenConnection target, SentRequest sent, @Nullable Response response, @Nullable Throwable failure) {
        sent.completed = true;
        sent.response = response;
        sent.failure = failure;
        for (SentRequest first = target.outstanding.peek();
                first != null && first.completed;
                first = target.outstanding.peek()) {
            target.outstanding.remove();
            if (first.failure == null) {
                first.pending.emitter().complete(first.response);
                continue;
            }
            if (!(first.failure instanceof ErrorType || first.failure instanceof BatchFailedException)) {
                discard(target); // not a reply of Redis, so the connection is broken
            }
            fail(first.pending, first.failure);
        }
    }
}
