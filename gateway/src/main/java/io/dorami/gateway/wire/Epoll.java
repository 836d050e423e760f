package io.dorami.gateway.wire;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.spi.VertxServiceProvider;

/**
 * Gives Vert.x epoll where the system has it: fewer system calls for an event than the JDK's selector. A provider, found as
 * a service, for in a native image {@code quarkus.vertx.prefer-native-transport} changes nothing.
 */
@RegisterForReflection
public final class Epoll implements VertxServiceProvider {

    @Override
    public void init(VertxBuilder builder) {
        EpollTransport epoll = new EpollTransport();
        if (epoll.isAvailable()) {
            builder.findTransport(epoll);
        }
    }
}
