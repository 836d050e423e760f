package io.dorami.gateway.feed;

import io.dorami.contracts.keys.LogPosition;
import io.dorami.gateway.hub.PublishedEvent;
import io.dorami.gateway.hub.Replay;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The end of a room's log in memory, without a gap. Clients that reconnect are served from here and not from Redis.
 * Also contains the position of the event before its first one.
 */
final class ReplayBuffer {

    /** Memory that an event takes beside its text, for the objects around it. */
    private static final int EVENT_OVERHEAD_BYTES = 200;

    private final Deque<PublishedEvent> events = new ArrayDeque<>(0);

    /** All events after this position are buffered; the position itself is one of the log's. */
    private LogPosition startPosition;

    private LogPosition lastPosition;
    private int bytes;
    private boolean reachesLogStart;

    ReplayBuffer(LogPosition position) {
        this.startPosition = position;
        this.lastPosition = position;
    }

    LogPosition startPosition() {
        return startPosition;
    }

    LogPosition lastPosition() {
        return lastPosition;
    }

    int bytes() {
        return bytes;
    }

    int size() {
        return events.size();
    }

    /** Adds an event whose position is after all others. */
    void add(PublishedEvent published, LogPosition position) {
        events.addLast(published);
        lastPosition = position;
        bytes += sizeOf(published);
    }

    /**
     * Adds the events before the buffer's start.
     *
     * @param newestFirst log entries, beginning with the event at the start position; the position of the oldest
     *     becomes the new start
     * @param reachesLogStart true if the log has no older events
     */
    void addOlder(List<PublishedEvent> newestFirst, boolean reachesLogStart) {
        boolean isContiguous = !newestFirst.isEmpty()
                && startPosition.equals(newestFirst.getFirst().position());
        // If Redis has trimmed more than is buffered here, no older events exist.
        this.reachesLogStart = reachesLogStart || !isContiguous;
        if (isContiguous) {
            newestFirst.subList(0, newestFirst.size() - 1).forEach(published -> {
                events.addFirst(published);
                bytes += sizeOf(published);
            });
            LogPosition oldest = newestFirst.getLast().position();
            startPosition = oldest == null ? startPosition : oldest; // logged events have a position
        }
    }

    /** Returns true if the log has no events before the buffer's start. */
    boolean reachesLogStart() {
        return reachesLogStart;
    }

    /** Removes the oldest events beyond the maximum count and bytes. */
    void trim(int maxEvents, long maxBytes) {
        while (events.size() > maxEvents || bytes > maxBytes) {
            PublishedEvent oldest = events.removeFirst();
            reachesLogStart = false;
            bytes -= sizeOf(oldest);
            if (oldest.position() != null) {
                startPosition = oldest.position();
            }
        }
    }

    /** Returns the events after a position, or empty if the buffer does not contain the position. */
    Optional<Replay> replayAfter(LogPosition since) {
        if (since.equals(lastPosition)) {
            return Optional.of(new Replay(since, List.of()));
        }
        boolean found = since.equals(startPosition);
        List<PublishedEvent> missed = new ArrayList<>();
        for (PublishedEvent published : events) {
            if (found) {
                missed.add(published);
            } else {
                found = since.equals(published.position());
            }
        }
        return found ? Optional.of(new Replay(since, missed)) : Optional.empty();
    }

    private static int sizeOf(PublishedEvent published) {
        return published.event().data().length() + EVENT_OVERHEAD_BYTES;
    }
}
