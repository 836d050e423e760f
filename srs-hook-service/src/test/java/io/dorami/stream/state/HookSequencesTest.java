package io.dorami.stream.state;

import static org.assertj.core.api.Assertions.fail;

import io.dorami.stream.state.StreamRules.Transition;
import io.dorami.stream.state.StreamState.Grace;
import io.dorami.stream.state.StreamState.Live;
import io.dorami.stream.state.StreamState.Offline;
import io.dorami.stream.state.StreamState.Pending;
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
 * Property test of the state machine with faulty delivery of hooks. A simulated SRS generates histories like the real
 * SRS: publishers that reconnect, second publishers that are rejected, SRS killed and restarted. The hooks are then
 * shuffled, lost or doubled, and the resulting state is compared with the true publisher. A failing history is
 * shortened first.
 */
class HookSequencesTest {

    private static final int HISTORIES = 20_000;
    private static final Instant START = Instant.parse("2026-02-28T12:00:00Z");
    private static final Duration GRACE = Duration.ofSeconds(45);

    private final StreamRules rules = new StreamRules(GRACE, Duration.ofSeconds(10));

    /** Faults in the delivery of hooks. */
    enum Fault {
        IN_ORDER,
        SHUFFLED,
        DOUBLED,
        LOST,
        ALL
    }

    /** An input of the service. */
    sealed interface Signal {
        record Publish(Publisher publisher) implements Signal {}

        record Unpublish(Publisher publisher) implements Signal {}

        record Close(Publisher publisher) implements Signal {}

        record Heartbeat(String instanceId) implements Signal {}

        record Stop() implements Signal {}
    }

    /** The signals of SRS in order, and the publisher at the end. */
    record History(List<Signal> signals, Optional<Publisher> publisher) {}

    @ParameterizedTest
    @EnumSource
    void showIsNeitherEndedNorLeftLiveByMistake(Fault fault) {
        for (long seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            History history = randomHistory(random);
            List<Signal> delivered = inject(fault, history.signals(), random);
            if (findViolation(delivered, history.publisher(), fault) != null) {
                // A history may be shortened only if signals may be lost, because any part of it is then possible.
                List<Signal> shortest = fault == Fault.LOST || fault == Fault.ALL
                        ? shorten(delivered, history.publisher(), fault)
                        : delivered;
                fail("seed %d: %s after %s", seed, findViolation(shortest, history.publisher(), fault), shortest);
            }
        }
    }

