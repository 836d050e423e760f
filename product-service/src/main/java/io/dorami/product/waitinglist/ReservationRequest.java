package io.dorami.product.waitinglist;

import io.dorami.service.rest.StrictBody;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.UUID;

/** Request body that puts a user on the waiting list of a product; at most as many units as a cart item may have. */
public record ReservationRequest(
        @NotNull UUID productId, @NotNull @Min(1) @Max(10) Integer quantity) implements StrictBody {}
