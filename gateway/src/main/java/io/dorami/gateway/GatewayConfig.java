package io.dorami.gateway;

import io.dorami.contracts.keys.ServiceName;
import io.quarkus.runtime.configuration.MemorySize;
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

    /**
     * Connections of one user on {@code /ws} and in each namespace: tabs and devices, and some pages open several. Who opens
     * more is refused, such as a client with a bug in its reconnecting.
     */
    @WithDefault("50")
    int connectionsPerUser();

    /**
     * Connections from one address: a backstop and no more, for in-app browsers share a few addresses among all their
     * users. As many as this gateway can have open files by default.
     */
    @WithDefault("20000")
    int connectionsPerAddress();

    /** A JSON client of which nothing was heard for so long, not even a pong, is gone: two pings of 25 s and some. */
    @WithDefault("85S")
    Duration silence();

    /** Rooms of one connection: three for each stream that it watches, so ten streams with two to spare. */
    @WithDefault("32")
    int roomsPerConnection();

    /**
     * Frames that may wait for one client. As many as a whole log of chat that it comes back to (2,000) and 10 s of 50
     * events/s; they are shared with other queues, so the queue itself is 20 KB.
     */
    @WithDefault("2500")
    int outboxFrames();

    /** Bytes of frames that may wait for one client: 2,500 of 400. */
    @WithDefault("1M")
    MemorySize outboxBytes();

    /** A client that takes nothing of what waits for this long is closed with "come back". */
    @WithDefault("15S")
    Duration outboxPatience();

    /**
     * Events that may wait in a room for one client's history or replay: 20 s at 50 events/s, longer than a request may
     * take; over it the join fails and may be repeated. They are shared, so 8 bytes each. Well below the outbox, for all
     * of them go out at once.
     */
    @WithDefault("1000")
    int heldFrames();

    /**
     * After a pass over its rooms an event loop waits this many times the pass before the next: more saves system calls
     * and delays what is not urgent. With 2, passes take a third of the loop until the bound below is reached.
     */
    @WithDefault("2")
    int coalesce();

    /** But never longer than this: what a pass may be late, seen by people as at once. */
    @WithDefault("40MS")
    Duration coalesceAtMost();

    /** The last events of each room that are kept in memory, for clients that come back: about 5 s at 50 events/s. */
    @WithDefault("256")
    int recentEvents();

    /** And not more than this of each room; 1,000 rooms that are that busy are 128 MB. */
    @WithDefault("128K")
    MemorySize recentBytes();

    /** The web client's protocol. */
    SocketIo socketio();

    /** What may be tuned in Socket.IO. */
    interface SocketIo {

        /** Shorter notices a lost client sooner and costs a frame each time; proxies close what is silent for 60 s. */
        @WithDefault("25S")
        Duration pingInterval();

        /** Longer keeps a phone that sleeps for a moment, and a ghost for as long. */
        @WithDefault("60S")
        Duration pingTimeout();

        /**
         * Bytes of a POST or of a packet's attachments. Larger lets a client fill more of the memory. The same as
         * {@code quarkus.websockets-next.server.max-frame-size}, which bounds the messages of WebSockets.
         */
        @WithDefault("64K")
        MemorySize maxPayload();

        /** A WebSocket beside polling that has not taken over by then is closed, and polling goes on. */
        @WithDefault("10S")
        Duration upgradeTimeout();

        /** A connection that is in no namespace by then is closed. Longer helps slow networks and holds more idle ones. */
        @WithDefault("45S")
        Duration connectTimeout();
    }

    /**
     * On stopping, the connections are closed over this time at the most. Longer is kinder to the gateways that take the
     * clients over (5,000 in 10 s are 500 a second for them); it must be shorter than what the platform waits before it kills.
     */
    @WithDefault("10S")
    Duration drainTime();

    /** But so many a second at least, so that few connections do not keep a gateway from stopping. */
    @WithDefault("200")
    int drainPerSecond();

    /** A room that nobody is in stays subscribed this long, so that one who reloads the page costs no subscription. */
    @WithDefault("5S")
    Duration roomLinger();
}
