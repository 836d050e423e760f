package io.dorami.product.sales;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The sales of a show in a time. An order belongs to the time in which it was placed, and only its items of this show
 * count, without shipping.
 *
 * @param orders number of orders in any state
 * @param revenue amount of the paid orders; a cancelled or refunded order has left it
 * @param pendingRevenue amount of the orders that are not paid yet
 * @param unitsSold units of the paid orders
 * @param products at most 500, those with the highest revenue first
 * @param moments at most 500, the oldest first
 */
public record ShowSales(
        long orders,
        long paidOrders,
        long cancelledOrders,
        BigDecimal revenue,
        BigDecimal pendingRevenue,
        long unitsSold,
        List<ProductSales> products,
        List<ProductMoment> moments) {

    /** The sales of a product. The name is that of its last order. */
    public record ProductSales(UUID productId, String name, long unitsSold, long unitsPending, BigDecimal revenue) {}

    /** A change of a product. The name is that of the moment. */
    public record ProductMoment(Instant at, Kind kind, UUID productId, String productName) {

        /** The kind of a moment. */
        public enum Kind {
            ADDED,
            FEATURED,
            UNFEATURED,
            FLASH_STARTED,
            FLASH_ENDED,
            SOLD_OUT
        }
    }
}
