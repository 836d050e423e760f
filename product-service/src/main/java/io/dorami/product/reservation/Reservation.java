package io.dorami.product.reservation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Units of a product held for a buyer until {@code expiresAt}, at the price of the time of the request, in won. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Reservation(
        UUID id,
        UUID productId,
        StreamKey streamKey,
        String productName,
        int quantity,
        @Nullable String option,
        long unitPrice,
        State state,
        Instant createdAt,
        Instant expiresAt,
        boolean extended,
        @Nullable String orderId) {

    /** State of a reservation. */
    public enum State {
        HELD,
        /** An order was created from the reservation. */
        CONFIRMED,
        CANCELLED,
        EXPIRED
    }

    @JsonProperty
    public long totalPrice() {
        return unitPrice * quantity;
    }
}
