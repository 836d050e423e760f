package io.dorami.service.database;

import io.vertx.pgclient.PgException;

/** Errors of PostgreSQL that a statement expects. */
public final class SqlErrors {

    private static final String UNIQUE_VIOLATION = "23505";

    private SqlErrors() {}

    /** Returns true if the failure violates this unique constraint. */
    public static boolean isUniqueViolation(Throwable failure, String constraint) {
        return failure instanceof PgException error
                && UNIQUE_VIOLATION.equals(error.getSqlState())
                && constraint.equals(error.getConstraint());
    }
}
