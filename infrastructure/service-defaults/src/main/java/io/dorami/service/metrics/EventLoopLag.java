package io.dorami.service.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Measures how late the event loops run their tasks. A loop that is late delays every request and every frame on it, which
 * the processor's load alone does not show.
 */
@ApplicationScoped
class EventLoopLag {

    /** Ten measurements of each loop in a second cost nothing and find a loop that is blocked for 100 ms. */
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final Vertx vertx;
    private final Timer lag;

    EventLoopLag(Vertx vertx, MeterRegistry registry) {
        this.vertx = vertx;
        this.lag = Timer.builder("dorami.event.loop.lag")
                .description("Delay of a periodic task on an event loop")
                .register(registry);
    }

    void start(@Observes StartupEvent event) {
        ((VertxInternal) vertx).getEventLoopGroup().forEach(loop -> {
            long[] lastRun = {System.nanoTime()};
            var unused = loop.scheduleAtFixedRate(
                    () -> {
                        long now = System.nanoTime();
                        lag.record(Math.max(0, now - lastRun[0] - INTERVAL.toNanos()), TimeUnit.NANOSECONDS);
                        lastRun[0] = now;
                    },
                    INTERVAL.toMillis(),
                    INTERVAL.toMillis(),
                    TimeUnit.MILLISECONDS);
        });
    }
}
