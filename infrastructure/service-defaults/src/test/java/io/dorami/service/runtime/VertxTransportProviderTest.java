package io.dorami.service.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.VertxOptions;
import io.vertx.core.impl.VertxBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VertxTransportProviderTest {

    private static final String CONFIGURED = "quarkus.vertx.event-loops-pool-size";

    /** With a number that is neither that of the cores nor a default. */
    private final VertxOptions asked = new VertxOptions().setEventLoopPoolSize(77);

    @AfterEach
    void forget() {
        System.clearProperty(CONFIGURED);
    }

    @Test
    void thereIsOneForEachCoreWhateverTheDefaultIs() {
        new VertxTransportProvider().init(new VertxBuilder(asked));
        assertThat(asked.getEventLoopPoolSize()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void whoAsksForOneGetsOne() {
        VertxOptions one = new VertxOptions().setEventLoopPoolSize(1);
        new VertxTransportProvider().init(new VertxBuilder(one));
        assertThat(one.getEventLoopPoolSize()).isEqualTo(1);
    }

    @Test
    void aNumberThatIsConfiguredStays() {
        System.setProperty(CONFIGURED, "77");
        new VertxTransportProvider().init(new VertxBuilder(asked));
        assertThat(asked.getEventLoopPoolSize()).isEqualTo(77);
    }
}
