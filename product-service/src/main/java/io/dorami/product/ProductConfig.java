package io.dorami.product;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.Optional;

/** Settings of products, reservations and orders. */
@ConfigMapping(prefix = "dorami.product")
public interface ProductConfig {

    /** Stock below this number but above 0 is announced to the room as low. A higher number presses viewers sooner. */
    @WithName("low-stock")
    @WithDefault("5")
    int lowStockThreshold();

    /** Time that units are held, and that an extension adds. A longer time helps slow buyers and delays others. */
    @WithName("hold")
    @WithDefault("10M")
    Duration holdDuration();

    /** Maximum number of reservations that a buyer holds at once, so that no user empties a shop without buying. */
    @WithName("held-per-user")
    @WithDefault("20")
    int maxHeldPerUser();

    /** Time to pay an order; afterwards the order is cancelled and its units return to stock. */
    @WithName("pay-time")
    @WithDefault("30M")
    Duration paymentTimeout();

    /** Signs the payment provider's callbacks. Without a secret, callbacks are off and orders stay unpaid. */
    Optional<String> paymentSecret();
}
