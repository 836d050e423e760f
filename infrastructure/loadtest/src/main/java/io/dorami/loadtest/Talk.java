package io.dorami.loadtest;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is said in one room: at a fixed rate whatever the server does (an open loop), by all members in turn. Each message
 * has the time at which it should be sent; one that the tool sends late counts from that time all the same.
 */
final class Talk {

    private final Loop loop;
    private final Audience audience;
    private final Room room;
    private final Tally tally;
    private final double interval;
    private final long start;
    private long due;
    private int turn;
    private boolean over;

    Talk(Loop loop, Audience audience, Room room, Tally tally, double rate, long start) {
        this.loop = loop;
        this.audience = audience;
        this.room = room;
        this.tally = tally;
        this.interval = TimeUnit.SECONDS.toNanos(1) / rate;
        this.start = start;
    }

    void begin() {
        loop.scheduleAt(this::goOn, start);
    }

    void end() {
        over = true;
    }

    private void goOn() {
        List<Member> speakers = audience.of(room);
        for (long at = time(); !over && at <= System.nanoTime(); at = time()) {
            due++;
            Member speaker = next(speakers);
            if (speaker == null) {
                tally.unsent++;
                continue;
            }
            int number = room.say(at);
            tally.sent(at, System.nanoTime());
            speaker.say(number);
        }
        if (!over) {
            loop.scheduleAt(this::goOn, time());
        }
    }

    private long time() {
        return start + (long) (due * interval);
    }

    private @Nullable Member next(List<Member> speakers) {
        for (int tried = 0; tried < speakers.size(); tried++) {
            Member speaker = speakers.get(turn++ % speakers.size());
            if (speaker.present()) {
                return speaker;
            }
        }
        return null;
    }
}
