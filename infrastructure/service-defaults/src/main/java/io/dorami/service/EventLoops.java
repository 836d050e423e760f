package io.dorami.service;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.cpu.CpuCoreSensor;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.spi.VertxServiceProvider;

/**
 * Has Vert.x use one event loop for each core, where no other number is configured, and epoll where the system has it.
 * Vert.x' own default is two for each, which then take the core from each other in the middle of a pass; two that were
 * configured look the same, and are one too. A provider, found as a service, for in a native image
 * {@code quarkus.vertx.prefer-native-transport} changes nothing.
 */
@RegisterForReflection
public final class EventLoops implements VertxServiceProvider {

    @Override
    public void init(VertxBuilder builder) {
        VertxOptions options = builder.options();
        if (options.getEventLoopPoolSize() == VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE) {
            options.setEventLoopPoolSize(CpuCoreSensor.availableProcessors());
        }
        EpollTransport epoll = new EpollTransport();
        if (epoll.isAvailable()) {
            builder.findTransport(epoll);
        }
    }
}
