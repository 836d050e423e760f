package io.dorami.stream.state;

import static org.assertj.core.api.Assertions.fail;

import io.dorami.stream.state.StreamRules.StateChange;
import io.dorami.stream.state.StreamRules.Transition;
import io.dorami.stream.state.StreamState.Live;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever becomes of SRS's hooks on their way. A simulated SRS makes histories as the real one does: publishers that come
 * back, second publishers that are refused, SRS killed and started again. Their hooks are then shuffled, lost or doubled,
 * and what the rules make of them is held against what was really the case. A history that fails is made shorter first.
 */
class HookSequencesTest {

    private static final int HISTORIES = 20_000;
    private static final Instant BEGIN = Instant.parse("2026-02-28T12:00:00Z");
    private static final Duration GRACE = Duration.ofSeconds(45);

    private final StreamRules rules = new StreamRules(GRACE, Duration.ofSeconds(10));

    /** What happens to the hooks. */
    enum Way {
        IN_ORDER,
        SHUFFLED,
        DOUBLED,
        LOST,
        ALL_OF_IT
    }

    /** One thing that reaches the service. */
    sealed interface Signal {
        record Publish(Publisher publisher) implements Signal {}

        record Unpublish(Publisher publisher) implements Signal {}

        record Close(Publisher publisher) implements Signal {}

        record Beat(String run) implements Signal {}

        record Stop() implements Signal {}
    }

    /** What SRS sent, in order, and who publishes in the end. */
    record History(List<Signal> signals, Optional<Publisher> truth) {}

    @ParameterizedTest
    @EnumSource
    void aShowIsNeitherEndedNorLeftLiveByMistake(Way way) {
        for (long seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            History history = happen(random);
            List<Signal> arriving = way(way, history.signals(), random);
            if (mistake(arriving, history.truth(), way) != null) {
                // Only where any part of a history is a history that may come, with some of it lost.
                List<Signal> shortest =
                        way == Way.LOST || way == Way.ALL_OF_IT ? shorten(arriving, history.truth(), way) : arriving;
                fail("seed %d: %s after %s", seed, mistake(shortest, history.truth(), way), shortest);
            }
        }
    }

