package io.dorami.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.VertxOptions;
import io.vertx.core.impl.VertxBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopsTest {

    private static final String CONFIGURED = "quarkus.vertx.event-loops-pool-size";

    /** Of an image that is built on two cores and runs on one, where Quarkus asks for two all the same. */
    private final VertxOptions asked = new VertxOptions().setEventLoopPoolSize(77);

    @AfterEach
    void forget() {
        System.clearProperty(CONFIGURED);
    }

    @Test
    void thereIsOneForEachCoreWhateverTheDefaultIs() {
        new EventLoops().init(new VertxBuilder(asked));
        assertThat(asked.getEventLoopPoolSize()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void aNumberThatIsConfiguredStays() {
        System.setProperty(CONFIGURED, "77");
        new EventLoops().init(new VertxBuilder(asked));
        assertThat(asked.getEventLoopPoolSize()).isEqualTo(77);
    }
}
