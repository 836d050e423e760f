package io.dorami.contracts.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A stream in a public list.
 *
 * @param viewerCount omitted in events, where the count would be outdated immediately
 * @param scheduledAt the announced start; null and not absent without one, because the web client treats these differently
 * @param startedAt time of the show's first frame; a reconnecting publisher does not reset it
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

        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Instant scheduledAt,

        StreamStatus status,
        @JsonProperty("isLive") boolean isLive,
        Host host) {

    /** The host of the show. */
    public record Host(String id, String name) {}
}
