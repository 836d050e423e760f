package io.dorami.viewer;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;

/** Settings of viewer-service. */
@ConfigMapping(prefix = "dorami.viewer")
public interface ViewerConfig {

    /**
     * Minimum time between two viewer counts of one room. A shorter interval sends each viewer more messages: at 250 ms
     * four a second, the maximum of the design.
     */
    @WithName("interval")
    @WithDefault("250MS")
    Duration publishInterval();
}
