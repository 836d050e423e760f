package io.dorami.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Latency counts from when a message was due, whatever held its sender up. */
class RunCountersTest {

    private static final long MILLISECOND = 1_000_000;

    private final RunCounters tally = new RunCounters(50 * MILLISECOND);

    @Test
    void aMessageThatWasSentLateCountsFromWhenItWasDue() {
        tally.begin(0);
        tally.sent(100 * MILLISECOND, 170 * MILLISECOND);
        tally.delivered(100 * MILLISECOND, 180 * MILLISECOND, false);
        assertThat(tally.latency.getMaxValue()).isBetween(80_000L, 80_100L);
        assertThat(tally.sending.getMaxValue()).isBetween(70_000L, 70_100L);
        assertThat(tally.late).isOne();
    }

    @Test
    void onlyWhatWasDueInTheMeasuredPhaseIsMeasuredHoweverLateItCame() {
        tally.delivered(MILLISECOND, 2 * MILLISECOND, false);
        tally.begin(10 * MILLISECOND);
        tally.delivered(9 * MILLISECOND, 11 * MILLISECOND, false);
        tally.delivered(12 * MILLISECOND, 13 * MILLISECOND, false);
        tally.end(20 * MILLISECOND);
        tally.delivered(19 * MILLISECOND, 90 * MILLISECOND, false);
        tally.delivered(20 * MILLISECOND, 21 * MILLISECOND, false);
        assertThat(tally.latency.getTotalCount()).isEqualTo(2);
        assertThat(tally.latency.getMaxValue()).isGreaterThanOrEqualTo(71_000);
        assertThat(tally.delivered).as("all of them were delivered").isEqualTo(5);
    }

    @Test
    void whatIsDueWhileTheLoopIsHeldUpKeepsItsOwnTime() throws Exception {
        List<Long> due = new ArrayList<>();
        CompletableFuture<Void> enough = new CompletableFuture<>();
        try (LoadLoop loop = new LoadLoop()) {
            long start = System.nanoTime() - 50 * MILLISECOND; // as if the loop had been busy for that long
            RateScheduler pace = new RateScheduler(loop, 100, start, time -> {
                due.add(time - start);
                if (due.size() == 8) {
                    enough.complete(null);
                }
            });
            pace.begin();
            enough.get(20, TimeUnit.SECONDS);
            loop.ask(() -> {
                pace.end();
                return 0;
            });
        }
        for (int i = 0; i < due.size(); i++) {
            assertThat(due.get(i)).isEqualTo(i * 10 * MILLISECOND);
        }
    }
}
