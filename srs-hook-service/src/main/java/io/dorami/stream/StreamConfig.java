package io.dorami.stream;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;

/** What may be tuned in streams. */
@ConfigMapping(prefix = "dorami.stream")
public interface StreamConfig {

    /** What SRS must say in every hook. Changing it needs the same change in SRS, else nobody can publish. */
    String srsSecret();

    /**
     * A publisher that comes back within this is the same show. Longer forgives worse networks and keeps a dead show on
     * the page longer.
     */
    @WithDefault("45S")
    Duration grace();

    /** How long a publish key is good, counted from now or from the scheduled time, whichever is later. */
    @WithDefault("24H")
    @WithName("key-time")
    Duration keyTime();

    /** Where the encoder sends to; the seller is shown it. */
    String rtmpUrl();

    /** Where viewers find the media; without a slash at the end. */
    String publicUrl();
}
