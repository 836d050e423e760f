package io.dorami.loadtest;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * What one run of one target came to; its components are the JSON file.
 *
 * @param lost expected by the room's log (where a server keeps none, accepted or heard by anybody) and by who was there,
 *     and not received
 * @param verdict empty where the numbers may be believed; else why not
 */
record Result(
        String target,
        String description,
        Plan plan,
        Sockets sockets,
        Messages messages,
        Latency latency,
        Latency connect,
        Latency join,
        Latency sending,
        CpuUse cpu,
        List<Second> seconds,
        Map<String, Long> events,
        Map<String, Integer> troubles,
        List<String> verdict) {

    /** How many came, failed to, and were closed by the server. */
    record Sockets(int wanted, int joined, int failed, long disconnected) {}

    /**
     * Every message accounted for.
     *
     * @param sent by the tool
     * @param unsent due when nobody could send
     * @param accepted the sender got its success
     * @param logged in the rooms' logs; -1 where the server keeps none that can be compared
     * @param unlogged accepted, and not in the log
     * @param delivered received by a socket, repeats not counted
     * @param lost not received by a socket that was there
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

        boolean clean() {
            return Stream.of(unsent, refused, unlogged, lost, doubled, outOfOrder, stray, corrupted)
                    .allMatch(count -> count == 0);
        }
    }

    /** In milliseconds; the curve has a point for every halving of what is slower. */
    record Latency(
            long count, double mean, double p50, double p90, double p99, double p999, double max, List<Point> curve) {

        static Latency of(Histogram micros) {
            List<Point> curve = micros.getTotalCount() == 0
                    ? List.of()
                    : Stream.of(micros.percentiles(2))
                            .flatMap(all -> {
                                Stream.Builder<HistogramIterationValue> values = Stream.builder();
                                all.forEach(values);
                                return values.build();
                            })
                            .map(value ->
                                    new Point(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() / 1e3))
                            .toList();
            return new Latency(
                    micros.getTotalCount(),
                    micros.getMean() / 1e3,
                    micros.getValueAtPercentile(50) / 1e3,
                    micros.getValueAtPercentile(90) / 1e3,
                    micros.getValueAtPercentile(99) / 1e3,
                    micros.getValueAtPercentile(99.9) / 1e3,
                    micros.getMaxValue() / 1e3,
                    curve);
        }
    }

    /** That many percent took at most so many milliseconds. */
    record Point(double percent, double millis) {}

    /**
     * Between the begin and the end of what is measured.
     *
     * @param server user and system seconds of the process that holds the sockets
     * @param others the same of the other processes, by name
     * @param deliveries messages delivered meanwhile
     * @param perDelivery microseconds of the server for each
     * @param serverShare of one core
     * @param loadShare of one core, the tool alone
     * @param loadCore of the core on which the tool runs, whoever used it
     * @param serverCore of the core on which the server runs, whoever used it
     * @param serverBytes resident memory of the server at the end
     */
    record CpuUse(
            double seconds,
            double server,
            Map<String, Double> others,
            long deliveries,
            double perDelivery,
            double serverShare,
            double loadShare,
            double loadCore,
            double serverCore,
            long serverBytes,
            long serverBytesBefore) {}

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

    boolean isVoid() {
        return !verdict.isEmpty();
    }
}
