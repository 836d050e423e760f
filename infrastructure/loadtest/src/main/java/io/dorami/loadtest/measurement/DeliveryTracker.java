package io.dorami.loadtest.measurement;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Detects lost, duplicate and out-of-order messages of one socket. Messages are numbered by their rank in the room. In
 * the usual case, in order, a message costs one comparison; missing ranks are stored only if there are any.
 */
public final class DeliveryTracker {

    /** Classification of a received message. */
    enum Classification {
        NEXT,
        OUT_OF_ORDER,
        DUPLICATE
    }

    private static final int UNKNOWN_RANK = -2;

    private int lastRank;
    private long outOfOrder;
    private long duplicates;
    private @Nullable BitSet missing;

    private DeliveryTracker(int lastRank) {
        this.lastRank = lastRank;
    }

    /** Tracks a socket that joined before the first message. */
    public static DeliveryTracker fromStart() {
        return new DeliveryTracker(-1);
    }

    /** Tracks a socket that joined later: its history, or else its first message, determines the first rank. */
    public static DeliveryTracker fromNow() {
        return new DeliveryTracker(UNKNOWN_RANK);
    }

    /** Starts after the newest message of the history; live messages must follow it without a gap. */
    void startAfter(int rank) {
        if (lastRank == UNKNOWN_RANK) {
            lastRank = rank;
        }
    }

    Classification record(int rank) {
        if (rank == lastRank + 1 || lastRank == UNKNOWN_RANK) {
            lastRank = rank;
            return Classification.NEXT;
        }
        if (rank > lastRank) {
            if (missing == null) {
                missing = new BitSet();
            }
            missing.set(lastRank + 1, rank);
            lastRank = rank;
            return Classification.NEXT;
        }
        if (missing != null && missing.get(rank)) {
            missing.clear(rank);
            outOfOrder++;
            return Classification.OUT_OF_ORDER;
        }
        duplicates++;
        return Classification.DUPLICATE;
    }

    public long outOfOrder() {
        return outOfOrder;
    }

    public long duplicates() {
        return duplicates;
    }

    /** Totals of sockets that have left. */
    public static final class Totals {

        public long sessions;
        public long lost;
        public long duplicates;
        public long outOfOrder;

        public void add(DeliveryTracker deliveries) {
            sessions++;
            lost += deliveries.gapCount();
            duplicates += deliveries.duplicates;
            outOfOrder += deliveries.outOfOrder;
        }
    }

    /** Messages missing between received ones; for a socket that left, no other loss can be determined. */
    long gapCount() {
        return missing == null ? 0 : missing.cardinality();
    }

    /** Messages missing for a socket that stayed to the end. */
    public long lostCount(int sentCount) {
        return gapCount() + (lastRank == UNKNOWN_RANK ? 0 : Math.max(0, sentCount - 1 - lastRank));
    }
}
