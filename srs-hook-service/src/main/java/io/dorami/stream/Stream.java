package io.dorami.stream;

import io.dorami.contracts.StreamKey;
import io.dorami.contracts.User;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A stream as it is kept. {@code startedAt} is the show's first frame: a reconnect does not reset it. */
record Stream(
        UUID id,
        StreamKey key,
        String ownerId,
        String ownerName,
        String title,
        @Nullable String description,
        @Nullable String thumbnailUrl,
        @Nullable Instant scheduledAt,
        Instant expiresAt,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        StreamState state) {

    /** The same stream, in another state since {@code now}. */
    Stream in(StreamRules.Outcome outcome, Instant now) {
        boolean started =
                outcome.change().filter(StreamRules.Change.STARTED::equals).isPresent();
        boolean ended =
                outcome.change().filter(StreamRules.Change.ENDED::equals).isPresent();
        return new Stream(
                id,
                key,
                ownerId,
                ownerName,
                title,
                description,
                thumbnailUrl,
                scheduledAt,
                expiresAt,
                createdAt,
                started ? now : startedAt,
                started ? null : ended ? now : endedAt,
                outcome.state());
    }

    boolean mayBeChangedBy(User user) {
        return user.admin() || user.id().equals(ownerId);
    }
}
