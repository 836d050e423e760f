package io.dorami.contracts.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.keys.StreamKey;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A product as clients see it. Amounts are decimals of the configured currency. {@code version} rises with every change;
 * clients ignore a lower version that arrives late.
 *
 * @param streamKey the show that sells the product; null if only the shop sells it
 * @param price what a unit costs now; during a flash sale the flash price
 * @param discountRate in percent
 * @param originalPrice the struck-out price; during a flash sale at least the regular price
 * @param flashPrice only during a flash sale
 * @param flashEndsAt the moment from which the regular price holds again
 * @param shippingFee the fee of an order line with this product, whatever its quantity
 * @param timerEnabled true if the product has a hold time of its own; see {@code timerDuration}
 * @param timerDuration minutes for which a cart item holds its units
 * @param excludeFromStore true if the product is hidden from the shop's lists
 * @param expiresAt the end of the sale; nothing is held afterwards
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Product(
        UUID id,
        @Nullable StreamKey streamKey,
        String name,
        BigDecimal price,
        int stock,
        List<String> colorOptions,
        List<String> sizeOptions,
        @Nullable String imageUrl,
        List<String> images,
        int sortOrder,
        @JsonProperty("isNew") boolean isNew,
        @Nullable BigDecimal discountRate,
        @Nullable BigDecimal originalPrice,
        @Nullable BigDecimal flashPrice,
        @Nullable Instant flashEndsAt,
        BigDecimal shippingFee,
        boolean timerEnabled,
        int timerDuration,
        boolean excludeFromStore,
        Status status,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant expiresAt,
        long version) {

    /** Returns true if the sale has ended: nothing new is held. */
    public boolean isEnded(Instant now) {
        return expiresAt != null && !expiresAt.isAfter(now);
    }

    /** The availability of a product. */
    public enum Status {
        AVAILABLE,
        SOLD_OUT
    }
}
