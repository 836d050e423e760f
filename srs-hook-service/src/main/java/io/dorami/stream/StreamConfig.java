package io.dorami.stream;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** What may be tuned in streams. */
@ConfigMapping(prefix = "dorami.stream")
public interface StreamConfig {

    /** What SRS must say in every hook. Changing it at once locks SRS out: see {@link #formerSrsSecret}. */
    String srsSecret();

    /**
     * Valid as well, for as long as SRS still says it. To change the secret: move it here and set the new one, restart the
     * replicas, restart SRS with the new one, then take this away.
     */
    Optional<String> formerSrsSecret();

    /**
     * A publisher that comes back within this is the same show. Longer forgives worse networks and keeps a dead show on
     * the page longer.
     */
    @WithDefault("45S")
    Duration grace();

    /** How long a publish key is good, counted from now or from the scheduled time, whichever is later. */
    @WithDefault("24H")
    Duration keyTime();

    /** How long an invitation to a private stream is good; longer lets it be passed on for longer. */
    @WithDefault("12H")
    Duration invitationTime();

    /** Where the encoder sends to; the seller is shown it. */
    String rtmpUrl();

    /** Where viewers find the media; without a slash at the end. */
    String publicUrl();

    /**
     * How long a hook waits for PostgreSQL. Beyond, a publisher is let in by its signature, and the change is kept and made
     * later. Longer takes the slower way less often; SRS should have its answer within 100 ms.
     */
    @WithDefault("0.06S")
    Duration hookPatience();

    /** How long a hook then waits for each of its questions to Redis. */
    @WithDefault("0.015S")
    Duration redisPatience();

    /** SRS's HTTP API. Without it nobody can be disconnected, and what SRS says by hooks alone is believed. */
    Optional<URI> srsApi();

    /** The name that opens the API. */
    @WithDefault("dorami")
    String srsApiUser();

    /** How often all is compared with what SRS has. More often finds lost hooks sooner; a list of 5,000 clients is 2.5 MB. */
    @WithDefault("30S")
    Duration reconciliation();

    /**
     * How long after a change what SRS's list says is not believed: a hook is answered before SRS lists its publisher, and
     * the list was asked for before its answer was. Longer finds lost hooks later.
     */
    @WithDefault("10S")
    Duration settle();

    /**
     * SRS is taken for dead when it has sent no heartbeat for this long and its API cannot be reached: then its publishers
     * have their grace to come back. Four heartbeats; shorter mistakes a hiccup of the network for a death.
     */
    @WithDefault("36S")
    Duration silence();
}
