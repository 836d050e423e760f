package io.dorami.service.messaging;

import io.dorami.service.runtime.DoramiConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.mutiny.redis.client.Redis;
import java.time.Duration;
import java.util.Map;

/** Creates event buses without Quarkus from a test's settings. */
final class TestEventBus {

    private TestEventBus() {}

    static EventBus create(Redis redis, Map<String, String> settings) {
        DoramiConfig config = new SmallRyeConfigBuilder()
                .withMapping(DoramiConfig.class)
                .withDefaultValue("dorami.jwt-secret", "not used here")
                .withDefaultValues(settings)
                .withConverter(Duration.class, 200, new DurationConverter())
                .build()
                .getConfigMapping(DoramiConfig.class);
        return new EventBus(redis, config);
    }
}
