package io.dorami.stream.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.commands.FreeShipping;
import io.dorami.contracts.events.StreamStatus;
import io.dorami.contracts.keys.StreamKey;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A stream as its owner and admins see it.
 *
 * @param rtmpUrl the server address for the encoder, with {@code streamKey} as the key to stream under. Only the
 *     owner's address has the token without which nothing can be published
 * @param publishKey the token in another place: to be used as the key, with a server address that has no token. Only the
 *     owner gets it
 * @param whipUrl the path on the platform's origin at which a browser publishes, with the token; only the owner gets it
 * @param whepUrl the path on the platform's origin at which a browser plays with the lowest delay
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StreamSession(
        UUID id,
        String userId,
        StreamKey streamKey,
        String title,
        @Nullable String description,
        StreamStatus status,
        String rtmpUrl,
        String hlsUrl,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Instant scheduledAt,
        @Nullable String thumbnailUrl,
        FreeShipping.Mode freeShippingMode,
        @Nullable BigDecimal freeShippingThreshold,
        Instant expiresAt,
        Instant createdAt,
        @Nullable String publishKey,
        @Nullable String whipUrl,
        String whepUrl) {}
