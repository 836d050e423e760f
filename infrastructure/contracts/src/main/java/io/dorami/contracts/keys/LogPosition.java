package io.dorami.contracts.keys;

import java.util.Comparator;

/** A position in a room's log: a Redis stream id, {@code milliseconds-sequence}. */
public record LogPosition(long milliseconds, long sequence) implements Comparable<LogPosition> {

    /** The position before the first entry of every log. */
    public static final LogPosition START = new LogPosition(0, 0);

    private static final Comparator<LogPosition> ORDER =
            Comparator.comparingLong(LogPosition::milliseconds).thenComparingLong(LogPosition::sequence);

    /**
     * Parses a position.
     *
     * @throws IllegalArgumentException if the text is not a position
     */
    public static LogPosition parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("Log position: expected milliseconds-sequence, found " + text);
        }
        return new LogPosition(Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    public boolean isAfter(LogPosition other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(LogPosition other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return milliseconds + "-" + sequence;
    }
}
