package io.dorami.product.payment;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/**
 * Request body of the payment provider's callback.
 *
 * @param paymentId the provider's own id of the payment; the same in every repeat
 * @param amount in won
 */
@RegisterForReflection // parsed from the raw body, so Quarkus does not register the type for native images
public record PaymentCallback(
        @NotBlank @Size(max = 100) String paymentId,
        @NotBlank @Size(max = 40) String orderId,
        @NotNull @Min(0) @Max(1_000_000_000_000L) Long amount,
        @NotNull Status status) {

    /** Result of the payment. */
    public enum Status {
        PAID,
        /** The buyer may retry until the order is cancelled as unpaid. */
        FAILED
    }
}