    /** A history of up to 30 events on one stream. */
    private static History randomHistory(Random random) {
        List<Signal> signals = new ArrayList<>();
        int restarts = 0;
        int clients = 0;
        String instanceId = "r0";
        Publisher current = null;
        signals.add(new Signal.Heartbeat(instanceId));
        for (int i = random.nextInt(30); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    Publisher next = new Publisher("c" + clients++, instanceId);
                    signals.add(new Signal.Publish(next));
                    if (current == null) {
                        current = next;
                    } else {
                        signals.add(new Signal.Close(next)); // rejected, without an unpublish
                    }
                }
                case 3, 4 -> {
                    if (current != null) {
                        signals.add(new Signal.Unpublish(current));
                        signals.add(new Signal.Close(current));
                        current = null;
                    }
                }
                case 5 -> signals.add(new Signal.Heartbeat(instanceId));
                case 6 -> {
                    if (random.nextInt(3) == 0) { // SIGKILL: no hooks
                        current = null;
                        instanceId = "r" + ++restarts;
                        signals.add(new Signal.Heartbeat(instanceId));
                    }
                }
                default -> {
                    if (current != null && random.nextInt(4) == 0) {
                        signals.add(new Signal.Stop()); // SRS disconnects the publisher
                        signals.add(new Signal.Unpublish(current));
                        signals.add(new Signal.Close(current));
                        current = null;
                    }
                }
            }
        }
        return new History(signals, Optional.ofNullable(current));
    }

    private static List<Signal> inject(Fault fault, List<Signal> signals, Random random) {
        return switch (fault) {
            case IN_ORDER -> signals;
            case SHUFFLED -> shuffled(signals, random);
            case DOUBLED -> doubled(signals, random);
            case LOST -> lost(signals, random);
            case ALL -> shuffled(doubled(lost(signals, random), random), random);
        };
    }

    /** Delays each signal by up to five places. */
    private static List<Signal> shuffled(List<Signal> signals, Random random) {
        List<Signal> all = new ArrayList<>(signals);
        for (int i = 0; i < all.size(); i++) {
            Collections.swap(all, i, Math.min(all.size() - 1, i + random.nextInt(6)));
        }
        return all;
    }

    /** Repeats signals up to six places later. */
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

    private List<Signal> shorten(List<Signal> signals, Optional<Publisher> expected, Fault fault) {
        List<Signal> shortest = signals;
        for (int i = 0; i < shortest.size(); ) {
            List<Signal> shorter = new ArrayList<>(shortest);
            shorter.remove(i);
            if (findViolation(shorter, expected, fault) == null) {
                i++;
            } else {
                shortest = shorter;
            }
        }
        return shortest;
    }

    /** The state that a client knows from the published changes. */
    private enum PublishedState {
        OFF_AIR,
        SENDING,
        WAITING;

        static PublishedState of(StreamState state) {
            return switch (state) {
                case Live live -> SENDING;
                case Grace grace -> WAITING;
                case Pending pending -> OFF_AIR;
                case Offline offline -> OFF_AIR;
            };
        }

        PublishedState after(Transition transition) {
            return transition
                    .change()
                    .map(change -> switch (change) {
                        case STARTED, RESUMED -> SENDING;
                        case INTERRUPTED -> WAITING;
                        case ENDED -> OFF_AIR;
                    })
                    .orElse(this);
        }
    }

    /** Describes the first violation, or returns null. */
    private @Nullable String findViolation(List<Signal> signals, Optional<Publisher> lastPublisher, Fault fault) {
        Optional<Publisher> expected = lastPublisher;
        Instant now = START;
        StreamProgress progress = StreamProgress.initial(now);
        List<String> instanceIds = new ArrayList<>();
        Set<Publisher> unpublished = new HashSet<>();
        Set<Publisher> closed = new HashSet<>();
        PublishedState published = PublishedState.OFF_AIR;

        for (Signal signal : signals) {
            now = now.plusMillis(100);
            recordSignal(signal, instanceIds, unpublished, closed);
            if (signal instanceof Signal.Stop && progress.state() instanceof Live live) {
                // The publisher and all rivals are disconnected.
                expected = expected.filter(publisher ->
                        !live.publisher().equals(publisher) && !live.rivals().contains(publisher));
            }
            Transition transition = apply(progress, signal, instanceIds, now);
            if (!apply(transition.progress(), signal, instanceIds, now).equals(Transition.of(transition.progress()))) {
                return "not idempotent: " + signal;
            }
            PublishedState next = published.after(transition);
            if (transition.change().isPresent() && next == published) {
                return "published twice: " + transition.change().get();
            }
            published = next;
            if (published != PublishedState.of(transition.progress().state())) {
                return "published " + published + " of " + transition.progress().state();
            }
            if (transition.progress().state() instanceof Live live) {
                if (unpublished.contains(live.publisher())) {
                    return "publisher is gone: " + live;
                }
                if (progress.state() instanceof Live before
                        && !before.publisher().equals(live.publisher())
                        && before.publisher()
                                .instanceId()
                                .equals(live.publisher().instanceId())
                        && !unpublished.contains(before.publisher())
                        && !closed.contains(before.publisher())) {
                    return "replaced a connected publisher: " + before + " to " + live;
                }
            }
            progress = transition.progress();
        }
        if (fault == Fault.IN_ORDER) {
            if (!publisher(progress).equals(expected)) {
                return "without SRS's list: " + progress.state() + ", expected " + expected;
            }
        }

        // SRS's list is read a minute later, when all grace periods have ended.
        now = now.plusSeconds(60);
        Transition expired = rules.expire(progress, now);
        published = published.after(expired);
        Transition observed = rules.observe(expired.progress(), expected, now.plusSeconds(15), now.plusSeconds(15));
        published = published.after(observed);
        StreamState state = observed.progress().state();
        if (expected.isPresent()) {
            return state instanceof Live live
                            && live.publisher().equals(expected.get())
                            && published == PublishedState.SENDING
                    ? null
                    : "after SRS's list: " + state + ", expected " + expected;
        }
        Transition end = rules.expire(observed.progress(), now.plusSeconds(120));
        published = published.after(end);
        return !end.progress().state().isOnAir() && published == PublishedState.OFF_AIR
                ? null
                : "left live: " + end.progress().state();
    }

    private static Optional<Publisher> publisher(StreamProgress progress) {
        return progress.state() instanceof Live live ? Optional.of(live.publisher()) : Optional.empty();
    }

    private static void recordSignal(
            Signal signal, List<String> instanceIds, Set<Publisher> unpublished, Set<Publisher> closed) {
        switch (signal) {
            case Signal.Publish publish -> add(instanceIds, publish.publisher().instanceId());
            case Signal.Heartbeat heartbeat -> add(instanceIds, heartbeat.instanceId());
            case Signal.Unpublish unpublish -> unpublished.add(unpublish.publisher());
            case Signal.Close close -> closed.add(close.publisher());
            case Signal.Stop stop -> {}
        }
    }

    private static void add(List<String> instanceIds, String instanceId) {
        if (!instanceIds.contains(instanceId)) {
            instanceIds.add(instanceId);
        }
    }

    private Transition apply(StreamProgress progress, Signal signal, List<String> instanceIds, Instant now) {
        SrsInstances instances = new SrsInstances(List.copyOf(instanceIds));
        return switch (signal) {
            case Signal.Publish publish -> rules.publish(progress, publish.publisher(), instances, now);
            case Signal.Unpublish unpublish -> rules.unpublish(progress, unpublish.publisher(), now);
            case Signal.Close close ->
                progress.state() instanceof Live live
                                && (live.publisher().equals(close.publisher())
                                        || live.rivals().contains(close.publisher()))
                        ? rules.unpublish(progress, close.publisher(), now)
                        : Transition.of(progress); // the store selects streams by these publishers
            case Signal.Heartbeat heartbeat -> rules.restart(progress, heartbeat.instanceId(), instances, now);
            case Signal.Stop stop -> rules.stop(progress, now);
        };
    }
}
