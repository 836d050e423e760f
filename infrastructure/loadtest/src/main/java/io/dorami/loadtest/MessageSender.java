package io.dorami.loadtest;

import java.util.List;
import java.util.Optional;

/** What is said in one room, by all members in turn: so that nobody says more than users may. */
final class MessageSender {

    private final Audience audience;
    private final Room room;
    private final RunCounters tally;
    private int turn;

    MessageSender(Audience audience, Room room, RunCounters tally) {
        this.audience = audience;
        this.room = room;
        this.tally = tally;
    }

    /** The next message, which is due at that time. */
    void say(long due) {
        Optional<Member> speaker = next();
        if (speaker.isEmpty()) {
            tally.unsent++;
            return;
        }
        int number = room.say(due);
        tally.sent(due, System.nanoTime());
        speaker.get().say(number);
    }

    private Optional<Member> next() {
        List<Member> all = audience.of(room);
        for (int tried = 0; tried < all.size(); tried++) {
            Member speaker = all.get(turn++ % all.size());
            if (speaker.present()) {
                return Optional.of(speaker);
            }
        }
        return Optional.empty();
    }
}