    /** A history of up to 30 events on one stream. */
    private static History happen(Random random) {
        List<Signal> signals = new ArrayList<>();
        int runs = 0;
        int clients = 0;
        String run = "r0";
        Publisher now = null;
        signals.add(new Signal.Beat(run));
        for (int i = random.nextInt(30); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    Publisher next = new Publisher("c" + clients++, run);
                    signals.add(new Signal.Publish(next));
                    if (now == null) {
                        now = next;
                    } else {
                        signals.add(new Signal.Close(next)); // refused, and no unpublish
                    }
                }
                case 3, 4 -> {
                    if (now != null) {
                        signals.add(new Signal.Unpublish(now));
                        signals.add(new Signal.Close(now));
                        now = null;
                    }
                }
                case 5 -> signals.add(new Signal.Beat(run));
                case 6 -> {
                    if (random.nextInt(3) == 0) { // SIGKILL: not a word
                        now = null;
                        run = "r" + ++runs;
                        signals.add(new Signal.Beat(run));
                    }
                }
                default -> {
                    if (now != null && random.nextInt(4) == 0) {
                        signals.add(new Signal.Stop()); // SRS disconnects it
                        signals.add(new Signal.Unpublish(now));
                        signals.add(new Signal.Close(now));
                        now = null;
                    }
                }
            }
        }
        return new History(signals, Optional.ofNullable(now));
    }

    private static List<Signal> way(Way way, List<Signal> signals, Random random) {
        return switch (way) {
            case IN_ORDER -> signals;
            case SHUFFLED -> shuffled(signals, random);
            case DOUBLED -> doubled(signals, random);
            case LOST -> lost(signals, random);
            case ALL_OF_IT -> shuffled(doubled(lost(signals, random), random), random);
        };
    }

    /** Each may come up to five places late. */
    private static List<Signal> shuffled(List<Signal> signals, Random random) {
        List<Signal> all = new ArrayList<>(signals);
        for (int i = 0; i < all.size(); i++) {
            Collections.swap(all, i, Math.min(all.size() - 1, i + random.nextInt(6)));
        }
        return all;
    }

    /** The second time up to six places late. */
    private static List<Signal> doubled(List<Signal> signals, Random random) {
        List<Signal> all = new ArrayList<>(signals);
        for (int i = 0; i < all.size(); i++) {
            if (random.nextInt(4) == 0) {
                all.add(Math.min(all.size(), i + 1 + random.nextInt(6)), all.get(i));
            }
        }
        return all;
    }

    private static List<Signal> lost(List<Signal> signals, Random random) {
        return signals.stream().filter(signal -> random.nextInt(4) != 0).toList();
    }

    private List<Signal> shorten(List<Signal> signals, Optional<Publisher> truth, Way way) {
        List<Signal> shortest = signals;
        for (int i = 0; i < shortest.size(); ) {
            List<Signal> without = new ArrayList<>(shortest);
            without.remove(i);
            if (mistake(without, truth, way) == null) {
                i++;
            } else {
                shortest = without;
            }
        }
        return shortest;
    }

    /** What went wrong, if anything did. */
    private @Nullable String mistake(List<Signal> signals, Optional<Publisher> history, Way way) {
        Optional<Publisher> truth = history;
        Instant now = BEGIN;
        StreamProgress course = StreamProgress.begin(now);
        List<String> order = new ArrayList<>();
        Set<Publisher> unpublished = new HashSet<>();
        Set<Publisher> closed = new HashSet<>();
        boolean on = false;

        for (Signal signal : signals) {
            now = now.plusMillis(100);
            hear(signal, order, unpublished, closed);
            if (signal instanceof Signal.Stop && course.state() instanceof Live live) {
                // They are disconnected, whoever of them it was.
                truth = truth.filter(publisher ->
                        !live.publisher().equals(publisher) && !live.rivals().contains(publisher));
            }
            Transition outcome = apply(course, signal, order, now);
            if (!apply(outcome.course(), signal, order, now).equals(Transition.quiet(outcome.course()))) {
                return "hearing it twice is not hearing it once: " + signal;
            }
            if (outcome.change().isPresent() && (outcome.change().get() == StateChange.STARTED) == on) {
                return "told twice: " + outcome.change().get();
            }
            on = outcome.change().map(change -> change == StateChange.STARTED).orElse(on);
            if (on != outcome.course().state().onAir()) {
                return "not told: " + outcome.course().state();
            }
            if (outcome.course().state() instanceof Live live) {
                if (unpublished.contains(live.publisher())) {
                    return "published by somebody who is gone: " + live;
                }
                if (course.state() instanceof Live before
                        && !before.publisher().equals(live.publisher())
                        && before.publisher().run().equals(live.publisher().run())
                        && !unpublished.contains(before.publisher())
                        && !closed.contains(before.publisher())) {
                    return "taken from a publisher who is there: " + before + " to " + live;
                }
            }
            course = outcome.course();
        }
        if (way == Way.IN_ORDER) {
            if (!publisher(course).equals(truth)) {
                return "without SRS's list: " + course.state() + " while there is " + truth;
            }
        }

        // A minute later SRS is asked, then everybody's grace is over.
        now = now.plusSeconds(60);
        Transition expired = rules.expire(course, now);
        on = expired.change().isPresent() ? false : on;
        Transition seen = rules.observe(expired.course(), truth, now.plusSeconds(15), now.plusSeconds(15));
        on = seen.change().isPresent() ? true : on;
        StreamState state = seen.course().state();
        if (truth.isPresent()) {
            return state instanceof Live live && live.publisher().equals(truth.get()) && on
                    ? null
                    : "after SRS's list: " + state + " while there is " + truth;
        }
        Transition end = rules.expire(seen.course(), now.plusSeconds(120));
        on = end.change().isPresent() ? false : on;
        return !end.course().state().onAir() && !on
                ? null
                : "left live: " + end.course().state();
    }

    private static Optional<Publisher> publisher(StreamProgress course) {
        return course.state() instanceof Live live ? Optional.of(live.publisher()) : Optional.empty();
    }

    private static void hear(Signal signal, List<String> order, Set<Publisher> unpublished, Set<Publisher> closed) {
        switch (signal) {
            case Signal.Publish publish -> add(order, publish.publisher().run());
            case Signal.Beat beat -> add(order, beat.run());
            case Signal.Unpublish unpublish -> unpublished.add(unpublish.publisher());
            case Signal.Close close -> closed.add(close.publisher());
            case Signal.Stop stop -> {}
        }
    }

    private static void add(List<String> order, String run) {
        if (!order.contains(run)) {
            order.add(run);
        }
    }

    private Transition apply(StreamProgress course, Signal signal, List<String> order, Instant now) {
        SrsInstances runs = new SrsInstances(List.copyOf(order));
        return switch (signal) {
            case Signal.Publish publish -> rules.publish(course, publish.publisher(), runs, now);
            case Signal.Unpublish unpublish -> rules.unpublish(course, unpublish.publisher(), now);
            case Signal.Close close ->
                course.state() instanceof Live live
                                && (live.publisher().equals(close.publisher())
                                        || live.rivals().contains(close.publisher()))
                        ? rules.unpublish(course, close.publisher(), now)
                        : Transition.quiet(course); // the store looks for it among these
            case Signal.Beat beat -> rules.restart(course, beat.run(), runs, now);
            case Signal.Stop stop -> rules.stop(course, now);
        };
    }
}
