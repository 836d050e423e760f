package io.dorami.service.database;

import io.quarkus.arc.properties.IfBuildProperty;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgPool;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Creates both pools of the single datasource and bounds the wait queue and its timeout, which Quarkus leaves
 * unbounded.
 */
@Singleton
@IfBuildProperty(name = "quarkus.datasource.db-kind", stringValue = "postgresql") // only for services with a database
class DatabasePoolCreator implements PgPoolCreator {

    /**
     * Exceeds the default of 2,048 characters, because the statement of an order is longer and must be prepared only
     * once.
     */
    private static final int PREPARED_STATEMENT_LIMIT = 8_192;

    private static final Duration RECONNECT_DELAY = Duration.ofMillis(500);

    private final DatabaseConfig config;
    private @Nullable Input input;
    private @Nullable Pool bulk;

    DatabasePoolCreator(DatabaseConfig config) {
        this.config = config;
    }

    /** Creates both pools. Quarkus calls this method when its pool, the critical one, is first used. */
    @Override
    public Pool create(Input input) {
        this.input = input;
        bulk = pool(
                input,
                "bulk",
                config.bulk().connections(),
                config.bulk().maxWaiting(),
                config.bulk().poolTimeout(),
                config.bulk().timeout());
        return pool(
                input,
                "critical",
                config.critical().connections(),
                config.critical().maxWaiting(),
                config.critical().poolTimeout(),
                config.critical().timeout());
    }

    /** Returns the bulk pool, which exists as soon as the critical pool exists. */
    Pool bulk() {
        if (bulk == null) {
            throw new IllegalStateException("The critical pool must be created first");
        }
        return bulk;
    }

    Cancellable listen(String channel, Runnable onNotify) {
        if (input == null) {
            throw new IllegalStateException("The critical pool must be created first");
        }
        PgSubscriber subscriber = PgSubscriber.subscriber(
                        input.vertx(), input.pgConnectOptionsList().getFirst())
                .reconnectPolicy(attempt -> RECONNECT_DELAY.toMillis());
        subscriber.channel(channel).handler(message -> onNotify.run());
        // The reconnect policy does not apply to the first connection, and only a closed subscriber connects again.
        Cancellable connecting = Uni.createFrom()
                .completionStage(() -> subscriber.connect().toCompletionStage())
                .onFailure()
                .invoke(e -> subscriber.close())
                .onFailure()
                .retry()
                .withBackOff(RECONNECT_DELAY, RECONNECT_DELAY)
                .indefinitely()
                .subscribe()
                .with(connected -> {});
        return () -> {
            connecting.cancel();
            subscriber.close();
        };
    }

    @PreDestroy
    void close() {
        if (bulk != null) {
            bulk.close();
        }
    }

    private static Pool pool(
            Input input,
            String name,
            int connections,
            int maxWaiting,
            Duration poolTimeout,
            Duration statementTimeout) {
        String timeoutMillis = String.valueOf(statementTimeout.toMillis());
        PoolOptions options = new PoolOptions(input.poolOptions())
                .setName(name)
                .setMaxSize(Math.max(1, connections)) // connections are opened on first use
                .setMaxWaitQueueSize(maxWaiting)
                .setConnectionTimeout((int) poolTimeout.toMillis())
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS);
        List<PgConnectOptions> servers = input.pgConnectOptionsList().stream()
                .map(server -> new PgConnectOptions(server)
                        .setCachePreparedStatements(true)
                        .setPreparedStatementCacheSqlLimit(PREPARED_STATEMENT_LIMIT)
                        .addProperty("application_name", name)
                        .addProperty("statement_timeout", timeoutMillis)
                        // A service that hangs in the middle of a transaction must not keep a product locked.
                        .addProperty("idle_in_transaction_session_timeout", timeoutMillis))
                .toList();
        return PgPool.pool(input.vertx(), servers, options);
    }
}
