package io.dorami.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.stream.StreamRules.Change;
import io.dorami.stream.StreamRules.Outcome;
import io.dorami.stream.StreamState.Grace;
import io.dorami.stream.StreamState.Live;
import io.dorami.stream.StreamState.Offline;
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
    private static final SrsRuns ONE_RUN = new SrsRuns(List.of("run1"));
    private static final SrsRuns TWO_RUNS = new SrsRuns(List.of("run1", "run2"));

    private final StreamRules rules = new StreamRules(GRACE, Duration.ofSeconds(10));
    private final Course pending = Course.begin(NOW);
    private final Course live = publish(pending, P1).course();

    @Test
    void theFirstPublishStartsTheShow() {
        assertThat(publish(pending, P1)).satisfies(started(new Live(P1, List.of())));
        Course offline = rules.stop(live, NOW).course();
        assertThat(publish(offline, P2)).satisfies(started(new Live(P2, List.of())));
    }

    @Test
    void aPublisherThatGoesHasTheGraceToComeBackUnnoticed() {
        Outcome gone = rules.unpublish(live, P1, NOW);
        assertThat(gone).satisfies(quiet(new Grace(NOW.plus(GRACE))));
        assertThat(publish(gone.course(), P2)).satisfies(quiet(new Live(P2, List.of())));
    }

    @Test
    void theGraceEndsOnceAndNotEarly() {
        Course grace = rules.unpublish(live, P1, NOW).course();
        assertThat(rules.expire(grace, NOW.plus(GRACE).minusMillis(1))).isEqualTo(Outcome.quiet(grace));
        Outcome over = rules.expire(grace, NOW.plus(GRACE));
        assertThat(over).satisfies(ended());
        assertThat(rules.expire(over.course(), LATER)).isEqualTo(Outcome.quiet(over.course()));
    }

    @Test
    void aBusySecondPublisherNeitherTakesNorEndsTheStream() {
        Course contested = publish(live, P2).course();
        assertThat(contested.state()).isEqualTo(new Live(P1, List.of(P2)));
        assertThat(rules.unpublish(contested, P2, NOW)).satisfies(quiet(live.state()));
    }

    @Test
    void aReconnectWhoseHooksCameInTheWrongOrderStaysLive() {
        Course contested = publish(live, P2).course();
        assertThat(rules.unpublish(contested, P1, NOW)).satisfies(quiet(new Live(P2, List.of())));
    }

    @Test
    void afterThatTheOneThatSrsRefusedIsNotThePublisher() {
        Course contested = publish(publish(live, P2).course(), P3).course();
        Course mistaken = rules.unpublish(contested, P1, NOW).course();
        assertThat(mistaken.state()).isEqualTo(new Live(P3, List.of(P2)));
        assertThat(rules.unpublish(mistaken, P3, NOW)).satisfies(quiet(new Live(P2, List.of())));
    }

    @Test
    void anUnpublishThatOvertookItsPublishIsRemembered() {
        Course early = rules.unpublish(pending, P1, NOW).course();
        assertThat(publish(early, P1)).isEqualTo(Outcome.quiet(early));
        assertThat(publish(early, P2)).satisfies(started(new Live(P2, List.of())));
    }

    @Test
    void aHookThatComesTwiceChangesNothing() {
        assertThat(publish(live, P1)).isEqualTo(Outcome.quiet(live));
        Course contested = publish(live, P2).course();
        assertThat(publish(contested, P2)).isEqualTo(Outcome.quiet(contested));
        Course grace = rules.unpublish(live, P1, NOW).course();
        assertThat(rules.unpublish(grace, P1, NOW.plusSeconds(9))).isEqualTo(Outcome.quiet(grace));
    }

    @Test
    void whatIsRememberedIsBounded() {
        Course course = pending;
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
        Course restarted = rules.publish(live, RESTARTED, TWO_RUNS, NOW).course();
        assertThat(rules.publish(restarted, P2, TWO_RUNS, NOW)).isEqualTo(Outcome.quiet(restarted));
    }

    @Test
    void aHeartbeatOfANewRunSaysThatThePublishersAreGone() {
        assertThat(rules.restart(live, "run2", TWO_RUNS, NOW)).satisfies(quiet(new Grace(NOW.plus(GRACE))));
        assertThat(rules.restart(live, "run1", TWO_RUNS, NOW)).isEqualTo(Outcome.quiet(live));
        Course restarted = rules.publish(live, RESTARTED, TWO_RUNS, NOW).course();
        assertThat(rules.restart(restarted, "run1", TWO_RUNS, NOW)).isEqualTo(Outcome.quiet(restarted));
    }

    @Test
    void theListOfSrsMakesLostHooksGood() {
        assertThat(rules.observe(live, Optional.empty(), LATER, LATER)).satisfies(quiet(new Grace(LATER.plus(GRACE))));
        assertThat(rules.observe(live, Optional.of(P2), LATER, LATER)).satisfies(quiet(new Live(P2, List.of())));
        assertThat(rules.observe(pending, Optional.of(P1), LATER, LATER)).satisfies(started(new Live(P1, List.of())));
        Course grace = rules.unpublish(live, P1, NOW).course();
        assertThat(rules.observe(grace, Optional.of(P2), LATER, LATER)).satisfies(quiet(new Live(P2, List.of())));
        assertThat(rules.observe(live, Optional.of(P1), LATER, LATER)).isEqualTo(Outcome.quiet(live));
    }

    @Test
    void aListOlderThanTheLastHookSaysNothing() {
        Instant asked = NOW.plusSeconds(9);
        assertThat(rules.observe(live, Optional.empty(), asked, asked)).isEqualTo(Outcome.quiet(live));
        assertThat(rules.observe(live, Optional.of(P2), asked, asked)).isEqualTo(Outcome.quiet(live));
    }

    @Test
    void whoWasStoppedIsNotRevivedByTheList() {
        Course stopped = rules.stop(live, NOW).course();
        assertThat(rules.observe(stopped, Optional.of(P1), LATER, LATER)).isEqualTo(Outcome.quiet(stopped));
        assertThat(publish(stopped, P1)).isEqualTo(Outcome.quiet(stopped));
    }

    @Test
    void aShowThatIsAnnouncedWaitsForItsEncoder() {
        Outcome announced = rules.announce(pending, NOW);
        assertThat(announced).satisfies(started(new Grace(NOW.plus(GRACE))));
        assertThat(publish(announced.course(), P1)).satisfies(quiet(new Live(P1, List.of())));
        assertThat(rules.expire(announced.course(), LATER)).satisfies(ended());
        assertThat(rules.announce(live, NOW)).isEqualTo(Outcome.quiet(live));
    }

    @Test
    void stoppingEndsAtOnceAndOnce() {
        assertThat(rules.stop(live, NOW)).satisfies(ended());
        assertThat(rules.stop(rules.unpublish(live, P1, NOW).course(), NOW)).satisfies(ended());
        Course offline = rules.stop(live, NOW).course();
        assertThat(rules.stop(offline, LATER)).isEqualTo(Outcome.quiet(offline));
        assertThat(rules.stop(pending, NOW)).satisfies(quiet(new Offline()));
    }

    private Outcome publish(Course course, Publisher publisher) {
        return rules.publish(course, publisher, ONE_RUN, NOW);
    }

    private static Consumer<Outcome> started(StreamState state) {
        return outcome -> {
            assertThat(outcome.course().state()).isEqualTo(state);
            assertThat(outcome.change()).contains(Change.STARTED);
        };
    }

    private static Consumer<Outcome> ended() {
        return outcome -> {
            assertThat(outcome.course().state()).isEqualTo(new Offline());
            assertThat(outcome.change()).contains(Change.ENDED);
        };
    }

    private static Consumer<Outcome> quiet(StreamState state) {
        return outcome -> {
            assertThat(outcome.course().state()).isEqualTo(state);
            assertThat(outcome.change()).isEmpty();
        };
    }
}
