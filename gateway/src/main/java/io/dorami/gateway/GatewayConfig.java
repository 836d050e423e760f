package io.dorami.gateway;

import io.dorami.contracts.ServiceName;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** What may be tuned in the gateway. */
@ConfigMapping(prefix = "dorami.gateway")
public interface GatewayConfig {

    /** Where each service answers HTTP. */
    Map<ServiceName, URI> upstreams();

    /** Opens the sign-in page, which lets anybody be anybody. Never in production. */
    @WithDefault("false")
    boolean development();

    /** A socket that has not said hello by then is closed. Longer helps slow networks and holds more idle sockets. */
    @WithDefault("10S")
    Duration helloTimeout();

    /**
     * A request that could not be handed on by then, or a join that was not answered, fails with BUSY; the client may try
     * again. Longer hides short outages and keeps the client in the dark.
     */
    @WithDefault("5S")
    Duration requestTimeout();

    /** Rooms of one connection: three for each stream that it watches, so ten streams with two to spare. */
    @WithDefault("32")
    int roomsPerConnection();

    /** Frames that may wait for one client before it is closed with "come back": about 5 s at 50 events/s. */
    @WithDefault("256")
    int outboxFrames();

    /**
     * Events that may wait in a room for one client's history: about 2.5 s at 50 events/s; over it the join fails and may
     * be repeated. Well below the outbox, for all of them go out at once.
     */
    @WithDefault("128")
    int heldFrames();

    /** A room that nobody is in stays subscribed this long, so that one who reloads the page costs no subscription. */
    @WithDefault("5S")
    Duration roomLinger();
}
