package io.dorami.product.cart;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.commands.FreeShipping;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A buyer's cart. Sums count the items whose units are held; amounts are JSON strings as in {@link CartItem}.
 *
 * @param items held items and those that expired lately, the newest first
 * @param itemCount number of held units
 * @param defaultShippingFee the fee if no show paid shipping; the web client computes the fee of chosen items from it
 * @param earliestExpiration the first end of a visible timer
 * @param shippingWaived true if shows pay all the shipping that the items would cost
 * @param freeShippingMode the terms of the first show that offers free shipping
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Cart(
        List<CartItem> items,
        int itemCount,
        @JsonFormat(shape = JsonFormat.Shape.STRING) BigDecimal subtotal,
        @JsonFormat(shape = JsonFormat.Shape.STRING) BigDecimal totalShippingFee,
        @JsonFormat(shape = JsonFormat.Shape.STRING) BigDecimal grandTotal,
        @JsonFormat(shape = JsonFormat.Shape.STRING) BigDecimal defaultShippingFee,
        @Nullable Instant earliestExpiration,
        boolean shippingWaived,
        FreeShipping.Mode freeShippingMode,
        @Nullable BigDecimal freeShippingThreshold) {}
