package io.dorami.stream;

import io.dorami.stream.StreamState.Grace;
import io.dorami.stream.StreamState.Live;
import io.dorami.stream.StreamState.Offline;
import io.dorami.stream.StreamState.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The state machine of a stream: PENDING → LIVE → GRACE → OFFLINE → LIVE. Pure; hooks may be lost, doubled or out of order.
 */
final class StreamRules {

    /** Reconnects whose unpublish hooks are all late, at the same time; a hook is late by milliseconds. */
    private static final int RIVALS = 4;

    private final Duration grace;
    private final Duration settle;

    /** Both are explained in {@link StreamConfig}. */
    StreamRules(Duration grace, Duration settle) {
        this.grace = grace;
        this.settle = settle;
    }

    /** What is true from now on, and what is to be told. */
    record Outcome(Course course, Optional<Change> change) {

        static Outcome quiet(Course course) {
            return new Outcome(course, Optional.empty());
        }

        private static Outcome of(Course course, Change change) {
            return new Outcome(course, Optional.of(change));
        }
    }

    /** What viewers and services hear of. */
    enum Change {
        STARTED,
        ENDED
    }

    /** Somebody with a valid key was let in. */
    Outcome publish(Course course, Publisher publisher, SrsRuns runs, Instant now) {
        if (course.gone().contains(publisher)) {
            return Outcome.quiet(course); // its hooks came in the wrong order
        }
        return switch (course.state()) {
            case Pending pending -> start(course, live(publisher), now);
            case Offline offline -> start(course, live(publisher), now);
            case Grace grace -> Outcome.quiet(course.in(live(publisher), now));
            case Live live
            when !live.publisher().run().equals(publisher.run()) ->
                runs.before(publisher.run(), live.publisher().run())
                        ? Outcome.quiet(course)
                        : Outcome.quiet(course.in(live(publisher), now)); // SRS restarted
            case Live live
            when live.publisher().equals(publisher) || live.rivals().contains(publisher) -> Outcome.quiet(course);
            case Live live -> Outcome.quiet(course.in(challenged(live, publisher), now));
        };
    }

    /** That publisher is gone, by SRS's word; anybody else's going changes nothing. */
    Outcome unpublish(Course course, Publisher publisher, Instant now) {
        Course after = course.without(publisher);
        return switch (after.state()) {
            case Live live
            when live.publisher().equals(publisher) -> Outcome.quiet(after.in(succeeded(live, now), now));
            case Live live ->
                Outcome.quiet(after.in(
                        new Live(
                                live.publisher(),
                                live.rivals().stream()
                                        .filter(rival -> !rival.equals(publisher))
                                        .toList()),
                        now));
            case Grace grace -> Outcome.quiet(after);
            case Pending pending -> Outcome.quiet(after);
            case Offline offline -> Outcome.quiet(after);
        };
    }

    /**
     * What SRS has, by its own list or by its silence.
     *
     * @param seen who publishes the stream
     * @param asked when the question was put
     */
    Outcome observe(Course course, Optional<Publisher> seen, Instant asked, Instant now) {
        if (course.since().isAfter(asked.minus(settle))) {
            return Outcome.quiet(course);
        }
        if (seen.isEmpty()) {
            return course.state() instanceof Live
                    ? Outcome.quiet(course.in(new Grace(now.plus(grace)), now))
                    : Outcome.quiet(course);
        }
        Publisher publisher = seen.get();
        if (course.gone().contains(publisher)) {
            return Outcome.quiet(course); // ended by hand, and on its way out
        }
        return switch (course.state()) {
            case Live live when live.publisher().equals(publisher) -> Outcome.quiet(course);
            case Live live -> Outcome.quiet(course.in(live(publisher), now));
            case Grace grace -> Outcome.quiet(course.in(live(publisher), now));
            case Pending pending -> start(course, live(publisher), now);
            case Offline offline -> start(course, live(publisher), now);
        };
    }

    /** SRS is in that run now: publishers of an earlier one are gone, and nothing will say so. */
    Outcome restart(Course course, String run, SrsRuns runs, Instant now) {
        return course.state() instanceof Live live
                        && runs.before(live.publisher().run(), run)
                ? Outcome.quiet(course.in(new Grace(now.plus(grace)), now)) // and not for good: runs may be misheard
                : Outcome.quiet(course);
    }

    /** The seller begins the show before the encoder does, which has the grace to come. */
    Outcome announce(Course course, Instant now) {
        return course.state().onAir() ? Outcome.quiet(course) : start(course, new Grace(now.plus(grace)), now);
    }

    /** Time has passed. */
    Outcome expire(Course course, Instant now) {
        return course.state() instanceof Grace grace && !grace.until().isAfter(now)
                ? Outcome.of(course.in(new Offline(), now), Change.ENDED)
                : Outcome.quiet(course);
    }

    /** Over, at once: whoever publishes is not listened to any more. */
    Outcome stop(Course course, Instant now) {
        boolean ended = course.state().onAir();
        Course after = (course.state() instanceof Live live ? withoutAll(course, live) : course).in(new Offline(), now);
        return ended ? Outcome.of(after, Change.ENDED) : Outcome.quiet(after);
    }

    private static Course withoutAll(Course course, Live live) {
        Course after = course.without(live.publisher());
        for (Publisher rival : live.rivals()) {
            after = after.without(rival);
        }
        return after;
    }

    private static Outcome start(Course course, StreamState state, Instant now) {
        return Outcome.of(course.in(state, now), Change.STARTED);
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
