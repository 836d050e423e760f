package io.dorami.loadtest.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.loadtest.measurement.CpuTime;
import io.dorami.loadtest.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.HdrHistogram.Histogram;

/**
 * Result of one run against one target. The record components are the field names of the JSON file.
 *
 * @param sending delay between due time and send
 * @param events number of each received event, except chat messages
 * @param troubles problems with the number of their occurrences
 * @param verdict reasons why the numbers are invalid; empty if they are valid
 */
public record RunResult(
        String target,
        String description,
        Plan plan,
        Sockets sockets,
        Messages messages,
        Latency latency,
        Latency connect,
        Latency join,
        Latency sending,
        Sales sales,
        Viewers viewers,
        Player player,
        CpuUse cpu,
        List<Second> seconds,
        Map<String, Long> events,
        Map<String, Integer> troubles,
        List<String> verdict) {

    /** Numbers of planned, joined, failed, and replaced sockets, and of sockets that the server closed. */
    public record Sockets(int wanted, int joined, int failed, long replaced, long disconnected) {}

    /**
     * Account of every message.
     *
     * @param sent sent by the tool
     * @param unsent due when no member could send
     * @param accepted confirmed to the sender
     * @param logged in the rooms' logs; -1 if the server keeps no complete log
     * @param unlogged accepted, but not in the log
     * @param delivered received by a socket, without duplicates
     * @param lost in the log (without a log: accepted, or received by any socket), but not received by a present socket
     * @param doubled received again by a socket, or logged again
     * @param outOfOrder received by a socket after a later message, or by all sockets in another order than the log's
     * @param late received later than {@link Plan#late} allows
     * @param stray received in the wrong room
     * @param corrupted different from the sent text, of the compared messages
     */
    public record Messages(
            long sent,
            long unsent,
            long accepted,
            long refused,
            long logged,
            long unlogged,
            long delivered,
            long lost,
            long doubled,
            long outOfOrder,
            long late,
            long stray,
            long corrupted) {}

    /** Latency in milliseconds. */
    public record Latency(
            long count,
            double mean,
            double p50,
            double p90,
            double p95,
            double p99,
            double p999,
            double max,
            List<Point> curve) {

        private static final int POINTS_PER_HALVING = 3;

        public static Latency of(Histogram micros) {
            List<Point> curve = micros.getTotalCount() == 0
                    ? List.of()
                    : StreamSupport.stream(
                                    micros.percentiles(POINTS_PER_HALVING).spliterator(), false)
                            .map(value ->
                                    new Point(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() / 1e3))
                            .toList();
            return new Latency(
                    micros.getTotalCount(),
                    micros.getMean() / 1e3,
                    at(micros, 50),
                    at(micros, 90),
                    at(micros, 95),
                    at(micros, 99),
                    at(micros, 99.9),
                    micros.getMaxValue() / 1e3,
                    curve);
        }

        private static double at(Histogram micros, double percent) {
            return micros.getValueAtPercentile(percent) / 1e3;
        }
    }

    /** Point of the latency curve: this percentage took at most this number of milliseconds. */
    record Point(double percent, double millis) {}

    /**
     * Orders and REST calls.
     *
     * @param eventLatency latency from the service's change to a member's event
     * @param soldOutReached milliseconds until 99% had received the sold-out event; -1 if they have not
     * @param calls latency of REST calls, orders included
     */
    public record Sales(
            long ordered,
            long soldOut,
            @JsonProperty("told") Latency eventLatency,
            double soldOutReached,
            Latency calls,
            long failedCalls) {}

    /** Last published viewer count, -1 if none, and the number of present sockets. */
    public record Viewers(@JsonProperty("told") long published, int there) {}

    /**
     * Viewers of the stream; rebuffers, stalls and reconnects are per viewer and ten minutes.
     *
     * @param firstFrame latency from the connect to the first media
     */
    public record Player(int viewers, Latency firstFrame, double rebuffers, double stalledSeconds, double reconnects) {

        public static Player none() {
            return new Player(0, Latency.of(new Histogram(2)), 0, 0, 0);
        }
    }

    /**
     * CPU time and memory of the measured phase.
     *
     * @param server user and system seconds of the process that holds the sockets
     * @param others user and system seconds of the other processes, by name
     * @param deliveries messages delivered in the phase
     * @param perDelivery microseconds of the server per delivery
     * @param perDeliveryInAll microseconds of the server and its other processes per delivery
     * @param serverShare share of one core that the server used
     * @param loadShare share of one core that the tool used
     * @param loadCore busy share of the tool's core, all processes included
     * @param serverCore busy share of the server's core, all processes included
     * @param serverBytes resident memory of the server at the end
     * @param serverBytesBefore resident memory of the server before the first connect
     */
    public record CpuUse(
            double seconds,
            double server,
            Map<String, Double> others,
            long deliveries,
            double perDelivery,
            double perDeliveryInAll,
            double serverShare,
            double loadShare,
            double loadCore,
            double serverCore,
            long serverBytes,
            long serverBytesBefore) {

        /** Above this share the tool itself may be slow. */
        private static final double MAX_LOAD_CORE_SHARE = 0.80;

        /** Share of a core by which the kernel's clocks of processes and of cores may differ. */
        private static final double CLOCK_TOLERANCE = 0.05;

        public static CpuUse of(
                CpuTime first, CpuTime last, Map<String, Double> others, long deliveries, long bytes, long before) {
            double server = last.secondsUsed(CpuTime.SERVER, first);
            double otherSeconds = others.entrySet().stream()
                    .filter(other -> !other.getKey().equals(CpuTime.LOAD))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
            double micros = deliveries == 0 ? 0 : 1e6 / deliveries;
            return new CpuUse(
                    last.secondsSince(first),
                    server,
                    others,
                    deliveries,
                    server * micros,
                    (server + otherSeconds) * micros,
                    last.share(CpuTime.SERVER, first),
                    last.share(CpuTime.LOAD, first),
                    last.loadCoreShare(first),
                    last.serverCoreShare(first),
                    bytes,
                    before);
        }

        /** Reasons why the numbers are invalid; empty if they are valid. */
        public List<String> invalidReasons() {
            List<String> reasons = new ArrayList<>();
            if (loadCore() > MAX_LOAD_CORE_SHARE) {
                reasons.add(
                        "void: the load's core was %.0f%% busy, %.0f%% with the tool; above %.0f%% the tool may be slow"
                                .formatted(loadCore() * 100, loadShare() * 100, MAX_LOAD_CORE_SHARE * 100));
            }
            if (serverShare() > serverCore() + CLOCK_TOLERANCE) {
                reasons.add(
                        "void: the server used %.0f%% of a core while its own was %.0f%% busy: it ran beside the load"
                                .formatted(serverShare() * 100, serverCore() * 100));
            }
            return reasons;
        }
    }

    /** One second of the run, as in the progress line. */
    public record Second(
            double at,
            boolean measured,
            int present,
            long sent,
            long delivered,
            double p50,
            double p99,
            double max,
            double serverShare,
            double loadCore,
            long serverBytes) {}
}
