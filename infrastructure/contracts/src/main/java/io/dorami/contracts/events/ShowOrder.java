package io.dorami.contracts.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order as the sellers of one show see it: only the items of that show.
 *
 * @param total the sum of these items, without shipping
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShowOrder(
        String id,
        String buyerName,
        OrderState status,
        List<OrderLine> items,
        BigDecimal total,
        Instant createdAt,
        @Nullable Instant paidAt,
        @Nullable Instant cancelledAt) {

    /** State of an order, by its name in the database. */
    public enum OrderState {
        PENDING_PAYMENT,
        PAID,
        CANCELLED
    }

    /** Units of one product. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OrderLine(
            UUID productId,
            String productName,
            int quantity,
            BigDecimal unitPrice,
            @Nullable String color,
            @Nullable String size) {}
}
