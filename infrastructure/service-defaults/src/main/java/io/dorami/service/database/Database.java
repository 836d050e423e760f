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
 * Access to PostgreSQL. Two pools separate work that must not delay other work: <em>critical</em> (orders, streams)
 * waits for a connection as long as its caller waits; <em>bulk</em> (lists, analytics) fails fast behind a circuit
 * breaker, a bulkhead and a timeout. HTTP callers of both receive {@link ErrorCode#BUSY}.
 *
 * <p>Work holds its connection until it ends. Requesting a second connection inside of the work may deadlock.
 */
@ApplicationScoped
@IfBuildProperty(name = "quarkus.datasource.db-kind", stringValue = "postgresql") // only for services with a database
public class Database {

    /** Half of the last 20 lists must fail to open the breaker, because one slow list is not an outage. */
    private static final int BREAKER_WINDOW = 20;

    private final DatabasePoolCreator pools;
    private final DatabasePool criticalPool;
    private final DatabasePool bulkPool;
    private final Guard guard;
    private final Counter rejected;
    private final boolean bulkOnly;
    private volatile CircuitBreakerState breaker = CircuitBreakerState.CLOSED;

    Database(Pool criticalPool, DatabasePoolCreator pools, DatabaseConfig config, MeterRegistry registry) {
        this.pools = pools;
        DatabaseConfig.Bulk bulkConfig = config.bulk();
        // The delegate itself instead of its proxy, because its creation creates both pools.
        this.criticalPool = new DatabasePool(
                Pool.newInstance(ClientProxy.unwrap(criticalPool.getDelegate())),
                config.critical().timeout());
        // The guard's timeout expires first and is the one that the breaker counts.
        bulkPool = new DatabasePool(
                Pool.newInstance(pools.bulk()), bulkConfig.timeout().multipliedBy(2));
        bulkOnly = config.critical().connections() == 0;
        guard = Guard.create()
                .withDescription("bulk")
                .withCircuitBreaker()
                .requestVolumeThreshold(BREAKER_WINDOW)
                .failureRatio(0.5)
                .delay(bulkConfig.breakerDelay().toMillis(), ChronoUnit.MILLIS)
                .when(e -> TransientFailures.isTransient(e) || e instanceof TimeoutException)
                .onStateChange(state -> breaker = state)
                .done()
                .withTimeout()
                .duration(bulkConfig.timeout().toMillis(), ChronoUnit.MILLIS)
                .done()
                .withBulkhead()
                .limit(bulkConfig.connections() + bulkConfig.maxWaiting())
                .done()
                .build();
        rejected = Counter.builder("dorami.database.refused.requests")
                .description("Bulk requests rejected because the pool was busy or the breaker open")
                .tag("pool", "bulk")
                .register(registry);
        registerGauges(registry, "critical", this.criticalPool);
        registerGauges(registry, "bulk", bulkPool);
        Gauge.builder("dorami.database.breaker.state", this, database -> database.breaker.ordinal())
                .description("State of the circuit breaker: 0 closed, 1 open, 2 half open")
                .tag("pool", "bulk")
                .register(registry);
    }

    /** Runs the work on a connection of the critical pool. */
    public <T> Uni<T> runCritical(Function<SqlConnection, Uni<T>> work) {
        return criticalPool.withConnection(work);
    }

    /** Runs the work in a transaction of the critical pool, which is rolled back if the work fails. */
    public <T> Uni<T> inTransaction(Function<SqlConnection, Uni<T>> work) {
        return inTransaction(work, done -> {});
    }

    /**
     * Runs the work in a transaction and then the callback after the commit, even if the caller has timed out by then.
     */
    public <T> Uni<T> inTransaction(Function<SqlConnection, Uni<T>> work, Consumer<T> afterCommit) {
        return runCritical(connection -> connection
                .begin()
                .chain(transaction -> Uni.createFrom()
                        .deferred(() -> work.apply(connection))
                        .onFailure()
                        .call(() -> transaction.rollback().onFailure().recoverWithNull())
                        .call(transaction::commit))
                .invoke(afterCommit));
    }

    /** Runs the work in a transaction of the critical pool and rolls it back, so that its writes are never visible. */
    public Uni<Void> inRolledBackTransaction(Function<SqlConnection, Uni<?>> work) {
        return runCritical(connection -> connection
                .begin()
                .chain(transaction -> Uni.createFrom()
                        .<Object>deferred(() -> work.apply(connection).map(done -> done))
                        .eventually(transaction::rollback))
                .replaceWithVoid());
    }

    /** Runs read-only work on a connection of the bulk pool. */
    public <T> Uni<T> runBulk(Function<SqlConnection, Uni<T>> work) {
        return guard.get(() -> bulkPool.withConnection(work), new TypeLiteral<Uni<T>>() {})
                .onFailure(e -> e instanceof FaultToleranceException || TransientFailures.isTransient(e))
                .transform(e -> {
                    rejected.increment();
                    return new DoramiException(ErrorCode.BUSY, "Service overloaded; retry in 1 s");
                });
    }

    /**
     * Runs the callback at each {@code NOTIFY} on the channel. Uses a connection of its own that reconnects
     * automatically.
     */
    public Cancellable listen(String channel, Runnable onNotify) {
        return pools.listen(channel, onNotify);
    }

    /**
     * Succeeds if PostgreSQL responds, or has responded recently: under load a further query would wait in the queue.
     */
    Uni<Void> check(Duration recently) {
        DatabasePool pool = bulkOnly ? bulkPool : criticalPool;
        return pool.hasRespondedWithin(recently)
                ? Uni.createFrom().voidItem()
                : pool.withConnection(connection -> connection.query("SELECT 1").execute())
                        .replaceWithVoid();
    }

    private static void registerGauges(MeterRegistry registry, String name, DatabasePool pool) {
        Gauge.builder("dorami.database.used.connections", pool, DatabasePool::usedConnections)
                .description("Connections in use")
                .tag("pool", name)
                .register(registry);
        Gauge.builder("dorami.database.waiting.requests", pool, DatabasePool::waitingRequests)
                .description("Requests that wait for a connection")
                .tag("pool", name)
                .register(registry);
    }
}
