package io.dorami.product.order;

import io.dorami.product.ProductMetrics;
import io.dorami.product.cart.CartStore;
import io.dorami.product.catalog.ProductStore;
import io.dorami.product.waitinglist.WaitingListStore;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.TransactionalOutbox;
import io.dorami.service.runtime.PeriodicTask;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does what time brings: expires cart items and orders that were not ordered or paid in time, returns their units to
 * stock, gives stock that is left over to waiting users, ends flash prices and sales, and deletes old idempotency keys. One replica sweeps at a time. Each expiry is its own transaction, so that no product is locked
 * longer than a buyer's request locks it.
 */
@ApplicationScoped
class ExpirySweeper {

    /** The end of a hold is noticed at most this late. */
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);

    /** Longer than any client retries. */
    private static final Duration IDEMPOTENCY_KEY_RETENTION = Duration.ofHours(24);

    private static final String TRY_LOCK = """
        SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || '.sweeper')) AS held
        """;

    private static final String DELETE_OLD_KEYS = """
        DELETE FROM idempotency WHERE (user_id, key) IN (
          SELECT user_id, key FROM idempotency WHERE created_at < $1 ORDER BY created_at LIMIT 1000)
        """;

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Database database;
    private final ProductStore products;
    private final CartStore carts;
    private final OrderStore orders;
    private final WaitingListStore waitingLists;
    private final TransactionalOutbox outbox;
    private final ProductMetrics metrics;
    private @Nullable Cancellable sweepTask;

    ExpirySweeper(
            Database database,
            ProductStore products,
            CartStore carts,
            OrderStore orders,
            WaitingListStore waitingLists,
            TransactionalOutbox outbox,
            ProductMetrics metrics) {
        this.database = database;
        this.products = products;
        this.carts = carts;
        this.orders = orders;
        this.waitingLists = waitingLists;
        this.outbox = outbox;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        sweepTask = PeriodicTask.start(
                "expire holds", SWEEP_INTERVAL, () -> expireAll().chain(this::deleteOldKeys));
    }

    void stop(@Observes ShutdownEvent event) {
        if (sweepTask != null) {
            sweepTask.cancel();
        }
    }

    private Uni<Void> expireAll() {
        return database.inTransaction(this::expireOne).chain(expired -> {
            if (!expired) {
                return Uni.createFrom().voidItem();
            }
            outbox.scheduleRelay();
            return expireAll();
        });
    }

    private Uni<Boolean> expireOne(SqlConnection transaction) {
        Instant now = clock.instant();
        return transaction.query(TRY_LOCK).execute().chain(rows -> {
            if (!rows.iterator().next().getBoolean("held")) {
                return Uni.createFrom().item(false);
            }
            return firstOf(
                    () -> carts.expireOldest(transaction, now)
                            .invoke(expired -> metrics.countEndedHold("expired", expired)),
                    () -> orders.cancelOldestUnpaid(transaction, now)
                            .invoke(unpaid -> metrics.countEndedHold("unpaid", unpaid)),
                    () -> orders.returnNextUnits(transaction, now),
                    () -> waitingLists.promoteNext(transaction, now),
                    () -> products.passTime(transaction, now));
        });
    }

    /** Tries one kind of work after the other until one has something to do. */
    @SafeVarargs
    private static Uni<Boolean> firstOf(Supplier<Uni<Boolean>>... works) {
        Uni<Boolean> done = Uni.createFrom().item(false);
        for (Supplier<Uni<Boolean>> work : works) {
            done = done.chain(isDone -> isDone ? Uni.createFrom().item(true) : work.get());
        }
        return done;
    }

    private Uni<Void> deleteOldKeys() {
        return database.runCritical(connection -> connection
                        .preparedQuery(DELETE_OLD_KEYS)
                        .execute(Tuple.of(SqlTime.utc(clock.instant().minus(IDEMPOTENCY_KEY_RETENTION)))))
                .replaceWithVoid();
    }
}
