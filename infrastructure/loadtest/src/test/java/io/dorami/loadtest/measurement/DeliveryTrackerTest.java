package io.dorami.loadtest.measurement;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.loadtest.measurement.DeliveryTracker.Classification;
import org.junit.jupiter.api.Test;

class DeliveryTrackerTest {

    private final DeliveryTracker tracker = DeliveryTracker.fromStart();

    @Test
    void inOrder_losesNothing() {
        for (int rank = 0; rank < 100; rank++) {
            assertThat(tracker.record(rank)).isEqualTo(Classification.NEXT);
        }
        assertThat(tracker.lostCount(100)).isZero();
    }

    @Test
    void skippedMessages_areLost() {
        record(0, 1, 4, 5, 8);
        assertThat(tracker.lostCount(9)).isEqualTo(4);
    }

    @Test
    void missingEnd_isLostForSocketThatStayed() {
        record(0, 1);
        assertThat(tracker.lostCount(5)).isEqualTo(3);
        assertThat(tracker.gapCount()).isZero();
    }

    @Test
    void socketWithoutMessages_lostAll() {
        assertThat(tracker.lostCount(7)).isEqualTo(7);
    }

    @Test
    void lateMessage_isOutOfOrderAndNotLost() {
        record(0, 2, 3);
        assertThat(tracker.record(1)).isEqualTo(Classification.OUT_OF_ORDER);
        assertThat(tracker.outOfOrder()).isOne();
        assertThat(tracker.lostCount(4)).isZero();
    }

    @Test
    void repeatedMessage_isDuplicate() {
        record(0, 1, 2, 4);
        assertThat(tracker.record(4)).isEqualTo(Classification.DUPLICATE);
        assertThat(tracker.record(0)).isEqualTo(Classification.DUPLICATE);
        assertThat(tracker.record(3)).isEqualTo(Classification.OUT_OF_ORDER);
        assertThat(tracker.record(3)).isEqualTo(Classification.DUPLICATE);
        assertThat(tracker.duplicates()).isEqualTo(3);
        assertThat(tracker.lostCount(5)).isZero();
    }

    @Test
    void lateJoiner_losesNothingBeforeItsJoin() {
        DeliveryTracker lateJoiner = DeliveryTracker.fromNow();
        assertThat(lateJoiner.lostCount(50)).isZero();
        lateJoiner.record(40);
        lateJoiner.record(42);
        assertThat(lateJoiner.lostCount(43)).isOne();
    }

    @Test
    void gapAfterHistory_isLost() {
        DeliveryTracker lateJoiner = DeliveryTracker.fromNow();
        lateJoiner.startAfter(40);
        lateJoiner.record(42);
        assertThat(lateJoiner.lostCount(43))
                .as("41 was neither in the history nor live")
                .isOne();
    }

    @Test
    void totals_countGapsOfSocketsThatLeft() {
        DeliveryTracker.Totals departed = new DeliveryTracker.Totals();
        record(0, 2, 2);
        departed.add(tracker);
        departed.add(DeliveryTracker.fromNow());
        assertThat(departed.sessions).isEqualTo(2);
        assertThat(departed.lost).isOne();
        assertThat(departed.duplicates).isOne();
    }

    private void record(int... ranks) {
        for (int rank : ranks) {
            tracker.record(rank);
        }
    }
}
