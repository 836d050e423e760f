package io.dorami.loadtest.plan;

import io.dorami.loadtest.protocol.MessageTag;
import io.dorami.local.CliError;
import java.time.Duration;

/**
 * Parameters of a run.
 *
 * @param rooms number of rooms, each with its own live stream
 * @param members sockets in each room
 * @param rate chat messages per second in each room; 0 for none
 * @param size characters of a message
 * @param warmup time of unmeasured messages, in which compilers and caches warm up
 * @param seconds measured time
 * @param ramp connects started per second
 * @param inFlight maximum of concurrent connects; a connect that waits for another counts the wait as latency
 * @param page each member joins the stream's three rooms, as the page does; else the chat only
 * @param stalled members of each room that stop reading when the load starts, and are not counted
 * @param churn percent of the members replaced per minute
 * @param orders orders per second, of one product in the first room
 * @param stock units of that product
 * @param calls REST calls per second, as the page makes them
 * @param sample sockets whose messages are compared with the sent text
 * @param late latency above which a message counts as late
 */
public record Plan(
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

    /** Rate limit of a user: 20 messages in 10 s. A fifth less tolerates clock differences. */
    private static final double MAX_MESSAGES_PER_MEMBER_SECOND = 1.6;

    private static final int MAX_MESSAGE_CHARS = 500;
    private static final int MAX_SOCKETS = 20_000;

    public Plan {
        requireWithin("--rooms", rooms, 1, MessageTag.MAX_ROOMS);
        requireWithin("--members", members, 1, MAX_SOCKETS);
        requireWithin("--members times --rooms", (double) rooms * members, 1, MAX_SOCKETS);
        requireWithin("--rate", rate, 0, 10_000);
        requireWithin("--size", size, MessageTag.LENGTH, MAX_MESSAGE_CHARS);
        requireWithin("--warmup", warmup.toSeconds(), 0, 3_600);
        requireWithin("--seconds", seconds.toSeconds(), 1, Duration.ofDays(2).toSeconds());
        requireWithin("--ramp", ramp, 1, 10_000);
        requireWithin("--in-flight", inFlight, 1, MAX_SOCKETS);
        requireWithin("--stalled", stalled, 0, members - 1);
        requireWithin("--churn", churn, 0, 60_000);
        requireWithin("--orders", orders, 0, 1_000);
        requireWithin("--stock", stock, 1, 1_000_000);
        requireWithin("--calls", calls, 0, 1_000);
        requireWithin("--sample", sample, 1, MAX_SOCKETS);
        requireWithin(
                "--rate times --seconds and --warmup",
                rate * warmup.plus(seconds).toSeconds(),
                0,
                MessageTag.MAX_MESSAGES - 1);
        if (rate > (members - stalled) * MAX_MESSAGES_PER_MEMBER_SECOND) {
            throw new CliError("--rate: %.0f messages/s need at least %.0f members, because a user may send 20 in 10 s."
                    .formatted(rate, Math.ceil(rate / MAX_MESSAGES_PER_MEMBER_SECOND)));
        }
        if (orders > 0 && !page) {
            throw new CliError("--orders needs --page, because sales are published in the shop's room.");
        }
    }

    public int sockets() {
        return rooms * members;
    }

    /** Members replaced per second. */
    public double replacementsPerSecond() {
        return sockets() * churn / 100 / 60;
    }

    public String summary() {
        return "%d %s × %d members × %.0f messages/s of %d characters, measured for %d s%s%s%s%s%s"
                .formatted(
                        rooms,
                        rooms == 1 ? "room" : "rooms",
                        members,
                        rate,
                        size,
                        seconds.toSeconds(),
                        page ? ", three rooms each, as the page" : "",
                        stalled > 0 ? ", %d of them stop reading".formatted(stalled) : "",
                        churn > 0 ? ", %.0f%% replaced per minute".formatted(churn) : "",
                        orders > 0 ? ", %.0f orders/s".formatted(orders) : "",
                        calls > 0 ? ", %.0f REST calls/s".formatted(calls) : "");
    }

    private static void requireWithin(String option, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new CliError("%s: expected %.0f to %.0f, got %s.".formatted(option, min, max, value));
        }
    }
}
