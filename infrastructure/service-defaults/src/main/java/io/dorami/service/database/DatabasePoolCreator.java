package io.dorami.service.database;

import io.quarkus.arc.properties.IfBuildProperty;
import io.quarkus.reactive.pg.client.PgPoolCreator;
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

/** Makes both pools of the one datasource, and bounds what Quarkus leaves unbounded: who waits, and how long. */
@Singleton
@IfBuildProperty(name = "quarkus.datasource.db-kind", stringValue = "postgresql") // only where there is a database
class DatabasePoolCreator implements PgPoolCreator {

    /** The hot statement of an order is longer than the 2,048 characters that are prepared once by default. */
    private static final int LONGEST_STATEMENT = 8_192;

    private static final long RECONNECT_MILLIS = 500;

    private final DatabaseConfig config;
    private @Nullable Input input;
    private @Nullable Pool bulk;

    DatabasePoolCreator(DatabaseConfig config) {
        this.config = config;
    }

    /** Called by Quarkus when its pool, the critical one, is first needed. */
    @Override
    public Pool create(Input input) {
        this.input = input;
        bulk = pool(
                input,
                "bulk",
                config.bulk().connections(),
                config.bulk().waiting(),
                config.bulk().poolTimeout(),
                config.bulk().patience());
        return pool(
                input,
                "critical",
                config.critical().connections(),
                config.critical().waiting(),
                config.critical().poolTimeout(),
                config.critical().patience());
    }

    /** There from the moment on at which the critical pool is. */
    Pool bulk() {
        if (bulk == null) {
            throw new IllegalStateException("The critical pool is made first");
        }
        return bulk;
    }

    Cancellable listen(String channel, Runnable heard) {
        if (input == null) {
            throw new IllegalStateException("The critical pool is made first");
        }
        PgSubscriber subscriber = PgSubscriber.subscriber(
                        input.vertx(), input.pgConnectOptionsList().getFirst())
                .reconnectPolicy(attempt -> RECONNECT_MILLIS);
        subscriber.channel(channel).handler(message -> heard.run());
        subscriber.connect();
        return subscriber::close;
    }

    @PreDestroy
    void close() {
        if (bulk != null) {
            bulk.close();
        }
    }

    private static Pool pool(
            Input input, String name, int connections, int waiting, Duration timeout, Duration patience) {
        PoolOptions options = new PoolOptions(input.poolOptions())
                .setName(name)
                .setMaxSize(Math.max(1, connections)) // none are made before they are asked for
                .setMaxWaitQueueSize(waiting)
                .setConnectionTimeout((int) timeout.toMillis())
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS);
        List<PgConnectOptions> servers = input.pgConnectOptionsList().stream()
                .map(server -> new PgConnectOptions(server)
                        .setCachePreparedStatements(true)
                        .setPreparedStatementCacheSqlLimit(LONGEST_STATEMENT)
                        .addProperty("application_name", name)
                        .addProperty("statement_timeout", String.valueOf(patience.toMillis()))
                        // A service that hangs in mid-transaction must not keep a product locked.
                        .addProperty("idle_in_transaction_session_timeout", String.valueOf(patience.toMillis())))
                .toList();
        return PgPool.pool(input.vertx(), servers, options);
    }
}
