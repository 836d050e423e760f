package io.dorami.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.gateway.hub.PublishedEvent;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplayBufferTest {

    private final ReplayBuffer recent = new ReplayBuffer(at(10));

    @Test
    void whatCameAfterAPositionIsKnown() {
        add(11, 12, 13);
        assertThat(missed(10)).containsExactly(11L, 12L, 13L);
        assertThat(missed(12)).containsExactly(13L);
        assertThat(missed(13)).isEmpty();
    }

    @Test
    void aPositionThatNeverWasIsNoPlaceToGoOnFrom() {
        recent.add(heard(12), at(12));
        assertThat(recent.after(at(11))).isEmpty();
    }

    @Test
    void theOldestAreForgottenAndThePositionOfTheLastOneOfThemIsStillAPlace() {
        add(11, 12, 13, 14);
        recent.trim(2, 1_000_000);
        assertThat(recent.floor()).isEqualTo(at(12));
        assertThat(missed(12)).containsExactly(13L, 14L);
        assertThat(recent.after(at(11))).isEmpty();
        recent.trim(2, 1);
        assertThat(recent.size()).isZero();
        assertThat(recent.bytes()).isZero();
        assertThat(missed(14)).isEmpty();
    }

    @Test
    void theOlderPartJoinsWithoutAGap() {
        add(11);
        recent.addOlder(newestFirst(10, 9, 8), false);
        assertThat(recent.floor()).isEqualTo(at(8));
        assertThat(missed(8)).containsExactly(9L, 10L, 11L);
        assertThat(recent.isWhole()).isFalse();
        recent.addOlder(newestFirst(8, 7), true);
        assertThat(missed(7)).containsExactly(8L, 9L, 10L, 11L);
        assertThat(recent.isWhole()).isTrue();
    }

    @Test
    void whereRedisHasLessThanIsKeptHereThereIsNothingBefore() {
        add(11);
        recent.addOlder(List.of(), true);
        assertThat(recent.isWhole()).isTrue();
        assertThat(missed(10)).containsExactly(11L);
        recent.trim(0, 0);
        assertThat(recent.isWhole()).isFalse();
    }

    private void add(long... milliseconds) {
        for (long each : milliseconds) {
            recent.add(heard(each), at(each));
        }
    }

    private List<Long> missed(long since) {
        return recent.after(at(since)).orElseThrow().missed().stream()
                .map(heard -> LogPosition.parse(String.valueOf(heard.event().position()))
                        .milliseconds())
                .toList();
    }

    private static List<PublishedEvent> newestFirst(int... milliseconds) {
        return IntStream.of(milliseconds).mapToObj(ReplayBufferTest::heard).toList();
    }

    private static PublishedEvent heard(long milliseconds) {
        return PublishedEvent.of(
                new EventFrame(at(milliseconds).toString(), Delivery.DROPPABLE, false, "chat:message", "{}"));
    }

    private static LogPosition at(long milliseconds) {
        return new LogPosition(milliseconds, 0);
    }
}
