package io.dorami.service.database;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.runtime.Timeouts;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A connection pool with gauges. Work whose caller times out while waiting for a connection is not started. Started
 * work runs to its end even if its caller has timed out, and its connection is always released.
 */
final class DatabasePool {

    private final Pool pool;
    private final Duration timeout;
    private final AtomicInteger waitingRequests = new AtomicInteger();
    private final AtomicInteger usedConnections = new AtomicInteger();
    private volatile long respondedAt = System.nanoTime() - Duration.ofDays(1).toNanos();

    DatabasePool(Pool pool, Duration timeout) {
        this.pool = pool;
        this.timeout = timeout;
    }

    /** Runs the work on a connection. Fails with {@link ErrorCode#BUSY} after the timeout. */
    <T> Uni<T> withConnection(Function<SqlConnection, Uni<T>> work) {
        return Timeouts.failAfter(timeout, Uni.createFrom().<T>emitter(emitter -> start(work, emitter)))
                .onFailure(TimeoutException.class)
                .transform(e -> new DoramiException(ErrorCode.BUSY, "Service temporarily unavailable; retry in 1 s"));
    }

    /** Returns the number of requests that wait for a connection. */
    int waitingRequests() {
        return waitingRequests.get();
    }

    /** Returns the number of connections in use. */
    int usedConnections() {
        return usedConnections.get();
    }

    /** Returns true if PostgreSQL has responded within that time. */
    boolean hasRespondedWithin(Duration time) {
        return System.nanoTime() - respondedAt < time.toNanos();
    }

    private <T> void start(Function<SqlConnection, Uni<T>> work, UniEmitter<? super T> emitter) {
        AtomicBoolean terminated = new AtomicBoolean();
        emitter.onTermination(() -> terminated.set(true));
        waitingRequests.incrementAndGet();
        // Subscribed separately, because cancelling would leak a connection that is being opened.
        pool.getConnection()
                .onTermination()
                .invoke(waitingRequests::decrementAndGet)
                .chain(connection -> terminated.get() ? connection.close().map(closed -> null) : run(connection, work))
                .subscribe()
                .with(emitter::complete, emitter::fail);
    }

    private <T> Uni<T> run(SqlConnection connection, Function<SqlConnection, Uni<T>> work) {
        usedConnections.incrementAndGet();
        return Uni.createFrom()
                .deferred(() -> work.apply(connection))
                .invoke(() -> respondedAt = System.nanoTime())
                .eventually(() -> {
                    usedConnections.decrementAndGet();
                    return connection.close();
                });
    }
}
