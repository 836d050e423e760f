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

    private static final int CRITICAL = 7;
    private static final int BULK = 3;

    @Inject
    Database database;

    @Inject
    MeterRegistry metrics;

    @Test
    void slowListsAreRefusedByTheBreakerAndDelayNoOrder() {
        var lists = IntStream.range(0, 30)
                .mapToObj(i -> database.bulk(c -> sleep(c, 60)).subscribeAsCompletionStage())
                .toList();
        await().until(() -> gauge("dorami.database.used.connections", "bulk") == BULK);
        for (int i = 0; i < 50; i++) {
            wait(database.critical(c -> sleep(c, 0)));
        }
        assertThat(gauge("dorami.database.used.connections", "bulk"))
                .as("the orders waited for no list")
                .isEqualTo(BULK);

        assertThat(lists)
                .allSatisfy(list -> assertThatThrownBy(list::join)
                        .hasCauseInstanceOf(Throwable.class)
                        .cause()
                        .satisfies(DatabaseTest::busy));
        await().until(() -> gauge("dorami.database.breaker.state", "bulk") == 1);
        AtomicBoolean begun = new AtomicBoolean();
        assertThatThrownBy(() -> wait(database.bulk(c -> {
                    begun.set(true);
                    return sleep(c, 0);
                })))
                .satisfies(DatabaseTest::busy);
        assertThat(begun).as("the breaker keeps lists from PostgreSQL").isFalse();

        await().ignoreExceptions().until(() -> wait(database.bulk(c -> sleep(c, 0))) == null);
        await().until(() -> gauge("dorami.database.breaker.state", "bulk") == 0);
        await("statements that nobody waits for end")
                .until(() -> gauge("dorami.database.used.connections", "bulk") == 0);
    }

    @Test
    void whoGivesUpWhileWaitingHasNoEffectAndLeavesNoConnectionBehind() {
        CompletableFuture<Void> hold = new CompletableFuture<>();
        var holders = IntStream.range(0, CRITICAL)
                .mapToObj(i -> database.critical(
                                c -> Uni.createFrom().completionStage(hold).replaceWith(c))
                        .subscribeAsCompletionStage())
                .toList();
        await().until(() -> gauge("dorami.database.used.connections", "critical") == CRITICAL);
        AtomicBoolean begun = new AtomicBoolean();
        Stream<Cancellable> impatient = IntStream.range(0, 3 * CRITICAL)
                .mapToObj(i -> database.critical(c -> {
                            begun.set(true);
                            return sleep(c, 0);
                        })
                        .subscribe()
                        .with(done -> {}));
        impatient.toList().forEach(Cancellable::cancel);
        assertThat(gauge("dorami.database.waiting.requests", "critical")).isGreaterThanOrEqualTo(3 * CRITICAL);
        hold.complete(null);
        holders.forEach(CompletableFuture::join);
        await().until(() -> gauge("dorami.database.waiting.requests", "critical") == 0);
        wait(database.critical(c -> sleep(c, 0)));
        assertThat(begun).isFalse();
    }

    @Test
    void aTransactionThatFailsLeavesNothingAndGivesItsConnectionBack() {
        for (int i = 0; i < 2 * CRITICAL; i++) {
            assertThatThrownBy(() -> wait(database.transaction(
                            c -> c.query("INSERT INTO stream (key, owner_id) VALUES ('rolled-back', 'nobody')")
                                    .execute()
                                    .chain(() -> c.query("SELECT 1/0").execute()))))
                    .hasMessageContaining("division by zero");
        }
        int left = wait(database.critical(c -> c.query("SELECT FROM stream WHERE key = 'rolled-back'")
                .execute()
                .map(SqlResult::size)));
        assertThat(left).isZero();
    }

    private static void busy(Throwable e) {
        assertThat(e)
                .isInstanceOfSatisfying(
                        DoramiException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.BUSY));
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
