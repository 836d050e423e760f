package io.dorami.presence;

import io.dorami.contracts.keys.StreamKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the audience of one show added up to.
 *
 * @param startedAt when the show began; with the stream, its name
 * @param measuredFrom from when on it was summed up: later only where viewer-service was down at the start
 * @param measuredTo the end of the show, or the present moment of one that is on air
 * @param peak the most that were there at once
 * @param unique how many were there at any time, by HyperLogLog: standard error 0.81 %
 * @param watched the time that all spent together
 * @param minutes the last {@value #MINUTES} minutes, oldest first; the last one may be shorter
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

    /** A day; of a longer show the earlier minutes are in the sums alone. 1,440 of about 45 bytes are 65 KB of Redis. */
    public static final int MINUTES = 1_440;

    /** The same for one minute of it, which begins at {@code from}. */
    public record Minute(Instant from, Duration length, long peak, long unique, Duration watched) {

        public double average() {
            return ratio(watched, length);
        }
    }

    /** How many were there, averaged over the time. */
    public double average() {
        return ratio(watched, Duration.between(measuredFrom, measuredTo));
    }

    /** Reads what {@code viewers-show.lua} writes. */
    static ShowStatistics parse(StreamKey stream, String text) {
        String[] lines = text.split("\n");
        String[] sums = lines[0].split(" ");
        return new ShowStatistics(
                stream,
                sums[0],
                instant(sums[1]),
                instant(sums[2]),
                instant(sums[3]),
                Long.parseLong(sums[4]),
                Long.parseLong(sums[5]),
                milliseconds(sums[6]),
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
