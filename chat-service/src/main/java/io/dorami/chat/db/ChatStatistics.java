package io.dorami.chat.db;

import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The chat of a show in numbers.
 *
 * @param endedAt null while the show is on air
 * @param messages accepted messages, deleted ones included; a repeat counts once
 */
public record ChatStatistics(
        StreamKey stream, Instant startedAt, @Nullable Instant endedAt, long messages) {}
