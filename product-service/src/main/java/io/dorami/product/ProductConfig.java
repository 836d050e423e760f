package io.dorami.product;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What may be tuned in products. */
@ConfigMapping(prefix = "dorami.product")
public interface ProductConfig {

    /** Below this, but above none, the room hears of low stock. Higher presses viewers sooner. */
    @WithDefault("5")
    int lowStock();
}
