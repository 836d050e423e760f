package io.dorami.stream.state;

import io.dorami.stream.state.StreamState.Grace;
import io.dorami.stream.state.StreamState.Live;
import io.dorami.stream.state.StreamState.Offline;
import io.dorami.stream.state.StreamState.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The state machine of a stream: PENDING → LIVE → GRACE → OFFLINE → LIVE. Its functions are pure, and tolerate hooks
 * that are lost, doubled or out of order.
 */
final class StreamRules {

    /** Simultaneous reconnects whose unpublish hooks are all late; a hook is late by milliseconds. */
    private static final int MAX_RIVALS = 4;

    private final Duration gracePeriod;
    private final Duration settleTime;

    /** {@code StreamConfig} explains both durations. */
    StreamRules(Duration gracePeriod, Duration settleTime) {
        this.gracePeriod = gracePeriod;
        this.settleTime = settleTime;
    }

    /** The progress after an input, with the change to publish, if any. */
    record Transition(StreamProgress progress, Optional<StateChange> change) {

        static Transition of(StreamProgress progress) {
            return new Transition(progress, Optional.empty());
        }

        private static Transition of(StreamProgress progress, StateChange change) {
            return new Transition(progress, Optional.of(change));
        }
    }

    /** A change that is published to viewers and services. */
    enum StateChange {
        STARTED,
        /** The show has no encoder any more. */
        INTERRUPTED,
        /** The show has an encoder again, or its first one. */
        RESUMED,
        ENDED
    }

    /** A publisher with a valid key was accepted. */
    Transition publish(StreamProgress progress, Publisher publisher, SrsInstances instances, Instant now) {
        if (progress.gonePublishers().contains(publisher)) {
            return Transition.of(progress); // the publisher's hooks arrived out of order
        }
        return switch (progress.state()) {
            case Pending pending -> start(progress, live(publisher), now);
            case Offline offline -> start(progress, live(publisher), now);
            case Grace grace -> resume(progress, publisher, now);
            case Live live
            when !live.publisher().instanceId().equals(publisher.instanceId()) ->
                instances.isBefore(publisher.instanceId(), live.publisher().instanceId())
                        ? Transition.of(progress)
                        : Transition.of(progress.withState(live(publisher), now)); // SRS restarted
            case Live live
            when live.publisher().equals(publisher) || live.rivals().contains(publisher) -> Transition.of(progress);
            case Live live -> Transition.of(progress.withState(withRival(live, publisher), now));
        };
    }

    /**
     * SRS reported that a publisher is gone. A client that is neither publisher nor rival is only remembered as gone.
     */
    Transition unpublish(StreamProgress progress, Publisher publisher, Instant now) {
        StreamProgress after = progress.withGone(publisher);
        return switch (after.state()) {
            case Live live
            when live.publisher().equals(publisher) ->
                live.rivals().isEmpty()
                        ? interrupt(after, now)
                        : Transition.of(after.withState(withNewestRival(live), now));
            case Live live ->
                Transition.of(after.withState(
                        new Live(
                                live.publisher(),
                                live.rivals().stream()
                                        .filter(rival -> !rival.equals(publisher))
                                        .toList()),
                        now));
            case Grace grace -> Transition.of(after);
            case Pending pending -> Transition.of(after);
            case Offline offline -> Transition.of(after);
        };
    }

    /**
     * Applies the publisher in SRS's list, or its absence.
     *
     * @param observed the present publisher of the stream
     * @param requestedAt the time at which the list was requested
     */
    Transition observe(StreamProgress progress, Optional<Publisher> observed, Instant requestedAt, Instant now) {
        if (progress.since().isAfter(requestedAt.minus(settleTime))) {
            return Transition.of(progress);
        }
        if (observed.isEmpty()) {
            return progress.state() instanceof Live ? interrupt(progress, now) : Transition.of(progress);
        }
        Publisher publisher = observed.get();
        if (progress.gonePublishers().contains(publisher)) {
            return Transition.of(progress); // the show was stopped, and the publisher is being disconnected
        }
        return switch (progress.state()) {
            case Live live when live.publisher().equals(publisher) -> Transition.of(progress);
            case Live live -> Transition.of(progress.withState(live(publisher), now));
            case Grace grace -> resume(progress, publisher, now);
            case Pending pending -> start(progress, live(publisher), now);
            case Offline offline -> start(progress, live(publisher), now);
        };
    }

    /**
     * A new instance of SRS runs: publishers of earlier instances are gone, without an unpublish hook. The show gets
     * its grace period and does not end immediately, because the order of instances may be wrong.
     */
    Transition restart(StreamProgress progress, String instanceId, SrsInstances instances, Instant now) {
        return progress.state() instanceof Live live
                        && instances.isBefore(live.publisher().instanceId(), instanceId)
                ? interrupt(progress, now)
                : Transition.of(progress);
    }

    /** The seller starts the show before the encoder connects. The encoder has the grace period to connect. */
    Transition announce(StreamProgress progress, Instant now) {
        return progress.state().isOnAir()
                ? Transition.of(progress)
                : start(progress, new Grace(now.plus(gracePeriod)), now);
    }

    /** Ends the show if its grace period has passed. */
    Transition expire(StreamProgress progress, Instant now) {
        return progress.state() instanceof Grace grace && !grace.until().isAfter(now)
                ? Transition.of(progress.withState(new Offline(), now), StateChange.ENDED)
                : Transition.of(progress);
    }

    /** Ends the show immediately. Its publisher and rivals are ignored from now on. */
    Transition stop(StreamProgress progress, Instant now) {
        boolean ended = progress.state().isOnAir();
        StreamProgress after = (progress.state() instanceof Live live ? withAllGone(progress, live) : progress)
                .withState(new Offline(), now);
        return ended ? Transition.of(after, StateChange.ENDED) : Transition.of(after);
    }

    private static StreamProgress withAllGone(StreamProgress progress, Live live) {
        StreamProgress after = progress.withGone(live.publisher());
        for (Publisher rival : live.rivals()) {
            after = after.withGone(rival);
        }
        return after;
    }

    private static Transition start(StreamProgress progress, StreamState state, Instant now) {
        return Transition.of(progress.withState(state, now), StateChange.STARTED);
    }

    private Transition interrupt(StreamProgress progress, Instant now) {
        return Transition.of(progress.withState(new Grace(now.plus(gracePeriod)), now), StateChange.INTERRUPTED);
    }

    private static Transition resume(StreamProgress progress, Publisher publisher, Instant now) {
        return Transition.of(progress.withState(live(publisher), now), StateChange.RESUMED);
    }

    private static Live live(Publisher publisher) {
        return new Live(publisher, List.of());
    }

    private static Live withRival(Live live, Publisher rival) {
        List<Publisher> rivals = new ArrayList<>(live.rivals());
        rivals.add(rival);
        return new Live(
                live.publisher(), List.copyOf(rivals.subList(Math.max(0, rivals.size() - MAX_RIVALS), rivals.size())));
    }

    private static Live withNewestRival(Live live) {
        return new Live(
                live.rivals().getLast(), live.rivals().subList(0, live.rivals().size() - 1));
    }
}
