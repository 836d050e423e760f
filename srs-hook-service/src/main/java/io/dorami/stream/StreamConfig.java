package io.dorami.stream;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Configuration of srs-hook-service. */
@ConfigMapping(prefix = "dorami.stream")
public interface StreamConfig {

    /** The secret that every hook of SRS carries. A change in one step locks SRS out: see {@link #formerSrsSecret}. */
    String srsSecret();

    /**
     * The former secret, accepted as long as SRS still sends it. To change the secret: move the old secret here and set
     * the new secret, restart the replicas, restart SRS with the new secret, then remove this entry.
     */
    Optional<String> formerSrsSecret();

    /**
     * The time that a publisher has to reconnect to the same show. A longer period tolerates worse networks, but keeps
     * a dead show on the page longer.
     */
    @WithName("grace")
    @WithDefault("45S")
    Duration gracePeriod();

    /** The lifetime of a publish key, counted from now or from the scheduled time, whichever is later. */
    @WithName("key-time")
    @WithDefault("24H")
    Duration publishKeyLifetime();

    /**
     * The lifetime of an invitation to a private stream. With a longer lifetime, invitees can pass it on for longer.
     */
    @WithName("invitation-time")
    @WithDefault("12H")
    Duration invitationLifetime();

    /**
     * The applications of RTMP addresses, such as {@code live} in rtmp://host/live, under which publishers are accepted.
     * Add one only together with its paths in Nginx's configuration, because viewers see no other application.
     */
    @WithName("apps")
    @WithDefault("live")
    Set<String> applications();

    /** The RTMP URL that the encoder publishes to. The seller sees this URL. */
    String rtmpUrl();

    /** The base URL of the media for viewers, without a slash at the end. */
    String publicUrl();

    /**
     * The time that a hook waits for PostgreSQL. After that, a publisher is accepted by its signature, and the change
     * is deferred. A longer timeout defers fewer changes, but SRS should have its response within 100 ms.
     */
    @WithName("hook-patience")
    @WithDefault("0.06S")
    Duration hookTimeout();

    /** The time that a hook then waits for each of its requests to Redis. */
    @WithName("redis-patience")
    @WithDefault("0.015S")
    Duration redisTimeout();

    /**
     * The address of SRS's HTTP API. Without it no client can be disconnected, and hooks are the only source of state.
     */
    Optional<URI> srsApi();

    /** The user name for SRS's HTTP API. */
    @WithDefault("dorami")
    String srsApiUser();

    /**
     * The interval at which all streams are compared with SRS's list. A shorter interval finds lost hooks sooner; a
     * list of 5,000 clients is 2.5 MB.
     */
    @WithName("reconciliation")
    @WithDefault("30S")
    Duration reconciliationInterval();

    /**
     * The time after a change during which SRS's list is ignored, because a hook gets its response before SRS lists the
     * publisher, and the list may have been requested before that response. A longer time finds lost hooks later.
     */
    @WithName("settle")
    @WithDefault("10S")
    Duration settleTime();

    /**
     * The time without a heartbeat after which SRS counts as dead, if its API cannot be reached either. Its publishers
     * then have the grace period to reconnect. The default is four heartbeats; a shorter timeout mistakes a network
     * glitch for a dead SRS.
     */
    @WithName("silence")
    @WithDefault("36S")
    Duration heartbeatTimeout();
}
