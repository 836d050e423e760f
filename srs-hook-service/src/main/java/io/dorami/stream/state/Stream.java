package io.dorami.stream.state;

import io.dorami.contracts.User;
import io.dorami.contracts.events.StreamSummary;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.stream.state.StreamRules.StateChange;
import io.dorami.stream.state.StreamRules.Transition;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A stream as it is kept.
 *
 * @param startedAt the show's first frame: a reconnect does not reset it
 * @param keyGeneration publish keys of an earlier one are void
 */
public record Stream(
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
        int keyGeneration,
        StreamProgress course) {

    /** What becomes of a stream, and what is to be told of it. */
    record Step(Stream stream, Optional<StateChange> change) {}

    /** On that course from now on. */
    Step on(Transition outcome, Instant now) {
        boolean started = outcome.change().filter(StateChange.STARTED::equals).isPresent();
        boolean ended = outcome.change().filter(StateChange.ENDED::equals).isPresent();
        Stream next = new Stream(
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
                keyGeneration,
                outcome.course());
        return new Step(next, outcome.change());
    }

    /** The publish keys so far are void; the next one is good until then. */
    Stream withNewKey(Instant expires) {
        return new Stream(
                id,
                key,
                ownerId,
                ownerName,
                title,
                description,
                thumbnailUrl,
                scheduledAt,
                expires,
                createdAt,
                startedAt,
                endedAt,
                keyGeneration + 1,
                course);
    }

    public StreamState state() {
        return course.state();
    }

    public Optional<Publisher> publisher() {
        return course.state() instanceof StreamState.Live live ? Optional.of(live.publisher()) : Optional.empty();
    }

    public boolean belongsTo(User user) {
        return user.id().equals(ownerId);
    }

    public boolean mayBeChangedBy(User user) {
        return user.admin() || belongsTo(user);
    }

    public StreamSummary.Host host() {
        return new StreamSummary.Host(ownerId, ownerName);
    }

    public StreamSummary card(@Nullable Long viewers) {
        return new StreamSummary(
                id,
                key,
                title,
                description,
                viewers,
                thumbnailUrl,
                startedAt,
                scheduledAt,
                state().status(),
                state().onAir(),
                host());
    }
}
