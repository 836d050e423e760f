package io.dorami.contracts;

import java.util.Comparator;

/** A place in a room's log: a Redis stream id, {@code milliseconds-sequence}. */
public record Position(long milliseconds, long sequence) implements Comparable<Position> {

    /** Before everything. */
    public static final Position BEGINNING = new Position(0, 0);

    private static final Comparator<Position> ORDER =
            Comparator.comparingLong(Position::milliseconds).thenComparingLong(Position::sequence);

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException where the text is not one
     */
    public static Position parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("Not a position: " + text);
        }
        return new Position(Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    public boolean after(Position other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return milliseconds + "-" + sequence;
    }
}
