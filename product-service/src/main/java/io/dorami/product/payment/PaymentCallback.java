package io.dorami.product.payment;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;

/**
 * Request body of the payment provider's callback.
 *
 * @param paymentId the provider's own id of the payment; the same in every repeat
 * @param amount in the configured currency
 * @param status {@code PAID}, {@code FAILED}, {@code CANCELLED} or {@code REFUNDED}; a state that this version does not
 *     know is acknowledged, because the provider would repeat a rejected call for days
 */
@RegisterForReflection // parsed from the raw body, so Quarkus does not register the type for native images
public record PaymentCallback(
        @NotBlank @Size(max = 100) String paymentId,
        @NotBlank @Size(max = 40) String orderId,
        @NotNull @Min(0) @Max(1_000_000_000_000L) BigDecimal amount,
        @NotBlank @Size(max = 40) String status) {}
