package io.dorami.product.order;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.ShowOrder;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.cart.ShippingFees;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An order of a buyer. Amounts are decimals of the configured currency.
 *
 * @param id {@code ORD-YYYYMMDD-NNNNN}, by the day in Seoul; numbers may have gaps and are not in order
 * @param depositorName the name under which the buyer transfers the money
 * @param total the subtotal of the items and the shipping fee
 * @param payUntil the time at which an unpaid order is cancelled
 * @param bankTransferInfo the account for the payment; only while the order is unpaid and an account is configured
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Order(
        String id,
        String userId,
        String userEmail,
        String depositorName,
        String instagramId,
        Customer customer,
        Status status,
        PaymentStatus paymentStatus,
        BigDecimal subtotal,
        BigDecimal shippingFee,
        BigDecimal total,
        Instant createdAt,
        Instant payUntil,
        @Nullable Instant paidAt,
        @Nullable Instant cancelledAt,
        List<OrderItem> items,
        @Nullable BankTransferInfo bankTransferInfo) {

    /** State of an order, by its name in the database. */
    @Schema(name = "OrderStatus")
    public enum Status {
        PENDING_PAYMENT,
        @JsonProperty("PAYMENT_CONFIRMED")
        PAID,
        /** The units were returned to stock. */
        CANCELLED;

        /**
         * Parses a query parameter. JAX-RS calls this method by its name.
         *
         * @throws DoramiException {@link ErrorCode#VALIDATION_ERROR} if there is no such status
         */
        public static Status fromString(String name) {
            return switch (name) {
                case "PENDING_PAYMENT" -> PENDING_PAYMENT;
                case "PAYMENT_CONFIRMED" -> PAID;
                case "CANCELLED" -> CANCELLED;
                default ->
                    throw new DoramiException(
                            ErrorCode.VALIDATION_ERROR,
                            "status: expected one of PENDING_PAYMENT, PAYMENT_CONFIRMED, CANCELLED");
            };
        }
    }

    /** State of the payment. */
    public enum PaymentStatus {
        PENDING,
        CONFIRMED,
        /** The provider reported a failure, or the order was cancelled unpaid. */
        FAILED
    }

    /** The buyer, as the admin's page reads it. */
    public record Customer(String id, String name, String email, String instagramId, String depositorName) {}

    /** The account to which the buyer transfers the money, and the amount. */
    public record BankTransferInfo(
            String bankName, String accountNumber, String accountHolder, BigDecimal amount, String depositorName) {}

    /** The time of the last change of state. */
    @JsonProperty
    public Instant updatedAt() {
        return Stream.of(createdAt, paidAt, cancelledAt)
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(createdAt);
    }

    /** The order as the sellers of a show see it: with the items of this show alone. */
    ShowOrder ofShow(StreamKey key) {
        List<OrderItem> ofShow =
                items.stream().filter(item -> key.equals(item.streamKey())).toList();
        return new ShowOrder(
                id,
                customer.name(),
                switch (status) {
                    case PENDING_PAYMENT -> ShowOrder.OrderState.PENDING_PAYMENT;
                    case PAID -> ShowOrder.OrderState.PAID;
                    case CANCELLED -> ShowOrder.OrderState.CANCELLED;
                },
                ofShow.stream()
                        .map(item -> new ShowOrder.OrderLine(
                                item.productId(),
                                item.productName(),
                                item.quantity(),
                                item.price(),
                                item.color(),
                                item.size()))
                        .toList(),
                ShippingFees.sum(ofShow.stream().map(OrderItem::subtotal).toList()),
                createdAt,
                paidAt,
                cancelledAt);
    }

    /** The shows whose products were ordered. */
    @JsonIgnore
    public List<StreamKey> streamKeys() {
        return items.stream()
                .map(OrderItem::streamKey)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }
}
