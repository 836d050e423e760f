package io.dorami.service.messaging;

import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.service.runtime.PeriodicTask;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Limits join and leave events to ten a second in each room, because 5,000 users who join a room of 5,000 would cause
 * 25 million deliveries. Within an interval only the newest event is kept, and the last one is always published.
 */
@ApplicationScoped
public class JoinLeaveThrottle {

    /** Minimum time between two events that share a limit: the contract's ten a second. */
    private static final Duration MIN_INTERVAL = Duration.ofMillis(100);

    /** Half of the interval, so that an event is published at most half an interval late. */
    private static final Duration FLUSH_INTERVAL = MIN_INTERVAL.dividedBy(2);

    private static final Logger LOG = Logger.getLogger(JoinLeaveThrottle.class);

    private final EventBus bus;
    private final Map<EventGroup, Interval> intervals = new HashMap<>();

    JoinLeaveThrottle(EventBus bus) {
        this.bus = bus;
    }

    /** Events of a room that share a limit. */
    record EventGroup(RoomId room, String name) {

        // Written out, because a native image interprets the generated methods: decision 18.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof EventGroup same && same.room.equals(room) && same.name.equals(name);
        }

        @Override
        public int hashCode() {
            return Objects.hash(room, name);
        }
    }

    private static final class Interval {
        long endNanos;

        /** The newest event of the interval, published when the interval ends. */
        @Nullable
        RoomEvent pending;
    }

    @PostConstruct
    void start() {
        PeriodicTask.start("publish joins and leaves", FLUSH_INTERVAL, this::flush);
    }

    /**
     * Publishes the event at once, or at the end of the interval unless a newer event of the same name replaces it.
     * Returns true if the event was published at once; does not wait for Redis.
     */
    public Uni<Boolean> publish(RoomId room, RoomEvent event) {
        return Uni.createFrom().item(() -> {
            boolean isImmediate = tryAcquire(room, event.name(), event, System.nanoTime());
            if (isImmediate) {
                publishNow(room, event).subscribe().with(done -> {});
            }
            return isImmediate;
        });
    }

    /**
     * Returns true if the caller may publish the event now, for example in the order of its own requests. Otherwise
     * this object publishes the event at the end of the interval, unless a newer one replaces it.
     *
     * @param group name of the room's events that share the limit
     */
    public synchronized boolean tryAcquire(RoomId room, String group, RoomEvent event, long nowNanos) {
        EventGroup key = new EventGroup(room, group);
        Interval interval = intervals.get(key);
        if (interval == null) {
            interval = new Interval();
            interval.endNanos = nowNanos + MIN_INTERVAL.toNanos();
            intervals.put(key, interval);
            return true;
        }
        if (interval.pending == null && nowNanos - interval.endNanos >= 0) {
            interval.endNanos = nowNanos + MIN_INTERVAL.toNanos();
            return true;
        }
        interval.pending = event;
        return false;
    }

    /** Removes and returns the pending events whose interval has ended, and starts a new interval for their groups. */
    synchronized Map<EventGroup, RoomEvent> drainDue(long nowNanos) {
        Map<EventGroup, RoomEvent> due = new LinkedHashMap<>();
        for (Iterator<Map.Entry<EventGroup, Interval>> entries =
                        intervals.entrySet().iterator();
                entries.hasNext(); ) {
            Map.Entry<EventGroup, Interval> entry = entries.next();
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

    private Uni<Void> flush() {
        return Multi.createFrom()
                .iterable(drainDue(System.nanoTime()).entrySet())
                .onItem()
                .transformToUniAndMerge(due -> publishNow(due.getKey().room(), due.getValue()))
                .onItem()
                .ignoreAsUni();
    }

    /** Publishes the event, without a retry: joins and leaves are not logged, and newer ones follow. */
    private Uni<Void> publishNow(RoomId room, RoomEvent event) {
        return bus.publish(RedisKeys.roomKeys(room), event)
                .onFailure()
                .invoke(e -> LOG.debugf("Join or leave not published: room=%s reason=%s", room, e.getMessage()))
                .onFailure()
                .recoverWithNull();
    }
}
