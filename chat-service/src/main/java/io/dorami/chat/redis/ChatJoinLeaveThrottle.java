package io.dorami.chat.redis;

import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits join and leave events to ten a second in each room and keeps only the newest, because 5,000 users who join a
 * room of 5,000 would cause 25 million deliveries. Performs no I/O; the replica that owns the room's partition decides
 * for all gateways.
 */
public final class ChatJoinLeaveThrottle {

    /** Minimum time between two events of one room: the contract's ten a second. */
    public static final Duration MIN_INTERVAL = Duration.ofMillis(100);

    private final Map<RoomId, Interval> intervals = new HashMap<>();

    private static final class Interval {
        long endNanos;

        /** The newest event of the interval, published when the interval ends. */
        @Nullable
        RoomEvent pending;
    }

    /**
     * Returns true if the event may be published now. Otherwise the event is published when the interval ends, unless a
     * newer one replaces it.
     */
    public synchronized boolean tryAcquire(RoomId room, RoomEvent event, long nowNanos) {
        Interval interval = intervals.get(room);
        if (interval == null) {
            interval = new Interval();
            interval.endNanos = nowNanos + MIN_INTERVAL.toNanos();
            intervals.put(room, interval);
            return true;
        }
        if (interval.pending == null && nowNanos - interval.endNanos >= 0) {
            interval.endNanos = nowNanos + MIN_INTERVAL.toNanos();
            return true;
        }
        interval.pending = event;
        return false;
    }

    /** Removes and returns the pending events whose interval has ended, and starts a new interval for their rooms. */
    public synchronized Map<RoomId, RoomEvent> drainDue(long nowNanos) {
        Map<RoomId, RoomEvent> due = new LinkedHashMap<>();
        for (Iterator<Map.Entry<RoomId, Interval>> entries =
                        intervals.entrySet().iterator();
                entries.hasNext(); ) {
            Map.Entry<RoomId, Interval> entry = entries.next();
            Interval interval = entry.getValue();
            if (nowNanos - interval.endNanos < 0) {
                continue;
            }
            if (interval.pending == null) {
                entries.remove();
            } else {
                due.put(entry.getKey(), interval.pending);
                interval.pending = null;
                interval.endNanos = nowNanos + MIN_INTERVAL.toNanos();
            }
        }
        return due;
    }
}
