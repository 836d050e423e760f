package io.dorami.stream.srs;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.stream.srs.ReceivedBytes.Activity;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReceivedBytesTest {

    @Test
    void equalCounts_proveSilence() {
        assertThat(judge(500, 500)).isEqualTo(Activity.SILENT);
        assertThat(judge(0, 0)).as("connected, but never sent").isEqualTo(Activity.SILENT);
    }

    @Test
    void singleIncrease_provesNothing() {
        assertThat(judge()).isEqualTo(Activity.UNKNOWN);
        assertThat(judge(500)).isEqualTo(Activity.UNKNOWN);
        assertThat(judge(500, 700)).isEqualTo(Activity.UNKNOWN);
        assertThat(judge(500, 700, 700)).as("silent soon after the first count").isEqualTo(Activity.SILENT);
    }

    @Test
    void twoIncreases_proveSending() {
        assertThat(judge(500, 700, 701)).isEqualTo(Activity.SENDING);
    }

    /** Judges counts at intervals of 3 s. */
    private static Activity judge(long... totals) {
        return ReceivedBytes.judge(IntStream.range(0, totals.length)
                .mapToObj(i -> new ReceivedBytes(i * 3_000L, totals[i]))
                .toList());
    }
}
