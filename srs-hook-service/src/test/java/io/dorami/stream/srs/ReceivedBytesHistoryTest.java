package io.dorami.stream.srs;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.stream.state.Publisher;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReceivedBytesHistoryTest {

    private static final Publisher FIRST = new Publisher("c1", "run1");
    private static final Publisher SECOND = new Publisher("c2", "run1");

    @Test
    void bitrateNeedsTwoCounts() {
        ReceivedBytesHistory history = add(null, FIRST, 0, 500_000);
        assertThat(history.kilobitsPerSecond()).isEmpty();
        assertThat(add(history, FIRST, 0, 500_000)).isSameAs(history);
        // 150,000 bytes in 3 s
        assertThat(add(history, FIRST, 3_000, 650_000).kilobitsPerSecond()).hasValue(400);
    }

    @Test
    void bitrateIsAverageOfLast15Seconds() {
        ReceivedBytesHistory history = add(null, FIRST, 0, 0);
        for (long time : LongStream.rangeClosed(1, 20).map(i -> i * 3_000).toArray()) {
            // a key frame each 6 s: 100,000 bytes more
            history = add(history, FIRST, time, time * 50 + time / 6_000 * 100_000);
        }
        assertThat(history.counts()).hasSize(6);
        assertThat(history.counts().getFirst().countedAt()).isEqualTo(45_000);
        assertThat(history.kilobitsPerSecond()).hasValue((15_000 * 50 + 300_000) * 8 / 15_000);
    }

    @Test
    void silentPublisherHasBitrateZero() {
        ReceivedBytesHistory history = add(add(null, FIRST, 0, 1_000), FIRST, 3_000, 1_000);
        assertThat(history.kilobitsPerSecond()).hasValue(0);
    }

    @Test
    void countsOfAnotherConnectionAndOldOnesAreDropped() {
        ReceivedBytesHistory history = add(null, FIRST, 0, 9_000_000);
        assertThat(add(history, SECOND, 3_000, 100).kilobitsPerSecond()).isEmpty();
        assertThat(add(history, FIRST, 60_001, 9_500_000).kilobitsPerSecond()).isEmpty();
        assertThat(add(history, FIRST, 60_000, 9_750_000).kilobitsPerSecond()).hasValue(100);
    }

    private static ReceivedBytesHistory add(
            @Nullable ReceivedBytesHistory before, Publisher publisher, long time, long total) {
        return ReceivedBytesHistory.next(before, publisher, new ReceivedBytes(time, total));
    }
}
