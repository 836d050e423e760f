package io.dorami.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.loadtest.measurement.RunCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Latency counts from the due time, even if the sender was delayed. */
class RunCountersTest {

    private static final long MILLISECOND = 1_000_000;

    private final RunCounters counters = new RunCounters(50 * MILLISECOND);

    @Test
    void lateSend_countsFromDueTime() {
        counters.beginMeasurement(0);
        counters.recordSend(100 * MILLISECOND, 170 * MILLISECOND);
        counters.recordDelivery(100 * MILLISECOND, 180 * MILLISECOND, false);
        assertThat(counters.latency.getMaxValue()).isBetween(80_000L, 80_100L);
        assertThat(counters.sendDelay.getMaxValue()).isBetween(70_000L, 70_100L);
        assertThat(counters.late).isOne();
    }

    @Test
    void onlyMessagesDueInPhase_areMeasured() {
        counters.recordDelivery(MILLISECOND, 2 * MILLISECOND, false);
        counters.beginMeasurement(10 * MILLISECOND);
        counters.recordDelivery(9 * MILLISECOND, 11 * MILLISECOND, false);
        counters.recordDelivery(12 * MILLISECOND, 13 * MILLISECOND, false);
        counters.endMeasurement(20 * MILLISECOND);
        counters.recordDelivery(19 * MILLISECOND, 90 * MILLISECOND, false);
        counters.recordDelivery(20 * MILLISECOND, 21 * MILLISECOND, false);
        assertThat(counters.latency.getTotalCount()).isEqualTo(2);
        assertThat(counters.latency.getMaxValue()).isGreaterThanOrEqualTo(71_000);
        assertThat(counters.delivered).as("all were delivered").isEqualTo(5);
    }

    @Test
    void delayedTask_keepsDueTime() throws Exception {
        List<Long> due = new ArrayList<>();
        CompletableFuture<Void> completed = new CompletableFuture<>();
        try (LoadLoop loop = new LoadLoop()) {
            long start = System.nanoTime() - 50 * MILLISECOND; // as if the loop had been busy for 50 ms
            RateScheduler scheduler = new RateScheduler(loop, 100, start, time -> {
                due.add(time - start);
                if (due.size() == 8) {
                    completed.complete(null);
                }
            });
            scheduler.start();
            completed.get(20, TimeUnit.SECONDS);
            loop.call(() -> {
                scheduler.stop();
                return 0;
            });
        }
        for (int i = 0; i < due.size(); i++) {
            assertThat(due.get(i)).isEqualTo(i * 10 * MILLISECOND);
        }
    }
}
