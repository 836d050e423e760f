package io.dorami.service.runtime;

import io.dorami.contracts.errors.DoramiException;
import io.smallrye.mutiny.TimeoutException;
import java.io.IOException;
import java.util.regex.Pattern;

/** Classifies failures: transient failures end without intervention and are worth a retry. */
public final class TransientFailures {

    /**
     * PostgreSQL's error classes of connection failures, missing resources and operator intervention, at the message's
     * end.
     */
    private static final Pattern POSTGRESQL_CODES = Pattern.compile("\\((08|53|57)[0-9A-Z]{3}\\)$");

    private TransientFailures() {}

    /** Returns true if a dependency is down or overloaded: Redis, PostgreSQL, or the network to them. */
    public static boolean isTransient(Throwable e) {
        // Compared by name, because a service without a database has no driver class.
        String type = e.getClass().getName();
        if (type.equals("io.vertx.pgclient.PgException")) {
            return POSTGRESQL_CODES.matcher(String.valueOf(e.getMessage())).find();
        }
        return (e instanceof DoramiException rejection && rejection.code().isRetryable())
                || e instanceof IOException
                || e instanceof TimeoutException
                || e instanceof java.util.concurrent.TimeoutException
                || type.startsWith("io.vertx.");
    }
}
