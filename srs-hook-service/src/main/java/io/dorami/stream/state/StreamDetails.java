package io.dorami.stream.state;

import io.dorami.contracts.commands.FreeShipping;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The part of a stream that its owner edits.
 *
 * @param scheduledAt the announced start, at most {@link #MAX_SCHEDULE_DISTANCE} from the time of the edit
 */
public record StreamDetails(
        String title,
        @Nullable String description,
        @Nullable String thumbnailUrl,
        @Nullable Instant scheduledAt,
        FreeShipping freeShipping) {

    /** Nearly all shows start within days. A time beyond a year is a mistake, such as milliseconds read as seconds. */
    public static final Duration MAX_SCHEDULE_DISTANCE = Duration.ofDays(365);
}
