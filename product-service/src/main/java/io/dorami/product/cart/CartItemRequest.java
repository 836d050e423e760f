package io.dorami.product.cart;

import io.dorami.service.rest.StrictBody;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Null;
import jakarta.validation.constraints.Size;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Request body that puts units of a product into the cart.
 *
 * @param color one of the product's colors
 * @param size one of the product's sizes
 * @param variantId not supported
 */
public record CartItemRequest(
        @NotNull UUID productId,
        @NotNull @Min(1) @Max(CartItemRequest.MAX_QUANTITY) Integer quantity,
        @Nullable @Size(max = 50) String color,
        @Nullable @Size(max = 50) String size,

        @Nullable @Null(message = "is not supported; use color and size")
        String variantId)
        implements StrictBody {

    /** Units of one item, so that one buyer does not empty a product. */
    static final int MAX_QUANTITY = 10;

    /** The web client sends an empty text if nothing was chosen. */
    public CartItemRequest {
        color = color == null || color.isBlank() ? null : color;
        size = size == null || size.isBlank() ? null : size;
    }

    /** Distinguishes this request from another with the same idempotency key. */
    String fingerprint() {
        return "cart " + productId + " " + quantity + " " + color + " / " + size;
    }
}
