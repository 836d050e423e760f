package io.dorami.service.database;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.runtime.TransientFailures;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.ClientProxy;
import io.quarkus.arc.properties.IfBuildProperty;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.Guard;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.util.TypeLiteral;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;

/**
 * The way to PostgreSQL. Two pools keep apart what must not wait for each other: <em>critical</em> (orders, streams) waits
 * for a connection as long as its caller does; <em>bulk</em> (lists, analytics) fails fast behind a circuit breaker, a
 * bulkhead and a timeout. Whoever asks over HTTP hears {@link ErrorCode#BUSY} from both.
 *
 * <p>Work gets a connection and holds it until it ends; asking for a second one meanwhile may wait for ever.
 */
@ApplicationScoped
@IfBuildProperty(name = "quarkus.datasource.db-kind", stringValue = "postgresql") // only where there is a database
public class Database {

    /** Of the last 20 lists half must fail: one slow list is no outage. */
    private static final int BREAKER_WINDOW = 20;

    private final DatabasePoolCreator pools;
    private final DatabasePool critical;
    private final DatabasePool bulk;
    private final Guard guard;
    private final Counter refused;
    private final boolean bulkOnly;
    private volatile CircuitBreakerState breaker = CircuitBreakerState.CLOSED;

    Database(Pool criticalPool, DatabasePoolCreator pools, DatabaseConfig config, MeterRegistry registry) {
        this.pools = pools;
        DatabaseConfig.Bulk bounds = config.bulk();
        // The delegate itself, not a proxy of it: asking for it makes both pools.
        critical = new DatabasePool(
                Pool.newInstance(ClientProxy.unwrap(criticalPool.getDelegate())),
                config.critical().patience());
        // The guard's timeout comes first and is what the breaker counts.
        bulk = new DatabasePool(
                Pool.newInstance(pools.bulk()), bounds.patience().multipliedBy(2));
        bulkOnly = config.critical().connections() == 0;
        guard = Guard.create()
                .withDescription("bulk")
                .withCircuitBreaker()
                .requestVolumeThreshold(BREAKER_WINDOW)
                .failureRatio(0.5)
                .delay(bounds.rest().toMillis(), ChronoUnit.MILLIS)
                .when(e -> TransientFailures.is(e) || e instanceof TimeoutException)
                .onStateChange(state -> breaker = state)
                .done()
                .withTimeout()
                .duration(bounds.patience().toMillis(), ChronoUnit.MILLIS)
                .done()
                .withBulkhead()
                .limit(bounds.connections() + bounds.waiting())
                .done()
                .build();
        refused = registry.counter("dorami.database.refused.requests", "pool", "bulk");
        gauges(registry, "critical", critical);
        gauges(registry, "bulk", bulk);
        Gauge.builder("dorami.database.breaker.state", this, database -> database.breaker.ordinal())
                .description("0 closed, 1 open, 2 half open")
                .tag("pool", "bulk")
                .register(registry);
    }

    /** One connection of the critical pool for the length of the work. */
    public <T> Uni<T> critical(Function<SqlConnection, Uni<T>> work) {
        return critical.use(work);
    }

    /** The same in a transaction: all of it holds, or nothing where the work fails. */
    public <T> Uni<T> transaction(Function<SqlConnection, Uni<T>> work) {
        return transaction(work, done -> {});
    }

    /** The same, and what is to happen once it holds: also where whoever asked has given up waiting by then. */
    public <T> Uni<T> transaction(Function<SqlConnection, Uni<T>> work, Consumer<T> committed) {
        return critical(connection -> connection
                .begin()
                .chain(transaction -> Uni.createFrom()
                        .deferred(() -> work.apply(connection))
                        .onFailure()
                        .call(() -> transaction.rollback().onFailure().recoverWithNull())
                        .call(transaction::commit))
                .invoke(committed));
    }

    /** One connection of the bulk pool for the length of the work, which only reads. */
    public <T> Uni<T> bulk(Function<SqlConnection, Uni<T>> work) {
        return guard.get(() -> bulk.use(work), new TypeLiteral<Uni<T>>() {})
                .onFailure(e -> e instanceof FaultToleranceException || TransientFailures.is(e))
                .transform(e -> {
                    refused.increment();
                    return new DoramiException(ErrorCode.BUSY, "Too many are asking; try again in a second");
                });
    }

    /** Hears what others {@code NOTIFY} on the channel, on a connection of its own that comes back by itself. */
    public Cancellable listen(String channel, Runnable heard) {
        return pools.listen(channel, heard);
    }

    /** Succeeds if PostgreSQL answers; under load it did so a moment ago, and a question more would wait in the queue. */
    Uni<Void> check(Duration recently) {
        DatabasePool pool = bulkOnly ? bulk : critical;
        return pool.answeredWithin(recently)
                ? Uni.createFrom().voidItem()
                : pool.use(connection -> connection.query("SELECT 1").execute()).replaceWithVoid();
    }

    private static void gauges(MeterRegistry registry, String name, DatabasePool pool) {
        Gauge.builder("dorami.database.used.connections", pool, DatabasePool::used)
                .tag("pool", name)
                .register(registry);
        Gauge.builder("dorami.database.waiting.requests", pool, DatabasePool::waiting)
                .tag("pool", name)
                .register(registry);
    }
}
