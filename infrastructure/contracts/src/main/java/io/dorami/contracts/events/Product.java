package io.dorami.contracts.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A product as clients see it. Prices are whole won. {@code version} rises with every change; clients ignore a lower
 * version that arrives late.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Product(
        UUID id,
        StreamKey streamKey,
        String name,
        long price,
        int stock,
        List<String> colorOptions,
        List<String> sizeOptions,
        @Nullable String imageUrl,
        List<String> images,
        int sortOrder,
        @JsonProperty("isNew") boolean isNew,
        @Nullable Integer discountRate,
        @Nullable Long originalPrice,
        boolean timerEnabled,
        int timerDuration,
        Status status,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant expiresAt,
        long version) {

    /** The availability of a product. */
    public enum Status {
        AVAILABLE,
        SOLD_OUT
    }
}
