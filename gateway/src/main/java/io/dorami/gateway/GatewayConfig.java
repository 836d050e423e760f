package io.dorami.gateway;

import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.runtime.DoramiConfig.Language;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The gateway's configuration. */
@ConfigMapping(prefix = "dorami.gateway")
public interface GatewayConfig {

    /** HTTP address of each service. */
    Map<ServiceName, URI> upstreams();

    /**
     * HTTP address of the media server (SRS, or the launcher's test picture), from which the gateway then serves HTTP-FLV
     * and HLS. For machines without Nginx; without it the paths of media are not found. Never in production, where Nginx
     * serves thousands of viewers without the gateway.
     */
    Optional<URI> media();

    /**
     * HTTP address of the media server's API, to which the gateway then passes WebRTC's offers (WHIP and WHEP). For machines
     * without Nginx, as {@link #media()}; without it their paths are not found.
     */
    Optional<URI> srsApi();

    /** The user name for the media server's API. */
    @WithDefault("dorami")
    String srsApiUser();

    /** The password for the media server's API: srs-hook-service's secret. Required with {@link #srsApi()}. */
    Optional<String> srsSecret();

    /**
     * Tells the pages that WHIP and WHEP are served, so that they offer the camera and the lowest delay. Set it if Nginx
     * serves them; with {@link #srsApi()} the gateway does.
     */
    @WithDefault("false")
    boolean webrtc();

    /**
     * The name of this gateway's host, which begins the session ids of Socket.IO. A reverse proxy sends the polls of a
     * session to the gateway of that name, so two gateways need different names. The default is the environment's
     * HOSTNAME: in Kubernetes the pod's name, in Compose the container's id.
     */
    String name();

    /** Enables the sign-in page, which signs a developer in as any user without a password. Never in production. */
    @WithDefault("false")
    boolean development();

    /** The language of the pages, {@code KO} or {@code EN}, for visitors whose browser prefers another one. */
    @WithDefault("${dorami.language:KO}")
    Language language();

    /**
     * Lets guests read the chat of public streams on {@code /ws}. If false, visitors see no messages until they sign in,
     * and a show's chat costs nothing for them.
     */
    @WithDefault("true")
    boolean guestsReadChat();

    /**
     * Time for the first {@code hello}; a socket without one is then closed. A longer timeout helps slow networks and
     * holds more idle sockets.
     */
    @WithDefault("10S")
    Duration helloTimeout();

    /**
     * Time to hand a request on and, for a join, to get the service's reply. After the timeout the request fails with
     * BUSY and the client may retry. A longer timeout hides short outages, but the client learns of a failure later.
     */
    @WithDefault("5S")
    Duration requestTimeout();

    /**
     * Maximum connections of one user on {@code /ws} and in each namespace. Tabs and devices count, and some pages open
     * several. Further connections are rejected, for example those of a client with a reconnect bug.
     */
    @WithName("connections-per-user")
    @WithDefault("50")
    int maxConnectionsPerUser();

    /**
     * Maximum connections from one address. Only a backstop, because in-app browsers share a few addresses among all
     * their users. The default is as high as the gateway's default limit of open files.
     */
    @WithName("connections-per-address")
    @WithDefault("20000")
    int maxConnectionsPerAddress();

    /**
     * Time without any frame from a JSON client, pongs included, after which the connection is closed: two pings of 25
     * s and some margin.
     */
    @WithName("silence")
    @WithDefault("85S")
    Duration idleTimeout();

    /**
     * Maximum rooms that one connection joins. A client uses three for each stream that it watches, so 32 rooms are ten
     * streams with two to spare. The rooms of the whole platform do not count.
     */
    @WithName("rooms-per-connection")
    @WithDefault("32")
    int maxRoomsPerConnection();

    /**
     * Maximum frames in one client's send queue: a whole chat log to replay (2,000) and 10 s of 50 events/s. Frames are
     * shared with other queues, so the queue itself takes 20 KB.
     */
    @WithName("outbox-frames")
    @WithDefault("2500")
    int maxQueuedFrames();

