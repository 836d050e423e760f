package io.dorami.product.order;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.cart.ShippingFees;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An item of an order, as agreed on: later changes of the product change nothing here.
 *
 * @param id the id of the cart item that it was
 * @param price the price of one unit
 * @param shippingFee the item's fee, before a show waives it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OrderItem(
        UUID id,
        UUID productId,
        String productName,
        @Nullable StreamKey streamKey,
        int quantity,
        BigDecimal price,
        BigDecimal shippingFee,
        @Nullable String color,
        @Nullable String size,
        @Nullable String imageUrl)
        implements ShippingFees.Line {

    @Override
    @JsonIgnore
    public BigDecimal subtotal() {
        return price.multiply(BigDecimal.valueOf(quantity));
    }
}
