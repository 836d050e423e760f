package io.dorami.service.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.VertxOptions;
import io.vertx.core.impl.VertxBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VertxTransportProviderTest {

    private static final String EVENT_LOOPS_KEY = "quarkus.vertx.event-loops-pool-size";

    /** With a pool size that is neither the number of cores nor a default. */
    private final VertxOptions options = new VertxOptions().setEventLoopPoolSize(77);

    @AfterEach
    void clearProperty() {
        System.clearProperty(EVENT_LOOPS_KEY);
    }

    @Test
    void defaultIsOneEventLoopPerCore() {
        new VertxTransportProvider().init(new VertxBuilder(options));
        assertThat(options.getEventLoopPoolSize())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void smallerPoolSizeIsKept() {
        VertxOptions one = new VertxOptions().setEventLoopPoolSize(1);
        new VertxTransportProvider().init(new VertxBuilder(one));
        assertThat(one.getEventLoopPoolSize()).isEqualTo(1);
    }

    @Test
    void configuredPoolSizeIsKept() {
        System.setProperty(EVENT_LOOPS_KEY, "77");
        new VertxTransportProvider().init(new VertxBuilder(options));
        assertThat(options.getEventLoopPoolSize()).isEqualTo(77);
    }
}
