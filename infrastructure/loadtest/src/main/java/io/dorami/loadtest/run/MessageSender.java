package io.dorami.loadtest.run;

import io.dorami.loadtest.measurement.RoomTracker;
import io.dorami.loadtest.measurement.RunCounters;
import java.util.List;
import java.util.Optional;

/** Sends the messages of one room from all members in turn, so that no user exceeds the rate limit. */
final class MessageSender {

    private final MemberPool pool;
    private final RoomTracker room;
    private final RunCounters counters;
    private int turn;

    MessageSender(MemberPool pool, RoomTracker room, RunCounters counters) {
        this.pool = pool;
        this.room = room;
        this.counters = counters;
    }

    /** Sends the next message, which was due at the given time. */
    void sendNext(long due) {
        Optional<Member> sender = nextSender();
        if (sender.isEmpty()) {
            counters.unsent++;
            return;
        }
        int number = room.nextMessage(due);
        counters.recordSend(due, System.nanoTime());
        sender.get().sendMessage(number);
    }

    private Optional<Member> nextSender() {
        List<Member> all = pool.membersOf(room);
        for (int attempts = 0; attempts < all.size(); attempts++) {
            Member sender = all.get(turn++ % all.size());
            if (sender.isPresent()) {
                return Optional.of(sender);
            }
        }
        return Optional.empty();
    }
}
