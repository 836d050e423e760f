package io.dorami.service.runtime;

import io.dorami.contracts.errors.DoramiException;
import io.smallrye.mutiny.TimeoutException;
import java.io.IOException;
import java.util.regex.Pattern;

/** Tells what ends by itself, and is worth another try, from what is wrong for good. */
public final class TransientFailures {

    /** PostgreSQL's classes of connection trouble, lack of resources and operator's intervention stand at the end. */
    private static final Pattern POSTGRESQL = Pattern.compile("\\((08|53|57)[0-9A-Z]{3}\\)$");

    private TransientFailures() {}

    /** Whether a part is down or overloaded: Redis, PostgreSQL, or the way to them. */
    public static boolean is(Throwable e) {
        // By name: a service without a database has no class of its driver.
        String type = e.getClass().getName();
        if (type.equals("io.vertx.pgclient.PgException")) {
            return POSTGRESQL.matcher(String.valueOf(e.getMessage())).find();
        }
        return (e instanceof DoramiException refused && refused.code().retryable())
                || e instanceof IOException
                || e instanceof TimeoutException
                || e instanceof java.util.concurrent.TimeoutException
                || type.startsWith("io.vertx.");
    }
}
