package io.dorami.service.runtime;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.cpu.CpuCoreSensor;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.spi.VertxServiceProvider;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Has Vert.x use no more than one event loop for each core, where no number is configured, and epoll where the system has it.
 * Quarkus' own default is two for each and never fewer than two, which then take the core from each other in the middle of a
 * pass. A provider, found as a service, for in a native image {@code quarkus.vertx.prefer-native-transport} changes nothing.
 */
@RegisterForReflection
public final class VertxTransportProvider implements VertxServiceProvider {

    private static final String CONFIGURED = "quarkus.vertx.event-loops-pool-size";

    @Override
    public void init(VertxBuilder builder) {
        VertxOptions options = builder.options();
        if (ConfigProvider.getConfig()
                .getOptionalValue(CONFIGURED, Integer.class)
                .isEmpty()) {
            options.setEventLoopPoolSize(Math.min(options.getEventLoopPoolSize(), CpuCoreSensor.availableProcessors()));
        }
        EpollTransport epoll = new EpollTransport();
        if (epoll.isAvailable()) {
            builder.findTransport(epoll);
        }
    }
}
