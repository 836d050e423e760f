package io.dorami.product.payment;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/**
 * What the payment provider says.
 *
 * @param paymentId the provider's own id of the payment; the same in every repeat
 * @param amount won
 */
@RegisterForReflection // read from the raw body, which native images do not see
public record PaymentCallback(
        @NotBlank @Size(max = 100) String paymentId,
        @NotBlank @Size(max = 40) String orderId,
        @NotNull @Min(0) @Max(1_000_000_000_000L) Long amount,
        @NotNull Status status) {

    /** What has become of the payment. */
    public enum Status {
        PAID,
        /** The buyer may try again until the order's time is over. */
        FAILED
    }
}
