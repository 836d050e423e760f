package io.dorami.product;

import io.dorami.service.runtime.DoramiConfig.Language;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.Optional;

/** Settings of products, carts and orders. */
@ConfigMapping(prefix = "dorami.product")
public interface ProductConfig {

    /** Stock below this number but above 0 is announced to the room as low. A higher number presses viewers sooner. */
    @WithName("low-stock")
    @WithDefault("5")
    int lowStockThreshold();

    /**
     * Time for which a cart item holds its units, and that an extension adds, if the product has no timer of its own. A
     * longer time helps slow buyers and delays others.
     */
    @WithName("hold")
    @WithDefault("12H")
    Duration holdDuration();

    /** Time for which units are held for a user of the waiting list. A shorter time serves the next user sooner. */
    @WithDefault("10M")
    Duration promotionHold();

    /** Maximum number of cart items that a buyer holds at once, so that no user empties a shop without buying. */
    @WithName("held-per-user")
    @WithDefault("20")
    int maxHeldPerUser();

    /** Maximum number of users who wait for one product. A longer list promises more than comes back. */
    @WithDefault("1000")
    int maxWaiting();

    /** Time to pay an order; afterwards the order is cancelled and its units return to stock. */
    @WithName("pay-time")
    @WithDefault("30M")
    Duration paymentTimeout();

    /**
     * Time for which the moments of products are kept, which the record of a show displays. A longer time takes 120 bytes
     * for each moment: 8 MB a year for one show of three hours a day with a moment each minute.
     */
    @WithDefault("400D")
    Duration momentRetention();

    /** Signs the payment provider's callbacks. Without a secret, callbacks are off and admins confirm payments. */
    Optional<String> paymentSecret();

    /** A payment secret that stays valid while it is replaced; remove it once the provider signs with the new one. */
    Optional<String> formerPaymentSecret();

    /** The language of announcements in rooms: {@code KO} or {@code EN}. */
    @WithName("language")
    @WithDefault("${dorami.language:KO}")
    Language language();

    /** The account for bank transfers, shown with an unpaid order. Without it, orders show no account. */
    Optional<BankAccount> bank();

    /** A bank account. */
    interface BankAccount {

        /** The name of the bank. */
        @WithName("name")
        String bankName();

        /** The number of the account, as buyers type it. */
        String accountNumber();

        /** The name of the account's owner. */
        String accountHolder();
    }
}
