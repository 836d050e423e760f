package io.dorami.contracts.keys;

import java.util.Comparator;

/** A place in a room's log: a Redis stream id, {@code milliseconds-sequence}. */
public record LogPosition(long milliseconds, long sequence) implements Comparable<LogPosition> {

    /** Before everything. */
    public static final LogPosition BEGINNING = new LogPosition(0, 0);

    private static final Comparator<LogPosition> ORDER =
            Comparator.comparingLong(LogPosition::milliseconds).thenComparingLong(LogPosition::sequence);

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException where the text is not one
     */
    public static LogPosition parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("Not a position: " + text);
        }
        return new LogPosition(Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    public boolean after(LogPosition other) {
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
