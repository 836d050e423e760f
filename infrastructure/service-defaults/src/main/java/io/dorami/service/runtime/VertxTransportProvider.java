package io.dorami.service.runtime;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.cpu.CpuCoreSensor;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.spi.VertxServiceProvider;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Limits Vert.x to one event loop per core if no number is configured, and enables epoll if the system supports it.
 * Quarkus' default is two event loops per core and at least two, which preempt each other on one core in the middle of
 * an iteration. Registered as a service provider, because {@code quarkus.vertx.prefer-native-transport} has no effect
 * in a native image.
 */
@RegisterForReflection
public final class VertxTransportProvider implements VertxServiceProvider {

    private static final String EVENT_LOOPS_KEY = "quarkus.vertx.event-loops-pool-size";

    @Override
    public void init(VertxBuilder builder) {
        VertxOptions options = builder.options();
        if (ConfigProvider.getConfig()
                .getOptionalValue(EVENT_LOOPS_KEY, Integer.class)
                .isEmpty()) {
            options.setEventLoopPoolSize(Math.min(options.getEventLoopPoolSize(), CpuCoreSensor.availableProcessors()));
        }
        EpollTransport epoll = new EpollTransport();
        if (epoll.isAvailable()) {
            builder.findTransport(epoll);
        }
    }
}
