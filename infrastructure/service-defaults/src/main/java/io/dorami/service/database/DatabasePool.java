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
 * One pool, counted. Whoever gives up while waiting has no effect: the work is not begun. Work that has begun is finished,
 * even if nobody waits for its answer any more, and its connection is always given back.
 */
final class DatabasePool {

    private final Pool pool;
    private final Duration patience;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger used = new AtomicInteger();
    private volatile long answered = System.nanoTime() - Duration.ofDays(1).toNanos();

    DatabasePool(Pool pool, Duration patience) {
        this.pool = pool;
        this.patience = patience;
    }

    /** Fails with {@link ErrorCode#BUSY} when patience ends. */
    <T> Uni<T> use(Function<SqlConnection, Uni<T>> work) {
        return Timeouts.within(patience, Uni.createFrom().<T>emitter(answer -> start(work, answer)))
                .onFailure(TimeoutException.class)
                .transform(e -> new DoramiException(ErrorCode.BUSY, "The database is busy; try again in a second"));
    }

    /** Requests without a connection. */
    int waiting() {
        return waiting.get();
    }

    /** Connections that are at work. */
    int used() {
        return used.get();
    }

    /** Whether PostgreSQL answered here within that time. */
    boolean answeredWithin(Duration time) {
        return System.nanoTime() - answered < time.toNanos();
    }

    private <T> void start(Function<SqlConnection, Uni<T>> work, UniEmitter<? super T> answer) {
        AtomicBoolean gone = new AtomicBoolean();
        answer.onTermination(() -> gone.set(true));
        waiting.incrementAndGet();
        // A subscription of its own: to cancel it would lose the connection that is on its way.
        pool.getConnection()
                .onTermination()
                .invoke(waiting::decrementAndGet)
                .chain(connection -> gone.get() ? connection.close().map(closed -> null) : run(connection, work))
                .subscribe()
                .with(answer::complete, answer::fail);
    }

    private <T> Uni<T> run(SqlConnection connection, Function<SqlConnection, Uni<T>> work) {
        used.incrementAndGet();
        return Uni.createFrom()
                .deferred(() -> work.apply(connection))
                .invoke(() -> answered = System.nanoTime())
                .eventually(() -> {
                    used.decrementAndGet();
                    return connection.close();
                });
    }
}
