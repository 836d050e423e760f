package io.dorami.loadtest;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What a run counts while it goes on. Touched on the load's one event loop only.
 *
 * <p>Latency counts from the time at which a message should have been sent, not from when it was: a server that holds the
 * sender up does not get the waiting for nothing (no coordinated omission).
 */
final class RunCounters {

    /** An hour: no message of a run is on its way longer. */
    private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);

    final Histogram latency = new Histogram(LONGEST_MICROS, 3);
    final Histogram connect = new Histogram(LONGEST_MICROS, 3);
    final Histogram join = new Histogram(LONGEST_MICROS, 3);
    /** How late the tool itself sent: its own honesty. */
    final Histogram sending = new Histogram(LONGEST_MICROS, 3);
    /** The sampled sockets' latency since the last look. */
    final Histogram second = new Histogram(LONGEST_MICROS, 2);

    private final long lateNanos;
    private final long[] events = new long[ReceivedEvent.values().length];

    /** Messages delivered, repeats not counted. */
    long delivered;

    /** Delivered later than allowed. */
    long late;

    /** Messages of another room, or of no room. */
    long stray;

    /** Sampled messages that did not say what was sent. */
    long corrupted;

    long sent;
    /** Due when no member could send. */
    long unsent;

    long refused;
    long disconnected;

    private long from = Long.MAX_VALUE;
    private long to = Long.MAX_VALUE;

    RunCounters(long lateNanos) {
        this.lateNanos = lateNanos;
    }

    /** What should be sent from now on is measured. */
    void begin(long nanos) {
        from = nanos;
    }

    /** What should be sent from now on is not. */
    void end(long nanos) {
        to = nanos;
    }

    void delivered(long intendedNanos, long now, boolean sampled) {
        delivered++;
        long nanos = now - intendedNanos;
        if (nanos > lateNanos) {
            late++;
        }
        if (intendedNanos >= from && intendedNanos < to) {
            long micros = micros(nanos);
            latency.recordValue(micros);
            if (sampled) {
                second.recordValue(micros);
            }
        }
    }

    void sent(long intendedNanos, long now) {
        sent++;
        sending.recordValue(micros(now - intendedNanos));
    }

    void heard(ReceivedEvent event) {
        events[event.ordinal()]++;
    }

    /** How often each event came, chat messages apart. */
    Map<ReceivedEvent, Long> events() {
        Map<ReceivedEvent, Long> heard = new EnumMap<>(ReceivedEvent.class);
        for (ReceivedEvent event : ReceivedEvent.values()) {
            if (events[event.ordinal()] > 0) {
                heard.put(event, events[event.ordinal()]);
            }
        }
        return heard;
    }

    static long micros(long nanos) {
        return Math.clamp(nanos / 1_000, 0, LONGEST_MICROS);
    }
}
