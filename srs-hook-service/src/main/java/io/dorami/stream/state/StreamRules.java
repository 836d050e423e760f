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
 * The state machine of a stream: PENDING → LIVE → GRACE → OFFLINE → LIVE. Pure; hooks may be lost, doubled or out of order.
 */
public final class StreamRules {

    /** Reconnects whose unpublish hooks are all late, at the same time; a hook is late by milliseconds. */
    private static final int RIVALS = 4;

    private final Duration grace;
    private final Duration settle;

    /** Both are explained in {@code StreamConfig}. */
    StreamRules(Duration grace, Duration settle) {
        this.grace = grace;
        this.settle = settle;
    }

    /** What is true from now on, and what is to be told. */
    record Transition(StreamProgress course, Optional<StateChange> change) {

        static Transition quiet(StreamProgress course) {
            return new Transition(course, Optional.empty());
        }

        private static Transition of(StreamProgress course, StateChange change) {
            return new Transition(course, Optional.of(change));
        }
    }

    /** What viewers and services hear of. */
    public enum StateChange {
        STARTED,
        ENDED
    }

    /** Somebody with a valid key was let in. */
    Transition publish(StreamProgress course, Publisher publisher, SrsInstances runs, Instant now) {
        if (course.gone().contains(publisher)) {
            return Transition.quiet(course); // its hooks came in the wrong order
        }
        return switch (course.state()) {
            case Pending pending -> start(course, live(publisher), now);
            case Offline offline -> start(course, live(publisher), now);
            case Grace grace -> Transition.quiet(course.in(live(publisher), now));
            case Live live
            when !live.publisher().run().equals(publisher.run()) ->
                runs.before(publisher.run(), live.publisher().run())
                        ? Transition.quiet(course)
                        : Transition.quiet(course.in(live(publisher), now)); // SRS restarted
            case Live live
            when live.publisher().equals(publisher) || live.rivals().contains(publisher) -> Transition.quiet(course);
            case Live live -> Transition.quiet(course.in(challenged(live, publisher), now));
        };
    }

    /** That publisher is gone, by SRS's word; anybody else's going changes nothing. */
    Transition unpublish(StreamProgress course, Publisher publisher, Instant now) {
        StreamProgress after = course.without(publisher);
        return switch (after.state()) {
            case Live live
            when live.publisher().equals(publisher) -> Transition.quiet(after.in(succeeded(live, now), now));
            case Live live ->
                Transition.quiet(after.in(
                        new Live(
                                live.publisher(),
                                live.rivals().stream()
                                        .filter(rival -> !rival.equals(publisher))
                                        .toList()),
                        now));
            case Grace grace -> Transition.quiet(after);
            case Pending pending -> Transition.quiet(after);
            case Offline offline -> Transition.quiet(after);
        };
    }

    /**
     * What SRS has, by its own list or by its silence.
     *
     * @param seen who publishes the stream
     * @param asked when the question was put
     */
    Transition observe(StreamProgress course, Optional<Publisher> seen, Instant asked, Instant now) {
        if (course.since().isAfter(asked.minus(settle))) {
            return Transition.quiet(course);
        }
        if (seen.isEmpty()) {
            return course.state() instanceof Live
                    ? Transition.quiet(course.in(new Grace(now.plus(grace)), now))
                    : Transition.quiet(course);
        }
        Publisher publisher = seen.get();
        if (course.gone().contains(publisher)) {
            return Transition.quiet(course); // ended by hand, and on its way out
        }
        return switch (course.state()) {
            case Live live when live.publisher().equals(publisher) -> Transition.quiet(course);
            case Live live -> Transition.quiet(course.in(live(publisher), now));
            case Grace grace -> Transition.quiet(course.in(live(publisher), now));
            case Pending pending -> start(course, live(publisher), now);
            case Offline offline -> start(course, live(publisher), now);
        };
    }

    /** SRS is in that run now: publishers of an earlier one are gone, and nothing will say so. */
    Transition restart(StreamProgress course, String run, SrsInstances runs, Instant now) {
        return course.state() instanceof Live live
                        && runs.before(live.publisher().run(), run)
                ? Transition.quiet(course.in(new Grace(now.plus(grace)), now)) // and not for good: runs may be misheard
                : Transition.quiet(course);
    }

    /** The seller begins the show before the encoder does, which has the grace to come. */
    Transition announce(StreamProgress course, Instant now) {
        return course.state().onAir() ? Transition.quiet(course) : start(course, new Grace(now.plus(grace)), now);
    }

    /** Time has passed. */
    Transition expire(StreamProgress course, Instant now) {
        return course.state() instanceof Grace grace && !grace.until().isAfter(now)
                ? Transition.of(course.in(new Offline(), now), StateChange.ENDED)
                : Transition.quiet(course);
    }

    /** Over, at once: whoever publishes is not listened to any more. */
    Transition stop(StreamProgress course, Instant now) {
        boolean ended = course.state().onAir();
        StreamProgress after =
                (course.state() instanceof Live live ? withoutAll(course, live) : course).in(new Offline(), now);
        return ended ? Transition.of(after, StateChange.ENDED) : Transition.quiet(after);
    }

    private static StreamProgress withoutAll(StreamProgress course, Live live) {
        StreamProgress after = course.without(live.publisher());
        for (Publisher rival : live.rivals()) {
            after = after.without(rival);
        }
        return after;
    }

    private static Transition start(StreamProgress course, StreamState state, Instant now) {
        return Transition.of(course.in(state, now), StateChange.STARTED);
    }

    private static Live live(Publisher publisher) {
        return new Live(publisher, List.of());
    }

    private static Live challenged(Live live, Publisher rival) {
        List<Publisher> rivals = new ArrayList<>(live.rivals());
        rivals.add(rival);
        return new Live(
                live.publisher(), List.copyOf(rivals.subList(Math.max(0, rivals.size() - RIVALS), rivals.size())));
    }

    private StreamState succeeded(Live live, Instant now) {
        return live.rivals().isEmpty()
                ? new Grace(now.plus(grace))
                : new Live(
                        live.rivals().getLast(),
                        live.rivals().subList(0, live.rivals().size() - 1));
    }
}
