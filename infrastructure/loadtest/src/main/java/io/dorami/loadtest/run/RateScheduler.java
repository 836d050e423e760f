package io.dorami.loadtest.run;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Runs a task at a fixed rate, independent of responses (an open loop). The task receives the time at which it was due,
 * in {@link System#nanoTime}; a late task keeps its own due time.
 */
final class RateScheduler {

    private final LoadLoop loop;
    private final LongConsumer work;
    private final double intervalNanos;
    private final long startNanos;
    private long startedCount;
    private boolean isStopped;

    RateScheduler(LoadLoop loop, double perSecond, long start, LongConsumer work) {
        this.loop = loop;
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.startNanos = start;
        this.work = work;
    }

    RateScheduler start() {
        loop.scheduleAt(this::runDue, startNanos);
        return this;
    }

    void stop() {
        isStopped = true;
    }

    private void runDue() {
        for (long due = nextDue(); !isStopped && due <= System.nanoTime(); due = nextDue()) {
            startedCount++;
            work.accept(due);
        }
        if (!isStopped) {
            loop.scheduleAt(this::runDue, nextDue());
        }
    }

    private long nextDue() {
        return startNanos + (long) (startedCount * intervalNanos);
    }
}
