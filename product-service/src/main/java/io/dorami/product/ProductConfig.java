package io.dorami.product;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** What may be tuned in products and orders. */
@ConfigMapping(prefix = "dorami.product")
public interface ProductConfig {

    /** Below this, but above none, the room hears of low stock. Higher presses viewers sooner. */
    @WithDefault("5")
    int lowStock();

    /** How long units are held, and how much an extension adds. Longer is kinder to slow buyers and keeps others waiting. */
    @WithDefault("10M")
    Duration hold();

    /** How many reservations a buyer may hold at once, so that nobody empties a shop without buying. */
    @WithDefault("20")
    int heldPerUser();

    /** How long an order waits for its payment before it is cancelled and its stock is back. */
    @WithDefault("30M")
    Duration payTime();

    /** What the payment provider signs its callbacks with; without it there are no callbacks, and orders stay unpaid. */
    Optional<String> paymentSecret();
}
