package io.dorami.loadtest;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.HdrHistogram.Histogram;

/**
 * What one run of one target came to; its components are the JSON file.
 *
 * @param sending how late the tool itself sent
 * @param events how often each event other than a chat message came
 * @param troubles what went wrong, and how often
 * @param verdict empty where the numbers may be believed; else why not
 */
record RunResult(
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

    /** How many should come, came, could not, were replaced, and were closed by the server. */
    record Sockets(int wanted, int joined, int failed, long replaced, long disconnected) {}

    /**
     * Every message accounted for.
     *
     * @param sent by the tool
     * @param unsent due when nobody could send
     * @param accepted the sender got its success
     * @param logged in the rooms' logs; -1 where the server keeps none that is whole
     * @param unlogged accepted, and not in the log
     * @param delivered received by a socket, repeats not counted
     * @param lost in the log (where there is none, accepted or heard by anybody) and not received by a socket that was there
     * @param doubled received again by a socket, or logged again
     * @param outOfOrder received by a socket after a later one, or heard by all in another order than the log's
     * @param late received later than {@link Plan#late}
     * @param stray received in the wrong room
     * @param corrupted not what was sent, of those that were compared
     */
    record Messages(
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
            long corrupted) {

        /** Nothing was lost, doubled, out of order, refused, strayed or changed; what came late came. */
        boolean clean() {
            return Stream.of(unsent, refused, unlogged, lost, doubled, outOfOrder, stray, corrupted)
                    .allMatch(count -> count == 0);
        }
    }

    /** In milliseconds. */
    record Latency(
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

        static Latency of(Histogram micros) {
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

    /** That many percent took at most so many milliseconds. */
    record Point(double percent, double millis) {}

    /**
     * The shop and the REST calls.
     *
     * @param told from the service's decision to a member that hears of it
     * @param soldOutReached milliseconds until 99% had heard that nothing is left; -1 where it is not sold out
     * @param calls answered REST calls, orders among them
     */
    record Sales(long ordered, long soldOut, Latency told, double soldOutReached, Latency calls, long failedCalls) {}

    /** How many viewers the room was told of last, -1 where it was not, and how many sockets were there. */
    record Viewers(long told, int there) {}

    /**
     * Viewers of the stream itself; what is counted is per viewer and ten minutes.
     *
     * @param firstFrame from the connect to the first media of a viewer
     */
    record Player(int viewers, Latency firstFrame, double rebuffers, double stalledSeconds, double reconnects) {

        static Player none() {
            return new Player(0, Latency.of(new Histogram(2)), 0, 0, 0);
        }
    }

    /**
     * Between the begin and the end of what is measured.
     *
     * @param server user and system seconds of the process that holds the sockets
     * @param others the same of the other processes, by name
     * @param deliveries messages delivered meanwhile
     * @param perDelivery microseconds of the server for each
     * @param perDeliveryInAll microseconds of the server and of all that works for it
     * @param serverShare of one core
     * @param loadShare of one core, the tool alone
     * @param loadCore of the core on which the tool runs, whoever used it
     * @param serverCore of the core on which the server runs, whoever used it
     * @param serverBytes resident memory of the server at the end
     * @param serverBytesBefore the same before anybody came
     */
    record CpuUse(
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

        static CpuUse of(
                CpuTime first, CpuTime last, Map<String, Double> others, long deliveries, long bytes, long before) {
            double server = last.seconds(CpuTime.SERVER, first);
            double working = others.entrySet().stream()
                    .filter(other -> !other.getKey().equals(CpuTime.LOAD))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
            double micros = deliveries == 0 ? 0 : 1e6 / deliveries;
            return new CpuUse(
                    last.since(first),
                    server,
                    others,
                    deliveries,
                    server * micros,
                    (server + working) * micros,
                    last.share(CpuTime.SERVER, first),
                    last.share(CpuTime.LOAD, first),
                    last.loadCoreShare(first),
                    last.serverCoreShare(first),
                    bytes,
                    before);
        }
    }

    /** One second of the run, as its progress line showed it. */
    record Second(
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
