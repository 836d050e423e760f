package io.dorami.product.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.keys.StreamKey;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Request body that creates a product. Prices are whole won; the timer is in minutes. */
public record NewProduct(
        @NotNull StreamKey streamKey,
        @NotBlank @Size(max = 200) String name,
        @NotNull @PositiveOrZero @Max(1_000_000_000) Long price,
        @NotNull @PositiveOrZero @Max(1_000_000) Integer stock,
        @Nullable @Size(max = 20) List<@NotBlank @Size(max = 50) String> colorOptions,
        @Nullable @Size(max = 20) List<@NotBlank @Size(max = 50) String> sizeOptions,
        @Nullable @Size(max = 500) String imageUrl,
        @Nullable @Size(max = 20) List<@NotBlank @Size(max = 500) String> images,
        @Nullable @Min(0) @Max(10_000) Integer sortOrder,
        @JsonProperty("isNew") @Nullable Boolean isNew,
        @Nullable @Min(0) @Max(100) Integer discountRate,
        @Nullable @PositiveOrZero @Max(1_000_000_000) Long originalPrice,
        @Nullable Boolean timerEnabled,
        @Nullable @Min(1) @Max(1_440) Integer timerDuration,
        @Nullable Instant expiresAt) {}