    /** Maximum bytes in one client's send queue: 2,500 frames of 400 bytes. */
    @WithName("outbox-bytes")
    @WithDefault("1M")
    MemorySize maxQueuedBytes();

    /** Time without progress on a non-empty send queue, after which the client is closed with TRY_AGAIN_LATER. */
    @WithName("outbox-patience")
    @WithDefault("15S")
    Duration sendStallTimeout();

    /**
     * Maximum events buffered for one joining client while its history or replay is read: 20 s at 50 events/s, which is
     * longer than a request may take. Beyond the maximum the join fails and the client may join again. Events are
     * shared, so each costs 8 bytes. Keep the maximum well below the send queue's, because all buffered events are sent
     * at once.
     */
    @WithName("held-frames")
    @WithDefault("1000")
    int maxBufferedEvents();

    /**
     * Pause between two flushes of an event loop, as a multiple of the previous flush's duration. A larger factor saves
     * system calls and delays events that are not urgent. With 2, flushes take a third of the loop's time until the
     * pause reaches {@link #maxFlushDelay()}.
     */
    @WithName("coalesce")
    @WithDefault("2")
    int coalescingFactor();

    /** Upper bound of the pause between two flushes. People perceive a delay of 40 ms as immediate. */
    @WithName("coalesce-at-most")
    @WithDefault("40MS")
    Duration maxFlushDelay();

    /** Maximum events in each room's replay buffer, for clients that reconnect: about 5 s at 50 events/s. */
    @WithName("recent-events")
    @WithDefault("256")
    int maxReplayEvents();

    /** Maximum bytes in each room's replay buffer; 1,000 rooms with a full buffer take 128 MB. */
    @WithName("recent-bytes")
    @WithDefault("128K")
    MemorySize maxReplayBytes();

    /** Socket.IO, the web client's protocol. */
    SocketIo socketio();

    /** The configuration of Socket.IO. */
    interface SocketIo {

        /**
         * Ping interval. A shorter interval detects a lost client sooner and costs a frame each time. Proxies close
         * connections that are silent for 60 s.
         */
        @WithDefault("25S")
        Duration pingInterval();

        /**
         * Time to wait for a pong. A longer timeout keeps the connection of a phone that sleeps for a moment, and keeps
         * a dead connection equally long.
         */
        @WithDefault("60S")
        Duration pingTimeout();

        /**
         * Maximum bytes of a POST or of a packet's attachments. A larger limit lets a client use more memory; with less
         * than 50 KB, long messages spelled in JSON escapes are refused. Equal to
         * {@code quarkus.websockets-next.server.max-frame-size}, which bounds WebSocket messages.
         */
        @WithDefault("64K")
        MemorySize maxPayload();

        /**
         * Time to complete an upgrade from polling to WebSocket. After the timeout the WebSocket is closed and polling
         * continues.
         */
        @WithDefault("10S")
        Duration upgradeTimeout();

        /**
         * Time to connect to a namespace; a connection without one is then closed. A longer timeout helps slow networks
         * and holds more idle connections.
         */
        @WithDefault("45S")
        Duration connectTimeout();
    }

    /**
     * Upper bound of the time over which a stopping gateway closes its connections. A longer time spares the gateways
     * that take the clients over (5,000 in 10 s are 500 a second for them). The bound must be shorter than the
     * platform's wait before it kills the process.
     */
    @WithName("drain-time")
    @WithDefault("10S")
    Duration maxDrainTime();

    /** Minimum connections closed per second, so that a gateway with few connections stops quickly. */
    @WithName("drain-per-second")
    @WithDefault("200")
    int minDrainedPerSecond();

    /** Time that an empty room stays subscribed, so that a page reload does not cost a new subscription. */
    @WithName("room-linger")
    @WithDefault("5S")
    Duration unsubscribeDelay();
}
