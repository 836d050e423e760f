package io.dorami.product.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.Money;
import io.dorami.service.rest.StrictBody;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Request body that creates a product.
 *
 * @param streamKey absent for a product that only the shop sells
 * @param timerDuration in minutes
 * @param status {@code SOLD_OUT} closes the product until the seller opens it
 * @param flashPrice the price until {@code flashEndsAt}, at most seven days from now
 * @param variants not supported; an empty list is accepted, because the web client sends it
 */
public record NewProduct(
        @Nullable StreamKey streamKey,
        @NotBlank @Size(max = 200) String name,
        @NotNull @Money BigDecimal price,
        @NotNull @PositiveOrZero @Max(1_000_000) Integer stock,
        @Nullable @Size(max = 20) List<@NotBlank @Size(max = 50) String> colorOptions,
        @Nullable @Size(max = 20) List<@NotBlank @Size(max = 50) String> sizeOptions,
        @Nullable @Size(max = 500) String imageUrl,
        @Nullable @Size(max = 20) List<@NotBlank @Size(max = 500) String> images,
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

        @Nullable Instant expiresAt)
        implements StrictBody {}
