package io.dorami.loadtest;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Does something at a fixed rate whatever comes of it (an open loop). Each time is told the moment at which it is due, in
 * {@link System#nanoTime}; one that comes late is due at its own moment all the same.
 */
final class RateScheduler {

    private final LoadLoop loop;
    private final LongConsumer work;
    private final double interval;
    private final long start;
    private long done;
    private boolean over;

    RateScheduler(LoadLoop loop, double perSecond, long start, LongConsumer work) {
        this.loop = loop;
        this.interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.start = start;
        this.work = work;
    }

    RateScheduler begin() {
        loop.scheduleAt(this::goOn, start);
        return this;
    }

    void end() {
        over = true;
    }

    private void goOn() {
        for (long due = due(); !over && due <= System.nanoTime(); due = due()) {
            done++;
            work.accept(due);
        }
        if (!over) {
            loop.scheduleAt(this::goOn, due());
        }
    }

    private long due() {
        return start + (long) (done * interval);
    }
}
