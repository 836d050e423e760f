package io.dorami.loadtest;

import io.dorami.local.Complaint;
import java.time.Duration;

/**
 * What a run does.
 *
 * @param rooms how many rooms, each with its own live stream
 * @param members sockets in each room
 * @param rate chat messages a second in each room; 0 for silence
 * @param size characters of a message
 * @param warmup said and not measured: compilers and caches get warm
 * @param seconds what is measured
 * @param ramp connects begun in a second
 * @param inFlight connects that may be on their way at once; who must wait for that waits on the clock
 * @param page every member is in the stream's three rooms, as the page is; else in the chat alone
 * @param sample sockets whose messages are also read and compared with what was sent
 * @param late a message that comes later than this is late
 */
record Plan(
        String profile,
        int rooms,
        int members,
        double rate,
        int size,
        Duration warmup,
        Duration seconds,
        int ramp,
        int inFlight,
        boolean page,
        int sample,
        Duration late) {

    /** A user may say 20 in 10 s; a fifth less leaves room for a clock's edge. */
    private static final double MESSAGES_PER_MEMBER = 1.6;

    private static final int LONGEST_MESSAGE = 500;
    private static final int MOST_SOCKETS = 20_000;

    Plan {
        within("--rooms", rooms, 1, Marker.ROOMS);
        within("--members", members, 1, MOST_SOCKETS);
        within("--members times --rooms", (long) rooms * members, 1, MOST_SOCKETS);
        within("--rate", (long) rate, 0, 10_000);
        within("--size", size, Marker.LENGTH, LONGEST_MESSAGE);
        within("--seconds", seconds.toSeconds(), 1, Duration.ofDays(2).toSeconds());
        within("--ramp", ramp, 1, 10_000);
        within("--in-flight", inFlight, 1, MOST_SOCKETS);
        within("--sample", sample, 1, MOST_SOCKETS);
        if (rate > members * MESSAGES_PER_MEMBER) {
            throw new Complaint("%.0f messages a second need at least %.0f members: a user may say 20 in 10 s."
                    .formatted(rate, Math.ceil(rate / MESSAGES_PER_MEMBER)));
        }
    }

    int sockets() {
        return rooms * members;
    }

    private static void within(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new Complaint("%s is %d to %d, not %d.".formatted(what, least, most, value));
        }
    }
}
