package io.dorami.product.order;

import io.dorami.product.ProductMetrics;
import io.dorami.product.ProductOutbox;
import io.dorami.product.SqlTime;
import io.dorami.product.reservation.ReservationStore;
import io.dorami.service.database.Database;
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
import org.jspecify.annotations.Nullable;

/**
 * Gives back what nobody confirmed or paid in time, and forgets old idempotency keys. One replica at a time sweeps; each
 * end is a transaction of its own, so that no product is locked longer than a buyer would lock it.
 */
@ApplicationScoped
class ExpirySweeper {

    /** How late the end of a hold may be noticed. */
    private static final Duration POLL = Duration.ofSeconds(1);

    /** Longer than any client goes on trying. */
    private static final Duration KEYS_KEPT = Duration.ofHours(24);

    private static final String LOCK =
            "SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || '.sweeper')) AS held";

    private static final String FORGET = "DELETE FROM idempotency WHERE (user_id, key) IN ("
            + "SELECT user_id, key FROM idempotency WHERE created_at < $1 ORDER BY created_at LIMIT 1000)";

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Database database;
    private final ReservationStore reservations;
    private final OrderStore orders;
    private final ProductOutbox outbox;
    private final ProductMetrics metrics;
    private @Nullable Cancellable sweeping;

    ExpirySweeper(
            Database database,
            ReservationStore reservations,
            OrderStore orders,
            ProductOutbox outbox,
            ProductMetrics metrics) {
        this.database = database;
        this.reservations = reservations;
        this.orders = orders;
        this.outbox = outbox;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        sweeping = PeriodicTask.repeat("sweeper", POLL, () -> sweep().chain(this::forget));
    }

    void stop(@Observes ShutdownEvent event) {
        if (sweeping != null) {
            sweeping.cancel();
        }
    }

    private Uni<Void> sweep() {
        return database.transaction(this::endOne).chain(ended -> {
            if (!ended) {
                return Uni.createFrom().voidItem();
            }
            outbox.relaySoon();
            return sweep();
        });
    }

    private Uni<Boolean> endOne(SqlConnection transaction) {
        Instant now = clock.instant();
        return transaction
                .query(LOCK)
                .execute()
                .chain(rows -> rows.iterator().next().getBoolean("held")
                        ? reservations
                                .expireOne(transaction, now)
                                .invoke(expired -> metrics.ended("expired", expired))
                                .chain(expired -> expired
                                        ? Uni.createFrom().item(true)
                                        : orders.cancelOneUnpaid(transaction, now)
                                                .invoke(unpaid -> metrics.ended("unpaid", unpaid)))
                        : Uni.createFrom().item(false));
    }

    private Uni<Void> forget() {
        return database.critical(connection -> connection
                        .preparedQuery(FORGET)
                        .execute(Tuple.of(SqlTime.utc(clock.instant().minus(KEYS_KEPT)))))
                .replaceWithVoid();
    }
}
