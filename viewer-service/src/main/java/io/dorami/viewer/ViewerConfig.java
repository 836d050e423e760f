package io.dorami.viewer;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What may be tuned in viewer counts. */
@ConfigMapping(prefix = "dorami.viewer")
public interface ViewerConfig {

    /**
     * How often a room may hear of its count. Shorter is livelier and costs each viewer more messages: at 250 ms four a
     * second, as the design allows.
     */
    @WithDefault("250MS")
    Duration interval();
}
