package io.dorami.stream.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.stream.state.StreamRules.StateChange;
import io.dorami.stream.state.StreamRules.Transition;
import io.dorami.stream.state.StreamState.Grace;
import io.dorami.stream.state.StreamState.Live;
import io.dorami.stream.state.StreamState.Offline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StreamRulesTest {

    private static final Instant NOW = Instant.parse("2026-02-28T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(45);
    private static final Publisher P1 = new Publisher("p1", "run1");
    private static final Publisher P2 = new Publisher("p2", "run1");
    private static final Publisher P3 = new Publisher("p3", "run1");
    private static final Publisher RESTARTED = new Publisher("p9", "run2");
    private static final SrsInstances ONE_INSTANCE = new SrsInstances(List.of("run1"));
    private static final SrsInstances TWO_INSTANCES = new SrsInstances(List.of("run1", "run2"));

    private final StreamRules rules = new StreamRules(GRACE, Duration.ofSeconds(10));
    private final StreamProgress pending = StreamProgress.initial(NOW);
    private final StreamProgress live = publish(pending, P1).progress();

    @Test
    void firstPublishStartsTheShow() {
        assertThat(publish(pending, P1)).satisfies(withStart(new Live(P1, List.of())));
        StreamProgress offline = rules.stop(live, NOW).progress();
        assertThat(publish(offline, P2)).satisfies(withStart(new Live(P2, List.of())));
    }

    @Test
    void publish_withinGrace_continuesTheShow() {
        Transition gone = rules.unpublish(live, P1, NOW);
        assertThat(gone).satisfies(withInterruption(NOW));
        assertThat(publish(gone.progress(), P2)).satisfies(withResumption(P2));
    }

    @Test
    void graceExpiresOnceAndNotEarly() {
        StreamProgress grace = rules.unpublish(live, P1, NOW).progress();
        assertThat(rules.expire(grace, NOW.plus(GRACE).minusMillis(1))).isEqualTo(Transition.of(grace));
        Transition over = rules.expire(grace, NOW.plus(GRACE));
        assertThat(over).satisfies(withEnd());
        assertThat(rules.expire(over.progress(), LATER)).isEqualTo(Transition.of(over.progress()));
    }

    @Test
    void rivalNeitherReplacesPublisherNorEndsStream() {
        StreamProgress contested = publish(live, P2).progress();
        assertThat(contested.state()).isEqualTo(new Live(P1, List.of(P2)));
        assertThat(rules.unpublish(contested, P2, NOW)).satisfies(withoutChange(live.state()));
    }

    @Test
    void reconnect_withReorderedHooks_staysLive() {
        StreamProgress contested = publish(live, P2).progress();
        assertThat(rules.unpublish(contested, P1, NOW)).satisfies(withoutChange(new Live(P2, List.of())));
    }

    @Test
    void unpublish_ofMistakenPublisher_restoresRival() {
        StreamProgress contested = publish(publish(live, P2).progress(), P3).progress();
        StreamProgress mistaken = rules.unpublish(contested, P1, NOW).progress();
        assertThat(mistaken.state()).isEqualTo(new Live(P3, List.of(P2)));
        assertThat(rules.unpublish(mistaken, P3, NOW)).satisfies(withoutChange(new Live(P2, List.of())));
    }

    @Test
    void publish_afterItsUnpublish_changesNothing() {
        StreamProgress early = rules.unpublish(pending, P1, NOW).progress();
        assertThat(publish(early, P1)).isEqualTo(Transition.of(early));
        assertThat(publish(early, P2)).satisfies(withStart(new Live(P2, List.of())));
    }

    @Test
    void duplicateHook_changesNothing() {
        assertThat(publish(live, P1)).isEqualTo(Transition.of(live));
        StreamProgress contested = publish(live, P2).progress();
        assertThat(publish(contested, P2)).isEqualTo(Transition.of(contested));
        StreamProgress grace = rules.unpublish(live, P1, NOW).progress();
        assertThat(rules.unpublish(grace, P1, NOW.plusSeconds(9))).isEqualTo(Transition.of(grace));
    }

    @Test
    void rememberedPublishersAreBounded() {
        StreamProgress progress = pending;
        for (int i = 0; i < 1_000; i++) {
            progress = rules.unpublish(progress, new Publisher("c" + i, "run1"), NOW)
                    .progress();
        }
        assertThat(progress.gonePublishers()).hasSize(16).contains(new Publisher("c999", "run1"));
        for (int i = 0; i < 1_000; i++) {
            progress = publish(progress, new Publisher("d" + i, "run1")).progress();
        }
        assertThat(progress.state()).isInstanceOfSatisfying(Live.class, state -> {
            assertThat(state.publisher().clientId()).isEqualTo("d0");
            assertThat(state.rivals()).hasSize(4);
        });
    }

    @Test
    void publish_afterSrsRestart_replacesThePublisher() {
        assertThat(rules.publish(live, RESTARTED, TWO_INSTANCES, NOW))
                .satisfies(withoutChange(new Live(RESTARTED, List.of())));
    }

    @Test
    void publish_ofPreviousInstance_changesNothing() {
        StreamProgress restarted =
                rules.publish(live, RESTARTED, TWO_INSTANCES, NOW).progress();
        assertThat(rules.publish(restarted, P2, TWO_INSTANCES, NOW)).isEqualTo(Transition.of(restarted));
    }

    @Test
    void heartbeatOfNewInstanceStartsGrace() {
        assertThat(rules.restart(live, "run2", TWO_INSTANCES, NOW)).satisfies(withInterruption(NOW));
        assertThat(rules.restart(live, "run1", TWO_INSTANCES, NOW)).isEqualTo(Transition.of(live));
        StreamProgress restarted =
                rules.publish(live, RESTARTED, TWO_INSTANCES, NOW).progress();
        assertThat(rules.restart(restarted, "run1", TWO_INSTANCES, NOW)).isEqualTo(Transition.of(restarted));
    }

    @Test
    void observe_repairsLostHooks() {
        assertThat(rules.observe(live, Optional.empty(), LATER, LATER)).satisfies(withInterruption(LATER));
        assertThat(rules.observe(live, Optional.of(P2), LATER, LATER))
                .satisfies(withoutChange(new Live(P2, List.of())));
        assertThat(rules.observe(pending, Optional.of(P1), LATER, LATER)).satisfies(withStart(new Live(P1, List.of())));
        StreamProgress grace = rules.unpublish(live, P1, NOW).progress();
        assertThat(rules.observe(grace, Optional.of(P2), LATER, LATER)).satisfies(withResumption(P2));
        assertThat(rules.observe(live, Optional.of(P1), LATER, LATER)).isEqualTo(Transition.of(live));
    }

    @Test
    void observe_olderThanLastHook_changesNothing() {
        Instant asked = NOW.plusSeconds(9);
        assertThat(rules.observe(live, Optional.empty(), asked, asked)).isEqualTo(Transition.of(live));
        assertThat(rules.observe(live, Optional.of(P2), asked, asked)).isEqualTo(Transition.of(live));
    }

    @Test
    void observe_afterStop_doesNotReviveTheShow() {
        StreamProgress stopped = rules.stop(live, NOW).progress();
        assertThat(rules.observe(stopped, Optional.of(P1), LATER, LATER)).isEqualTo(Transition.of(stopped));
        assertThat(publish(stopped, P1)).isEqualTo(Transition.of(stopped));
    }

    @Test
    void announcedShowWaitsForItsEncoder() {
        Transition announced = rules.announce(pending, NOW);
        assertThat(announced).satisfies(withStart(new Grace(NOW.plus(GRACE))));
        assertThat(publish(announced.progress(), P1)).satisfies(withResumption(P1));
        assertThat(rules.expire(announced.progress(), LATER)).satisfies(withEnd());
        assertThat(rules.announce(live, NOW)).isEqualTo(Transition.of(live));
    }

    @Test
    void stop_endsImmediatelyAndOnce() {
        assertThat(rules.stop(live, NOW)).satisfies(withEnd());
        assertThat(rules.stop(rules.unpublish(live, P1, NOW).progress(), NOW)).satisfies(withEnd());
        StreamProgress offline = rules.stop(live, NOW).progress();
        assertThat(rules.stop(offline, LATER)).isEqualTo(Transition.of(offline));
        assertThat(rules.stop(pending, NOW)).satisfies(withoutChange(new Offline()));
    }

    private Transition publish(StreamProgress progress, Publisher publisher) {
        return rules.publish(progress, publisher, ONE_INSTANCE, NOW);
    }

    private static Consumer<Transition> withStart(StreamState state) {
        return transition -> {
            assertThat(transition.progress().state()).isEqualTo(state);
            assertThat(transition.change()).contains(StateChange.STARTED);
        };
    }

    private static Consumer<Transition> withInterruption(Instant at) {
        return transition -> {
            assertThat(transition.progress().state()).isEqualTo(new Grace(at.plus(GRACE)));
            assertThat(transition.change()).contains(StateChange.INTERRUPTED);
        };
    }

    private static Consumer<Transition> withResumption(Publisher publisher) {
        return transition -> {
            assertThat(transition.progress().state()).isEqualTo(new Live(publisher, List.of()));
            assertThat(transition.change()).contains(StateChange.RESUMED);
        };
    }

    private static Consumer<Transition> withEnd() {
        return transition -> {
            assertThat(transition.progress().state()).isEqualTo(new Offline());
            assertThat(transition.change()).contains(StateChange.ENDED);
        };
    }

    private static Consumer<Transition> withoutChange(StreamState state) {
        return transition -> {
            assertThat(transition.progress().state()).isEqualTo(state);
            assertThat(transition.change()).isEmpty();
        };
    }
}
