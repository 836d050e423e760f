package io.dorami.contracts.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A stream as everybody sees it in a list.
 *
 * @param viewerCount left out where it would be old at once: in an event
 * @param startedAt the show's first frame; a publisher that comes back does not reset it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StreamSummary(
        UUID id,
        StreamKey streamKey,
        String title,
        @Nullable String description,
        @Nullable Long viewerCount,
        @Nullable String thumbnailUrl,
        @Nullable Instant startedAt,
        @Nullable Instant scheduledAt,
        StreamStatus status,
        @JsonProperty("isLive") boolean isLive,
        Host host) {

    /** Who shows. */
    public record Host(String id, String name) {}
}
