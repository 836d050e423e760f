package io.dorami.service.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransientFailuresTest {

    @Test
    void databaseFailure_isClassifiedBySqlState() {
        for (String sqlState : List.of("08006", "53300", "57014", "57P01")) {
            assertThat(TransientFailures.isTransient(databaseFailure(sqlState)))
                    .as(sqlState)
                    .isTrue();
        }
        for (String sqlState : List.of("23505", "22021", "42P01", "40001")) {
            assertThat(TransientFailures.isTransient(databaseFailure(sqlState)))
                    .as(sqlState)
                    .isFalse();
        }
    }

    @Test
    void rejection_isTransientIfRetryable() {
        assertThat(TransientFailures.isTransient(new DoramiException(ErrorCode.BUSY, "Retry in 1 s")))
                .isTrue();
        assertThat(TransientFailures.isTransient(new DoramiException(ErrorCode.FORBIDDEN, "Not permitted")))
                .isFalse();
        assertThat(TransientFailures.isTransient(new IOException("Connection reset")))
                .isTrue();
        assertThat(TransientFailures.isTransient(new IllegalStateException("A bug")))
                .isFalse();
    }

    private static PgException databaseFailure(String sqlState) {
        return new PgException("Message without a code", "ERROR", sqlState, "");
    }
}
