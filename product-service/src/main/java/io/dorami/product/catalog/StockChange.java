package io.dorami.product.catalog;

import io.dorami.service.rest.StrictBody;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

/** Request body that adds units to the stock (positive quantity) or removes them (negative). */
public record StockChange(
        @NotNull @Min(-1_000_000) @Max(1_000_000) Integer quantity) implements StrictBody {}
