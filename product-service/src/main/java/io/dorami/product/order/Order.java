package io.dorami.product.order;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What somebody bought. Prices are whole won.
 *
 * @param id {@code ORD-YYYYMMDD-NNNNN}, the day as it is in Seoul; numbers may have gaps and are not in order
 * @param payUntil when it is cancelled if it was not paid
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

    /** What has become of it. */
    public enum State {
        PENDING_PAYMENT,
        PAID,
        /** Its stock is back. */
        CANCELLED
    }

    @JsonProperty
    public long totalPrice() {
        return unitPrice * quantity;
    }
}
