package io.dorami.product.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.events.Product;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Request body that changes a product. Absent fields keep their values. */
public record ProductChange(
        @Nullable @Size(max = 200) @Pattern(regexp = ".*\\S.*", message = "must not be blank")
        String name,

        @Nullable @PositiveOrZero @Max(1_000_000_000) Long price,
        @Nullable @PositiveOrZero @Max(1_000_000) Integer stock,
        @Nullable @Size(max = 20) List<@Size(min = 1, max = 50) String> colorOptions,
        @Nullable @Size(max = 20) List<@Size(min = 1, max = 50) String> sizeOptions,
        @Nullable @Size(max = 500) String imageUrl,
        @Nullable @Size(max = 20) List<@Size(min = 1, max = 500) String> images,
        @Nullable @Min(0) @Max(10_000) Integer sortOrder,
        @JsonProperty("isNew") @Nullable Boolean isNew,
        @Nullable @Min(0) @Max(100) Integer discountRate,
        @Nullable @PositiveOrZero @Max(1_000_000_000) Long originalPrice,
        @Nullable Boolean timerEnabled,
        @Nullable @Min(1) @Max(1_440) Integer timerDuration,
        Product.@Nullable Status status,
        @Nullable Instant expiresAt) {

    /** Creates a change of the stock, the status, or both. */
    public static ProductChange of(@Nullable Integer stock, Product.@Nullable Status status) {
        return new ProductChange(
                null, null, stock, null, null, null, null, null, null, null, null, null, null, status, null);
    }
}
