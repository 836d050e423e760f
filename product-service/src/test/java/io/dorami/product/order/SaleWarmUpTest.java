package io.dorami.product.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.service.database.Database;
import io.dorami.service.runtime.WarmUp;
import io.dorami.testing.DoramiTestResource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.eclipse.microprofile.health.Readiness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(SaleWarmUpTest.WarmUpOn.class)
class SaleWarmUpTest {

    public static final class WarmUpOn implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("dorami.warm-up", "5S");
        }
    }

    @Inject
    @Readiness
    WarmUp warmUp;

    @Inject
    Database database;

    @Inject
    Redis redis;

    @Inject
    MeterRegistry metrics;

    @BeforeEach
    void awaitEnd() {
        await().until(() -> warmUp.call().getStatus() == Status.UP);
    }

    @Test
    void salesWereRolledBack() {
        assertThat(number("SELECT last_value FROM outbox_id_seq"))
                .as("events that the sales wrote")
                .isGreaterThan(1);
        assertThat(number("SELECT count(*) FROM outbox")).isZero();
        assertThat(number("SELECT count(*) FROM product WHERE stream_key = 'warm-up'"))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"reservation", "orders", "idempotency"})
    void noRowIsLeft(String table) {
        assertThat(number("SELECT count(*) FROM " + table + " WHERE user_id LIKE 'warm-up%'"))
                .isZero();
    }

    @Test
    void noRedisKeyIsLeft() {
        Request keys = Request.cmd(Command.KEYS).arg("*" + WarmUp.RESERVED_NAME + "*");
        assertThat(redis.send(keys).await().atMost(Duration.ofSeconds(10)).size())
                .isZero();
    }

    @Test
    void metricsDoNotShowRequests() {
        assertThat(metrics.find("http.server.requests").timers()).isEmpty();
        assertThat(metrics.find("dorami.product.reservations").counters()).isEmpty();
    }

    private long number(String query) {
        return database.runCritical(connection -> connection.query(query).execute())
                .map(rows -> rows.iterator().next().getLong(0))
                .await()
                .atMost(Duration.ofSeconds(10));
    }
}
