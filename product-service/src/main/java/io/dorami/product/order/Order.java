package io.dorami.product.order;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order of a buyer. Prices are whole won.
 *
 * @param id {@code ORD-YYYYMMDD-NNNNN}, by the day in Seoul; numbers may have gaps and are not in order
 * @param payUntil the time at which an unpaid order is cancelled
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Order(
        String id,
        UUID reservationId,
        UUID productId,
        StreamKey streamKey,
        String productName,
        String userId,
        int quantity,
        @Nullable String option,
        long unitPrice,
        State state,
        Instant createdAt,
        Instant payUntil,
        @Nullable Instant paidAt,
        @Nullable Instant cancelledAt) {

    /** State of an order. */
    public enum State {
        PENDING_PAYMENT,
        PAID,
        /** The units were returned to stock. */
        CANCELLED
    }

    @JsonProperty
    public long totalPrice() {
        return unitPrice * quantity;
    }
}
