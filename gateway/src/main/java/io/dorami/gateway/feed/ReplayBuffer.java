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
 * The end of a room's log in memory, without a gap: clients that come back are served from here and not from Redis. Knows
 * one position before the first event that it keeps.
 */
final class ReplayBuffer {

    /** What an event costs beside its text: the objects around it. */
    private static final int OVERHEAD = 200;

    private final Deque<PublishedEvent> events = new ArrayDeque<>(0);

    /** What comes after this position is here; it is itself one of the log's. */
    private LogPosition floor;

    private LogPosition last;
    private int bytes;
    private boolean whole;

    ReplayBuffer(LogPosition position) {
        this.floor = position;
        this.last = position;
    }

    LogPosition floor() {
        return floor;
    }

    LogPosition last() {
        return last;
    }

    int bytes() {
        return bytes;
    }

    int size() {
        return events.size();
    }

    /** Keeps one more event, which has a position after all others. */
    void add(PublishedEvent heard, LogPosition position) {
        events.addLast(heard);
        last = position;
        bytes += size(heard);
    }

    /**
     * Keeps the part before this one.
     *
     * @param newestFirst of the log, beginning with the floor, which from now on is kept; the oldest of them is the new one
     * @param whole the log has nothing before them
     */
    void addOlder(List<PublishedEvent> newestFirst, boolean whole) {
        boolean joins =
                !newestFirst.isEmpty() && floor.equals(newestFirst.getFirst().position());
        this.whole = whole || !joins; // where Redis has trimmed more than is kept here, there is nothing to be had
        if (joins) {
            newestFirst.subList(0, newestFirst.size() - 1).forEach(heard -> {
                events.addFirst(heard);
                bytes += size(heard);
            });
            LogPosition oldest = newestFirst.getLast().position();
            floor = oldest == null ? floor : oldest; // what is in a log has a position
        }
    }

    /** Whether the log has nothing before this. */
    boolean isWhole() {
        return whole;
    }

    /** Forgets the oldest beyond this many and this many bytes. */
    void trim(int atMost, long atMostBytes) {
        while (events.size() > atMost || bytes > atMostBytes) {
            PublishedEvent oldest = events.removeFirst();
            whole = false;
            bytes -= size(oldest);
            if (oldest.position() != null) {
                floor = oldest.position();
            }
        }
    }

    /** What came after a position that is not before the floor; nothing where the log never had such a position. */
    Optional<Replay> after(LogPosition since) {
        if (since.equals(last)) {
            return Optional.of(new Replay(since, List.of()));
        }
        boolean known = since.equals(floor);
        List<PublishedEvent> missed = new ArrayList<>();
        for (PublishedEvent heard : events) {
            if (known) {
                missed.add(heard);
            } else {
                known = since.equals(heard.position());
            }
        }
        return known ? Optional.of(new Replay(since, missed)) : Optional.empty();
    }

    private static int size(PublishedEvent heard) {
        return heard.event().data().length() + OVERHEAD;
    }
}
