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
    private static final SrsInstances ONE_RUN = new SrsInstances(List.of("run1"));
    private static final SrsInstances TWO_RUNS = new SrsInstances(List.of("run1", "run2"));

    private final StreamRules rules = new StreamRules(GRACE, Duration.ofSeconds(10));
    private final StreamProgress pending = StreamProgress.begin(NOW);
    private final StreamProgress live = publish(pending, P1).course();

    @Test
    void theFirstPublishStartsTheShow() {
        assertThat(publish(pending, P1)).satisfies(started(new Live(P1, List.of())));
        StreamProgress offline = rules.stop(live, NOW).course();
        assertThat(publish(offline, P2)).satisfies(started(new Live(P2, List.of())));
    }

    @Test
    void aPublisherThatGoesHasTheGraceToComeBackUnnoticed() {
        Transition gone = rules.unpublish(live, P1, NOW);
        assertThat(gone).satisfies(quiet(new Grace(NOW.plus(GRACE))));
        assertThat(publish(gone.course(), P2)).satisfies(quiet(new Live(P2, List.of())));
    }

    @Test
    void theGraceEndsOnceAndNotEarly() {
        StreamProgress grace = rules.unpublish(live, P1, NOW).course();
        assertThat(rules.expire(grace, NOW.plus(GRACE).minusMillis(1))).isEqualTo(Transition.quiet(grace));
        Transition over = rules.expire(grace, NOW.plus(GRACE));
        assertThat(over).satisfies(ended());
        assertThat(rules.expire(over.course(), LATER)).isEqualTo(Transition.quiet(over.course()));
    }

    @Test
    void aBusySecondPublisherNeitherTakesNorEndsTheStream() {
        StreamProgress contested = publish(live, P2).course();
        assertThat(contested.state()).isEqualTo(new Live(P1, List.of(P2)));
        assertThat(rules.unpublish(contested, P2, NOW)).satisfies(quiet(live.state()));
    }

    @Test
    void aReconnectWhoseHooksCameInTheWrongOrderStaysLive() {
        StreamProgress contested = publish(live, P2).course();
        assertThat(rules.unpublish(contested, P1, NOW)).satisfies(quiet(new Live(P2, List.of())));
    }

    @Test
    void afterThatTheOneThatSrsRefusedIsNotThePublisher() {
        StreamProgress contested = publish(publish(live, P2).course(), P3).course();
        StreamProgress mistaken = rules.unpublish(contested, P1, NOW).course();
        assertThat(mistaken.state()).isEqualTo(new Live(P3, List.of(P2)));
        assertThat(rules.unpublish(mistaken, P3, NOW)).satisfies(quiet(new Live(P2, List.of())));
    }

    @Test
    void anUnpublishThatOvertookItsPublishIsRemembered() {
        StreamProgress early = rules.unpublish(pending, P1, NOW).course();
        assertThat(publish(early, P1)).isEqualTo(Transition.quiet(early));
        assertThat(publish(early, P2)).satisfies(started(new Live(P2, List.of())));
    }

    @Test
    void aHookThatComesTwiceChangesNothing() {
        assertThat(publish(live, P1)).isEqualTo(Transition.quiet(live));
        StreamProgress contested = publish(live, P2).course();
        assertThat(publish(contested, P2)).isEqualTo(Transition.quiet(contested));
        StreamProgress grace = rules.unpublish(live, P1, NOW).course();
        assertThat(rules.unpublish(grace, P1, NOW.plusSeconds(9))).isEqualTo(Transition.quiet(grace));
    }

    @Test
    void whatIsRememberedIsBounded() {
        StreamProgress course = pending;
        for (int i = 0; i < 1_000; i++) {
            course =
                    rules.unpublish(course, new Publisher("c" + i, "run1"), NOW).course();
        }
        assertThat(course.gone()).hasSize(16).contains(new Publisher("c999", "run1"));
        for (int i = 0; i < 1_000; i++) {
            course = publish(course, new Publisher("d" + i, "run1")).course();
        }
        assertThat(course.state()).isInstanceOfSatisfying(Live.class, state -> {
            assertThat(state.publisher().client()).isEqualTo("d0");
            assertThat(state.rivals()).hasSize(4);
        });
    }

    @Test
    void afterARestartOfSrsTheNewPublisherIsThePublisher() {
        assertThat(rules.publish(live, RESTARTED, TWO_RUNS, NOW)).satisfies(quiet(new Live(RESTARTED, List.of())));
    }

    @Test
    void aPublishOfTheRunBeforeIsLate() {
        StreamProgress restarted = rules.publish(live, RESTARTED, TWO_RUNS, NOW).course();
        assertThat(rules.publish(restarted, P2, TWO_RUNS, NOW)).isEqualTo(Transition.quiet(restarted));
    }

    @Test
    void aHeartbeatOfANewRunSaysThatThePublishersAreGone() {
        assertThat(rules.restart(live, "run2", TWO_RUNS, NOW)).satisfies(quiet(new Grace(NOW.plus(GRACE))));
        assertThat(rules.restart(live, "run1", TWO_RUNS, NOW)).isEqualTo(Transition.quiet(live));
        StreamProgress restarted = rules.publish(live, RESTARTED, TWO_RUNS, NOW).course();
        assertThat(rules.restart(restarted, "run1", TWO_RUNS, NOW)).isEqualTo(Transition.quiet(restarted));
    }

    @Test
    void theListOfSrsMakesLostHooksGood() {
        assertThat(rules.observe(live, Optional.empty(), LATER, LATER)).satisfies(quiet(new Grace(LATER.plus(GRACE))));
        assertThat(rules.observe(live, Optional.of(P2), LATER, LATER)).satisfies(quiet(new Live(P2, List.of())));
        assertThat(rules.observe(pending, Optional.of(P1), LATER, LATER)).satisfies(started(new Live(P1, List.of())));
        StreamProgress grace = rules.unpublish(live, P1, NOW).course();
        assertThat(rules.observe(grace, Optional.of(P2), LATER, LATER)).satisfies(quiet(new Live(P2, List.of())));
        assertThat(rules.observe(live, Optional.of(P1), LATER, LATER)).isEqualTo(Transition.quiet(live));
    }

    @Test
    void aListOlderThanTheLastHookSaysNothing() {
        Instant asked = NOW.plusSeconds(9);
        assertThat(rules.observe(live, Optional.empty(), asked, asked)).isEqualTo(Transition.quiet(live));
        assertThat(rules.observe(live, Optional.of(P2), asked, asked)).isEqualTo(Transition.quiet(live));
    }

    @Test
    void whoWasStoppedIsNotRevivedByTheList() {
        StreamProgress stopped = rules.stop(live, NOW).course();
        assertThat(rules.observe(stopped, Optional.of(P1), LATER, LATER)).isEqualTo(Transition.quiet(stopped));
        assertThat(publish(stopped, P1)).isEqualTo(Transition.quiet(stopped));
    }

    @Test
    void aShowThatIsAnnouncedWaitsForItsEncoder() {
        Transition announced = rules.announce(pending, NOW);
        assertThat(announced).satisfies(started(new Grace(NOW.plus(GRACE))));
        assertThat(publish(announced.course(), P1)).satisfies(quiet(new Live(P1, List.of())));
        assertThat(rules.expire(announced.course(), LATER)).satisfies(ended());
        assertThat(rules.announce(live, NOW)).isEqualTo(Transition.quiet(live));
    }

    @Test
    void stoppingEndsAtOnceAndOnce() {
        assertThat(rules.stop(live, NOW)).satisfies(ended());
        assertThat(rules.stop(rules.unpublish(live, P1, NOW).course(), NOW)).satisfies(ended());
        StreamProgress offline = rules.stop(live, NOW).course();
        assertThat(rules.stop(offline, LATER)).isEqualTo(Transition.quiet(offline));
        assertThat(rules.stop(pending, NOW)).satisfies(quiet(new Offline()));
    }

    private Transition publish(StreamProgress course, Publisher publisher) {
        return rules.publish(course, publisher, ONE_RUN, NOW);
    }

    private static Consumer<Transition> started(StreamState state) {
        return outcome -> {
            assertThat(outcome.course().state()).isEqualTo(state);
            assertThat(outcome.change()).contains(StateChange.STARTED);
        };
    }

    private static Consumer<Transition> ended() {
        return outcome -> {
            assertThat(outcome.course().state()).isEqualTo(new Offline());
            assertThat(outcome.change()).contains(StateChange.ENDED);
        };
    }

    private static Consumer<Transition> quiet(StreamState state) {
        return outcome -> {
            assertThat(outcome.course().state()).isEqualTo(state);
            assertThat(outcome.change()).isEmpty();
        };
    }
}
