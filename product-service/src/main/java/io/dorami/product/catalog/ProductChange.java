package io.dorami.product.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.events.Product;
import io.dorami.service.rest.Money;
import io.dorami.service.rest.StrictBody;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Request body that changes a product. Absent fields keep their values.
 *
 * @param flashPrice the price until {@code flashEndsAt}, at most seven days from now
 * @param variants not supported; an empty list is accepted, because the web client sends it
 * @param version the version that the seller saw; the change is rejected if the product has changed since
 */
public record ProductChange(
        @Nullable @Size(max = 200) @Pattern(regexp = ".*\\S.*", message = "must not be blank")
        String name,

        @Nullable @Money BigDecimal price,
        @Nullable @PositiveOrZero @Max(1_000_000) Integer stock,
        @Nullable @Size(max = 20) List<@Size(min = 1, max = 50) String> colorOptions,
        @Nullable @Size(max = 20) List<@Size(min = 1, max = 50) String> sizeOptions,
        @Nullable @Size(max = 500) String imageUrl,
        @Nullable @Size(max = 20) List<@Size(min = 1, max = 500) String> images,
        @Nullable @Min(0) @Max(10_000) Integer sortOrder,
        @JsonProperty("isNew") @Nullable Boolean isNew,
        @Nullable @DiscountRate BigDecimal discountRate,
        @Nullable @Money BigDecimal originalPrice,
        @Nullable @Money BigDecimal flashPrice,
        @Nullable Instant flashEndsAt,
        @Nullable @Money BigDecimal shippingFee,
        @Nullable Boolean timerEnabled,

        @Nullable @Min(1) @Max(ProductRules.MAX_TIMER_MINUTES)
        Integer timerDuration,

        @Nullable Boolean excludeFromStore,
        Product.@Nullable Status status,

        @Nullable @Size(max = 0, message = "is not supported; use colorOptions and sizeOptions")
        List<Object> variants,

        @Nullable Instant expiresAt,
        @Nullable Long version)
        implements StrictBody {

    /** Creates a change of the stock, the status, or both. */
    public static ProductChange of(@Nullable Integer stock, Product.@Nullable Status status) {
        return of(stock, status, null);
    }

    ProductChange withVersion(long seen) {
        return new ProductChange(
                name,
                price,
                stock,
                colorOptions,
                sizeOptions,
                imageUrl,
                images,
                sortOrder,
                isNew,
                discountRate,
                originalPrice,
                flashPrice,
                flashEndsAt,
                shippingFee,
                timerEnabled,
                timerDuration,
                excludeFromStore,
                status,
                variants,
                expiresAt,
                seen);
    }

    /** Creates a change of the position in the list. */
    static ProductChange ofSortOrder(int sortOrder) {
        return of(null, null, sortOrder);
    }

    private static ProductChange of(
            @Nullable Integer stock, Product.@Nullable Status status, @Nullable Integer sortOrder) {
        return new ProductChange(
                null, null, stock, null, null, null, null, sortOrder, null, null, null, null, null, null, null, null,
                null, status, null, null, null);
    }
}
