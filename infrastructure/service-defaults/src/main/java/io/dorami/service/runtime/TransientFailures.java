package io.dorami.service.runtime;

import io.dorami.contracts.errors.DoramiException;
import io.smallrye.mutiny.TimeoutException;
import io.vertx.sqlclient.DatabaseException;
import java.io.IOException;
import java.util.Set;

/** Classifies failures: transient failures end without intervention and are worth a retry. */
public final class TransientFailures {

    /** The classes of SQLSTATE for connection failures, missing resources and operator intervention. */
    private static final Set<String> TRANSIENT_SQL_CLASSES = Set.of("08", "53", "57");

    private TransientFailures() {}

    /** Returns true if a dependency is down or overloaded: Redis, PostgreSQL, or the network to them. */
    public static boolean isTransient(Throwable e) {
        if (e instanceof DatabaseException failure) {
            return failure.getSqlState() != null
                    && TRANSIENT_SQL_CLASSES.stream().anyMatch(failure.getSqlState()::startsWith);
        }
        return (e instanceof DoramiException rejection && rejection.code().isRetryable())
                || e instanceof IOException
                || e instanceof TimeoutException
                || e instanceof java.util.concurrent.TimeoutException
                || e.getClass().getName().startsWith("io.vertx."); // an error of Redis, or a broken connection
    }
}
