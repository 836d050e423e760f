package io.dorami.presence;

import io.dorami.contracts.keys.StreamKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The viewer statistics of one show.
 *
 * @param startedAt the start of the show, which identifies the show together with the stream
 * @param measuredFrom the start of the measurement; later than the show only if viewer-service was down at the start
 * @param measuredTo the end of the show, or the current time of a running show
 * @param peak the maximum of concurrent participants
 * @param unique the number of distinct participants, by HyperLogLog with a standard error of 0.81 %
 * @param watched the total watch time of all participants
 * @param minutes the last {@value #MAX_MINUTES} minutes, oldest first; the last one may be shorter
 */
public record ShowStatistics(
        StreamKey stream,
        String ownerId,
        Instant startedAt,
        Instant measuredFrom,
        Instant measuredTo,
        long peak,
        long unique,
        Duration watched,
        List<Minute> minutes) {

    /**
     * One day; the totals alone cover earlier minutes of a longer show. 1,440 of about 45 bytes take 65 KB of Redis.
     */
    public static final int MAX_MINUTES = 1_440;

    /** The statistics of one minute of the show, which starts at {@code from}. */
    public record Minute(Instant from, Duration length, long peak, long unique, Duration watched) {

        /** The time average of concurrent participants. */
        public double average() {
            return ratio(watched, length);
        }
    }

    /** The time average of concurrent participants. */
    public double average() {
        return ratio(watched, Duration.between(measuredFrom, measuredTo));
    }

    /** Parses a record of {@code viewers-show.lua}. */
    static ShowStatistics parse(StreamKey stream, String text) {
        String[] lines = text.split("\n");
        String[] totals = lines[0].split(" ");
        return new ShowStatistics(
                stream,
                totals[0],
                instant(totals[1]),
                instant(totals[2]),
                instant(totals[3]),
                Long.parseLong(totals[4]),
                Long.parseLong(totals[5]),
                milliseconds(totals[6]),
                Stream.of(lines).skip(1).map(ShowStatistics::minute).toList());
    }

    private static Minute minute(String line) {
        String[] parts = line.split(" ");
        return new Minute(
                instant(parts[0]),
                milliseconds(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]),
                milliseconds(parts[4]));
    }

    private static Instant instant(String milliseconds) {
        return Instant.ofEpochMilli(Long.parseLong(milliseconds));
    }

    private static Duration milliseconds(String text) {
        return Duration.ofMillis(Long.parseLong(text));
    }

    private static double ratio(Duration part, Duration whole) {
        return whole.isPositive() ? (double) part.toMillis() / whole.toMillis() : 0;
    }
}
