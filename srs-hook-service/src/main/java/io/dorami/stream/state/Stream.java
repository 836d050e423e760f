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
 * A stream as it is stored.
 *
 * @param expiresAt the end of the publish key's validity
 * @param startedAt the time of the show's first frame; a reconnect does not reset it
 * @param keyGeneration the generation of the publish key; keys of earlier generations are revoked
 */
public record Stream(
        UUID id,
        StreamKey key,
        String ownerId,
        String ownerName,
        StreamDetails details,
        Instant expiresAt,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        int keyGeneration,
        StreamProgress progress) {

    /** A stream after a transition, with the change to publish. */
    record AppliedTransition(Stream stream, Optional<StateChange> change) {}

    /** Applies a transition of the state machine. */
    AppliedTransition apply(Transition transition, Instant now) {
        boolean started =
                transition.change().filter(StateChange.STARTED::equals).isPresent();
        boolean ended = transition.change().filter(StateChange.ENDED::equals).isPresent();
        Stream next = new Stream(
                id,
                key,
                ownerId,
                ownerName,
                details,
                expiresAt,
                createdAt,
                started ? now : startedAt,
                started ? null : ended ? now : endedAt,
                keyGeneration,
                transition.progress());
        return new AppliedTransition(next, transition.change());
    }

    /** Revokes all publish keys so far; the next one is valid until the given time. */
    Stream withNextKeyGeneration(Instant expires) {
        return new Stream(
                id,
                key,
                ownerId,
                ownerName,
                details,
                expires,
                createdAt,
                startedAt,
                endedAt,
                keyGeneration + 1,
                progress);
    }

    /** Replaces the details; the publish key stays valid at least until the given time. */
    Stream withDetails(StreamDetails edited, Instant minExpiry) {
        return new Stream(
                id,
                key,
                ownerId,
                ownerName,
                edited,
                expiresAt.isBefore(minExpiry) ? minExpiry : expiresAt,
                createdAt,
                startedAt,
                endedAt,
                keyGeneration,
                progress);
    }

    public StreamState state() {
        return progress.state();
    }

    public Optional<Publisher> publisher() {
        return progress.state() instanceof StreamState.Live live ? Optional.of(live.publisher()) : Optional.empty();
    }

    public boolean isOwnedBy(User user) {
        return user.id().equals(ownerId);
    }

    public boolean canBeManagedBy(User user) {
        return user.isAdmin() || isOwnedBy(user);
    }

    public StreamSummary.Host host() {
        return new StreamSummary.Host(ownerId, ownerName);
    }

    public StreamSummary summary(@Nullable Long viewerCount) {
        return new StreamSummary(
                id,
                key,
                details.title(),
                details.description(),
                viewerCount,
                details.thumbnailUrl(),
                startedAt,
                details.scheduledAt(),
                state().status(),
                state().isOnAir(),
                host());
    }
}
