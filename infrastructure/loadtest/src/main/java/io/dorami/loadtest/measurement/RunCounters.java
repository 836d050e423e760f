package io.dorami.loadtest.measurement;

import io.dorami.loadtest.protocol.ReceivedEvent;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Counters of a run. Confined to the load's event loop.
 *
 * <p>Latency counts from the time at which a message was due, not from the time at which it was sent, so that a server
 * which delays the sender is charged for the delay (no coordinated omission).
 */
public final class RunCounters {

    /** One hour; no message takes longer. */
    private static final long MAX_LATENCY_MICROS = TimeUnit.HOURS.toMicros(1);

    public final Histogram latency = new Histogram(MAX_LATENCY_MICROS, 3);
    public final Histogram connect = new Histogram(MAX_LATENCY_MICROS, 3);
    public final Histogram join = new Histogram(MAX_LATENCY_MICROS, 3);
    /** Delay between due time and send: the inaccuracy of the tool itself. */
    public final Histogram sendDelay = new Histogram(MAX_LATENCY_MICROS, 3);
    /** Latency of the sampled sockets since the last progress line. */
    public final Histogram sampledSecond = new Histogram(MAX_LATENCY_MICROS, 2);

    private final long lateNanos;
    private final long[] events = new long[ReceivedEvent.values().length];

    /** Messages delivered, without duplicates. */
    public long delivered;

    /** Delivered later than allowed. */
    public long late;

    /** Messages of another room, or without a room. */
    public long stray;

    /** Sampled messages whose text differs from the sent one. */
    public long corrupted;

    public long sent;
    /** Messages that were due when no member could send. */
    public long unsent;

    public long rejected;
    public long disconnected;

    private long measuredFrom = Long.MAX_VALUE;
    private long measuredUntil = Long.MAX_VALUE;

    public RunCounters(long lateNanos) {
        this.lateNanos = lateNanos;
    }

    /** Measures the messages that are due from now on. */
    public void beginMeasurement(long nanos) {
        measuredFrom = nanos;
    }

    /** Stops measuring messages that are due from now on. */
    public void endMeasurement(long nanos) {
        measuredUntil = nanos;
    }

    public void recordDelivery(long due, long now, boolean sampled) {
        delivered++;
        long nanos = now - due;
        if (nanos > lateNanos) {
            late++;
        }
        if (due >= measuredFrom && due < measuredUntil) {
            long micros = micros(nanos);
            latency.recordValue(micros);
            if (sampled) {
                sampledSecond.recordValue(micros);
            }
        }
    }

    public void recordSend(long due, long now) {
        sent++;
        sendDelay.recordValue(micros(now - due));
    }

    public void recordEvent(ReceivedEvent event) {
        events[event.ordinal()]++;
    }

    /** Number of each event, except chat messages. */
    public Map<ReceivedEvent, Long> events() {
        Map<ReceivedEvent, Long> counts = new EnumMap<>(ReceivedEvent.class);
        for (ReceivedEvent event : ReceivedEvent.values()) {
            if (events[event.ordinal()] > 0) {
                counts.put(event, events[event.ordinal()]);
            }
        }
        return counts;
    }

    public static long micros(long nanos) {
        return Math.clamp(nanos / 1_000, 0, MAX_LATENCY_MICROS);
    }
}
