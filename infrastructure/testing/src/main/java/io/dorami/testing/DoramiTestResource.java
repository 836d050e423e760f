package io.dorami.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Configures a service under test with a real Redis and PostgreSQL, and the secrets of {@link TestSecrets}. */
public final class DoramiTestResource implements QuarkusTestResourceLifecycleManager {

    private @Nullable TestServers servers;

    @Override
    public Map<String, String> start() {
        TestServers started = TestServers.start();
        servers = started;
        return Map.of(
                "dorami.redis-url",
                started.redisUrl(),
                "dorami.postgres-address",
                started.postgresAddress(),
                "dorami.postgres-password",
                TestServers.PASSWORD,
                "dorami.jwt-secret",
                TestSecrets.JWT,
                "dorami.srs-secret",
                TestSecrets.SRS,
                "dorami.payment-secret",
                TestSecrets.PAYMENT,
                "quarkus.http.test-port",
                "0",
                "quarkus.management.test-port",
                "0");
    }

    @Override
    public void stop() {
        if (servers != null) {
            servers.close();
        }
    }
}
