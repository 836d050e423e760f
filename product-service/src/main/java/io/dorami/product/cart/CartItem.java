package io.dorami.product.cart;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.keys.StreamKey;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An item of a cart: units held for a buyer until {@code heldUntil}, at the price of the time of the request. Amounts are
 * JSON strings, because the web client reads them so in a cart.
 *
 * @param timerEnabled true if the buyer sees how long the units are held
 * @param expiresAt the end of the hold if the buyer sees it; the web client counts down to it
 * @param product null if the seller has deleted the product; the item can still be bought
 * @param extended true if the buyer has used the one extension
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CartItem(
        UUID id,
        UUID productId,
        String productName,
        @Nullable StreamKey streamKey,
        @JsonFormat(shape = JsonFormat.Shape.STRING) BigDecimal price,
        int quantity,
        @Nullable String color,
        @Nullable String size,
        @JsonFormat(shape = JsonFormat.Shape.STRING) BigDecimal shippingFee,
        State status,
        boolean timerEnabled,
        Instant createdAt,
        Instant heldUntil,
        @Nullable Instant expiresAt,
        @Nullable Long remainingSeconds,
        boolean extended,
        @Nullable String orderId,
        @Nullable ProductInfo product)
        implements ShippingFees.Line {

    /** State of a cart item, by its name in the database. */
    @Schema(name = "CartItemState")
    public enum State {
        /** The units are held. */
        @JsonProperty("ACTIVE")
        HELD,
        /** The item is part of an order. */
        @JsonProperty("COMPLETED")
        CONFIRMED,
        CANCELLED,
        EXPIRED
    }

    /**
     * The product of the item.
     *
     * @param status {@code AVAILABLE} for the holder of units, even of the last one; otherwise what any buyer sees
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ProductInfo(@Nullable String imageUrl, Product.Status status) {}

    @Override
    @JsonProperty
    @JsonFormat(shape = JsonFormat.Shape.STRING)
    public BigDecimal subtotal() {
        return price.multiply(BigDecimal.valueOf(quantity));
    }

    @JsonProperty
    @JsonFormat(shape = JsonFormat.Shape.STRING)
    public BigDecimal total() {
        return subtotal().add(shippingFee);
    }
}
