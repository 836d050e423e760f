package io.dorami.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.hub.PublishedEvent;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplayBufferTest {

    private final ReplayBuffer buffer = new ReplayBuffer(at(10));

    @Test
    void eventsAfterPositionAreReplayed() {
        add(11, 12, 13);
        assertThat(replayed(10)).containsExactly(11L, 12L, 13L);
        assertThat(replayed(12)).containsExactly(13L);
        assertThat(replayed(13)).isEmpty();
    }

    @Test
    void unknownPosition_isNotReplayed() {
        buffer.add(event(12), at(12));
        assertThat(buffer.replayAfter(at(11))).isEmpty();
    }

    @Test
    void trimKeepsPositionOfLastRemovedEvent() {
        add(11, 12, 13, 14);
        buffer.trim(2, 1_000_000);
        assertThat(buffer.startPosition()).isEqualTo(at(12));
        assertThat(replayed(12)).containsExactly(13L, 14L);
        assertThat(buffer.replayAfter(at(11))).isEmpty();
        buffer.trim(2, 1);
        assertThat(buffer.size()).isZero();
        assertThat(buffer.bytes()).isZero();
        assertThat(replayed(14)).isEmpty();
    }

    @Test
    void olderEventsAreAddedWithoutGap() {
        add(11);
        buffer.addOlder(newestFirst(10, 9, 8), false);
        assertThat(buffer.startPosition()).isEqualTo(at(8));
        assertThat(replayed(8)).containsExactly(9L, 10L, 11L);
        assertThat(buffer.reachesLogStart()).isFalse();
        buffer.addOlder(newestFirst(8, 7), true);
        assertThat(replayed(7)).containsExactly(8L, 9L, 10L, 11L);
        assertThat(buffer.reachesLogStart()).isTrue();
    }

    @Test
    void logTrimmedBeyondBufferHasNoOlderEvents() {
        add(11);
        buffer.addOlder(List.of(), true);
        assertThat(buffer.reachesLogStart()).isTrue();
        assertThat(replayed(10)).containsExactly(11L);
        buffer.trim(0, 0);
        assertThat(buffer.reachesLogStart()).isFalse();
    }

    private void add(long... milliseconds) {
        for (long each : milliseconds) {
            buffer.add(event(each), at(each));
        }
    }

    private List<Long> replayed(long since) {
        return buffer.replayAfter(at(since)).orElseThrow().events().stream()
                .map(published -> LogPosition.parse(
                                String.valueOf(published.event().position()))
                        .milliseconds())
                .toList();
    }

    private static List<PublishedEvent> newestFirst(int... milliseconds) {
        return IntStream.of(milliseconds).mapToObj(ReplayBufferTest::event).toList();
    }

    private static PublishedEvent event(long milliseconds) {
        return PublishedEvent.of(
                RoomId.parse("chat:k"),
                new EventFrame(at(milliseconds).toString(), Delivery.DROPPABLE, false, "chat:message", "{}"));
    }

    private static LogPosition at(long milliseconds) {
        return new LogPosition(milliseconds, 0);
    }
}
