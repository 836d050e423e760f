package io.dorami.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.database.Database;
import io.dorami.testing.DoramiTestResource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.SqlResult;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class DatabaseTest {

    private static final int CRITICAL_CONNECTIONS = 7;
    private static final int BULK_CONNECTIONS = 3;

    @Inject
    Database database;

    @Inject
    MeterRegistry metrics;

    @Test
    void slowListsOpenBreakerAndDelayNoOrder() {
        var lists = IntStream.range(0, 30)
                .mapToObj(i -> database.runBulk(c -> sleep(c, 60)).subscribeAsCompletionStage())
                .toList();
        await().until(() -> gauge("dorami.database.used.connections", "bulk") == BULK_CONNECTIONS);
        for (int i = 0; i < 50; i++) {
            wait(database.runCritical(c -> sleep(c, 0)));
        }
        assertThat(gauge("dorami.database.used.connections", "bulk"))
                .as("bulk connections in use while critical statements ran")
                .isEqualTo(BULK_CONNECTIONS);

        assertThat(lists)
                .allSatisfy(list -> assertThatThrownBy(list::join)
                        .hasCauseInstanceOf(Throwable.class)
                        .cause()
                        .satisfies(DatabaseTest::assertBusy));
        await().until(() -> gauge("dorami.database.breaker.state", "bulk") == 1);
        AtomicBoolean started = new AtomicBoolean();
        assertThatThrownBy(() -> wait(database.runBulk(c -> {
                    started.set(true);
                    return sleep(c, 0);
                })))
                .satisfies(DatabaseTest::assertBusy);
        assertThat(started).as("the open breaker sends no list to PostgreSQL").isFalse();

        await().ignoreExceptions().until(() -> wait(database.runBulk(c -> sleep(c, 0))) == null);
        await().until(() -> gauge("dorami.database.breaker.state", "bulk") == 0);
        await("statements without a caller end").until(() -> gauge("dorami.database.used.connections", "bulk") == 0);
    }

    @Test
    void cancelledWaitersRunNothingAndLeakNoConnection() {
        CompletableFuture<Void> release = new CompletableFuture<>();
        var holders = IntStream.range(0, CRITICAL_CONNECTIONS)
                .mapToObj(i -> database.runCritical(
                                c -> Uni.createFrom().completionStage(release).replaceWith(c))
                        .subscribeAsCompletionStage())
                .toList();
        await().until(() -> gauge("dorami.database.used.connections", "critical") == CRITICAL_CONNECTIONS);
        AtomicBoolean started = new AtomicBoolean();
        Stream<Cancellable> waiters = IntStream.range(0, 3 * CRITICAL_CONNECTIONS)
                .mapToObj(i -> database.runCritical(c -> {
                            started.set(true);
                            return sleep(c, 0);
                        })
                        .subscribe()
                        .with(result -> {}));
        waiters.toList().forEach(Cancellable::cancel);
        assertThat(gauge("dorami.database.waiting.requests", "critical"))
                .isGreaterThanOrEqualTo(3 * CRITICAL_CONNECTIONS);
        release.complete(null);
        holders.forEach(CompletableFuture::join);
        await().until(() -> gauge("dorami.database.waiting.requests", "critical") == 0);
        wait(database.runCritical(c -> sleep(c, 0)));
        assertThat(started).isFalse();
    }

    @Test
    void failedTransactionRollsBackAndReturnsConnection() {
        for (int i = 0; i < 2 * CRITICAL_CONNECTIONS; i++) {
            assertThatThrownBy(() -> wait(database.inTransaction(
                            c -> c.query("INSERT INTO stream (key, owner_id) VALUES ('rolled-back', 'owner')")
                                    .execute()
                                    .chain(() -> c.query("SELECT 1/0").execute()))))
                    .hasMessageContaining("division by zero");
        }
        int rowCount = wait(database.runCritical(c -> c.query("SELECT FROM stream WHERE key = 'rolled-back'")
                .execute()
                .map(SqlResult::size)));
        assertThat(rowCount).isZero();
    }

    private static void assertBusy(Throwable e) {
        assertThat(e)
                .isInstanceOfSatisfying(
                        DoramiException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BUSY));
    }

    private static Uni<Void> sleep(SqlConnection connection, int seconds) {
        return connection.query("SELECT pg_sleep(" + seconds + ")").execute().replaceWithVoid();
    }

    private double gauge(String name, String pool) {
        return metrics.get(name).tag("pool", pool).gauge().value();
    }

    private static <T> T wait(Uni<T> work) {
        return work.await().atMost(Duration.ofSeconds(20));
    }
}
