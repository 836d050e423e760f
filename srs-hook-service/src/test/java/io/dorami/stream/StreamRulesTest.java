package io.dorami.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.stream.StreamRules.Change;
import io.dorami.stream.StreamRules.Outcome;
import io.dorami.stream.StreamState.Grace;
import io.dorami.stream.StreamState.Live;
import io.dorami.stream.StreamState.Offline;
import io.dorami.stream.StreamState.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamRulesTest {

    private static final Instant NOW = Instant.parse("2026-02-28T12:00:00Z");
    private static final Duration GRACE = Duration.ofSeconds(45);
    private final StreamRules rules = new StreamRules(GRACE);
    private final StreamState live = live("p1");

    @Test
    void theFirstPublishStartsTheShow() {
        assertThat(rules.publish(new Pending(), "p1", "run1")).isEqualTo(started("p1"));
        assertThat(rules.publish(new Offline(), "p1", "run1")).isEqualTo(started("p1"));
    }

    @Test
    void aPublisherThatGoesHasTheGraceToComeBackUnnoticed() {
        Outcome gone = rules.unpublish(live, "p1", NOW);
        assertThat(gone).isEqualTo(quiet(new Grace(NOW.plus(GRACE))));
        assertThat(rules.publish(gone.state(), "p2", "run1")).isEqualTo(quiet(live("p2")));
    }

    @Test
    void theGraceEndsOnceAndNotEarly() {
        StreamState grace = rules.unpublish(live, "p1", NOW).state();
        assertThat(rules.expire(grace, NOW.plus(GRACE).minusMillis(1))).isEqualTo(quiet(grace));
        Outcome over = rules.expire(grace, NOW.plus(GRACE));
        assertThat(over).isEqualTo(ended());
        assertThat(rules.expire(over.state(), NOW.plus(GRACE)).change()).isEmpty();
    }

    @Test
    void aBusySecondPublisherNeitherTakesNorEndsTheStream() {
        StreamState contested = rules.publish(live, "p2", "run1").state();
        assertThat(contested).isEqualTo(new Live("p1", "run1", Optional.of("p2")));
        assertThat(rules.close(contested, "p2")).isEqualTo(quiet(live));
        assertThat(rules.unpublish(live, "p2", NOW)).isEqualTo(quiet(live));
    }

    @Test
    void aReconnectWhoseHooksCameInTheWrongOrderStaysLive() {
        StreamState contested = rules.publish(live, "p2", "run1").state();
        assertThat(rules.unpublish(contested, "p1", NOW)).isEqualTo(quiet(live("p2")));
    }

    @Test
    void aHookThatComesTwiceChangesNothing() {
        assertThat(rules.publish(live, "p1", "run1")).isEqualTo(quiet(live));
        StreamState grace = rules.unpublish(live, "p1", NOW).state();
        assertThat(rules.unpublish(grace, "p1", NOW.plusSeconds(9))).isEqualTo(quiet(grace));
    }

    @Test
    void anUnpublishOfAnotherTimeDoesNotEndTheShow() {
        assertThat(rules.unpublish(live("p2"), "p1", NOW)).isEqualTo(quiet(live("p2")));
    }

    @Test
    void afterARestartOfSrsTheNewPublisherIsThePublisher() {
        assertThat(rules.publish(live, "p2", "run2")).isEqualTo(quiet(new Live("p2", "run2", Optional.empty())));
    }

    @Test
    void stoppingEndsAtOnceAndOnce() {
        assertThat(rules.stop(live)).isEqualTo(ended());
        assertThat(rules.stop(new Grace(NOW))).isEqualTo(ended());
        assertThat(rules.stop(new Offline()).change()).isEmpty();
        assertThat(rules.stop(new Pending())).isEqualTo(quiet(new Offline()));
    }

    private static Live live(String publisher) {
        return new Live(publisher, "run1", Optional.empty());
    }

    private static Outcome started(String publisher) {
        return new Outcome(live(publisher), Optional.of(Change.STARTED));
    }

    private static Outcome ended() {
        return new Outcome(new Offline(), Optional.of(Change.ENDED));
    }

    private static Outcome quiet(StreamState state) {
        return new Outcome(state, Optional.empty());
    }
}
