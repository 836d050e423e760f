package io.dorami.service;

import io.quarkus.arc.properties.IfBuildProperty;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgPool;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;

/** Bounds what Quarkus leaves unbounded: the calls that wait for a connection, and how long. */
@Singleton
@IfBuildProperty(name = "quarkus.datasource.db-kind", stringValue = "postgresql") // only where there is a database
class DatabasePool implements PgPoolCreator {

    /** At 8 connections and 5 ms a transaction, 1,600 a second: 512 are 0.3 s behind. */
    private static final int WAITING = 512;

    /** A caller has given up by then. */
    private static final int WAIT_SECONDS = 5;

    @Override
    public Pool create(Input input) {
        PoolOptions options = input.poolOptions()
                .setMaxWaitQueueSize(WAITING)
                .setConnectionTimeout(WAIT_SECONDS)
                .setConnectionTimeoutUnit(TimeUnit.SECONDS);
        return PgPool.pool(input.vertx(), input.pgConnectOptionsList(), options);
    }
}
