package io.dorami.product.reservation;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Request body that reserves units of a product.
 *
 * @param option one of the product's colors or sizes, or both as {@code "red / L"}
 */
public record ReservationRequest(
        @NotNull UUID productId,
        @NotNull @Min(1) @Max(10) Integer quantity,
        @Nullable @Size(min = 1, max = 103) String option) {

    /** Distinguishes this request from another with the same idempotency key. */
    String fingerprint() {
        return productId + " " + quantity + " " + option;
    }
}
