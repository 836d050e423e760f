package io.dorami.loadtest;

import io.dorami.local.CliError;
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
 * @param stalled members of each room who stop reading when the talk begins, and stay; nothing of them counts
 * @param churn percent of the members that are replaced in a minute
 * @param orders orders a second of one product in the first room
 * @param stock units of that product
 * @param calls REST calls a second, as the page makes them
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
        int stalled,
        double churn,
        double orders,
        int stock,
        double calls,
        int sample,
        Duration late) {

    /** A user may say 20 in 10 s; a fifth less leaves room for a clock's edge. */
    private static final double MESSAGES_PER_MEMBER = 1.6;

    private static final int LONGEST_MESSAGE = 500;
    private static final int MOST_SOCKETS = 20_000;

    Plan {
        within("--rooms", rooms, 1, MOST_SOCKETS);
        within("--members", members, 1, MOST_SOCKETS);
        within("--members times --rooms", (double) rooms * members, 1, MOST_SOCKETS);
        within("--rate", rate, 0, 10_000);
        within("--size", size, MessageTag.LENGTH, LONGEST_MESSAGE);
        within("--warmup", warmup.toSeconds(), 0, 3_600);
        within("--seconds", seconds.toSeconds(), 1, Duration.ofDays(2).toSeconds());
        within("--ramp", ramp, 1, 10_000);
        within("--in-flight", inFlight, 1, MOST_SOCKETS);
        within("--stalled", stalled, 0, members - 1);
        within("--churn", churn, 0, 60_000);
        within("--orders", orders, 0, 1_000);
        within("--stock", stock, 1, 1_000_000);
        within("--calls", calls, 0, 1_000);
        within("--sample", sample, 1, MOST_SOCKETS);
        if (rate > (members - stalled) * MESSAGES_PER_MEMBER) {
            throw new CliError("%.0f messages a second need at least %.0f members: a user may say 20 in 10 s."
                    .formatted(rate, Math.ceil(rate / MESSAGES_PER_MEMBER)));
        }
        if (orders > 0 && !page) {
            throw new CliError("--orders needs --page: what is sold is told in the shop's room.");
        }
    }

    int sockets() {
        return rooms * members;
    }

    /** Members replaced in a second. */
    double changes() {
        return sockets() * churn / 100 / 60;
    }

    String words() {
        return "%d %s × %d members × %.0f messages/s of %d characters, measured for %d s%s%s%s%s%s"
                .formatted(
                        rooms,
                        rooms == 1 ? "room" : "rooms",
                        members,
                        rate,
                        size,
                        seconds.toSeconds(),
                        page ? ", three rooms each as the page" : "",
                        stalled > 0 ? ", %d of them stop reading".formatted(stalled) : "",
                        churn > 0 ? ", %.0f%% replaced a minute".formatted(churn) : "",
                        orders > 0 ? ", %.0f orders/s".formatted(orders) : "",
                        calls > 0 ? ", %.0f REST calls/s".formatted(calls) : "");
    }

    private static void within(String what, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new CliError("%s is %.0f to %.0f, not %s.".formatted(what, least, most, value));
        }
    }
}
