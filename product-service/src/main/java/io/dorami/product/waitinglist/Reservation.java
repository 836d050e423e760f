package io.dorami.product.waitinglist;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A user's place on the waiting list of a product.
 *
 * @param reservationNumber number on the product's list, from 1
 * @param promotedAt the time at which stock came back for the user
 * @param expiresAt the time until which a cart item holds the units for the user
 * @param queuePosition 1 for the next user to be served, 0 for a promoted one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Reservation(
        UUID id,
        String userId,
        UUID productId,
        String productName,
        int quantity,
        int reservationNumber,
        Status status,
        @Nullable Instant promotedAt,
        @Nullable Instant expiresAt,
        Instant createdAt,
        @Nullable Long remainingSeconds,
        @Nullable Long queuePosition,
        @Nullable UUID cartItemId) {

    /** State of a reservation. After the promotion it follows from the state of the cart item. */
    @Schema(name = "ReservationStatus")
    public enum Status {
        WAITING,
        /** A cart item holds the units. */
        PROMOTED,
        /** The user has ordered the units. */
        COMPLETED,
        CANCELLED,
        /** The user has not ordered in time. */
        EXPIRED
    }
}
