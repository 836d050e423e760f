package io.dorami.loadtest;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One socket's account of a room's messages, which are numbered by their rank in the room. Pure. In the usual case, each
 * one after the last, it is one comparison; what is missing is remembered only while something is.
 */
final class Ledger {

    /** What a message was to this socket. */
    enum Entry {
        NEXT,
        OUT_OF_ORDER,
        DOUBLED
    }

    private static final int UNKNOWN = -2;

    private int last;
    private long outOfOrder;
    private long doubled;
    private @Nullable BitSet missing;

    private Ledger(int last) {
        this.last = last;
    }

    /** Of one who was there before the first message. */
    static Ledger fromTheStart() {
        return new Ledger(-1);
    }

    /** Of one who came in the middle: the first message that it hears, or its history, says where. */
    static Ledger fromNow() {
        return new Ledger(UNKNOWN);
    }

    /** The newest message of a history: what comes live must follow it without a gap. */
    void history(int rank) {
        if (last == UNKNOWN) {
            last = rank;
        }
    }

    Entry take(int rank) {
        if (rank == last + 1 || last == UNKNOWN) {
            last = rank;
            return Entry.NEXT;
        }
        if (rank > last) {
            if (missing == null) {
                missing = new BitSet();
            }
            missing.set(last + 1, rank);
            last = rank;
            return Entry.NEXT;
        }
        if (missing != null && missing.get(rank)) {
            missing.clear(rank);
            outOfOrder++;
            return Entry.OUT_OF_ORDER;
        }
        doubled++;
        return Entry.DOUBLED;
    }

    long outOfOrder() {
        return outOfOrder;
    }

    long doubled() {
        return doubled;
    }

    /** The accounts of many who have left, added up. */
    static final class Sum {

        long sessions;
        long lost;
        long doubled;
        long outOfOrder;

        void add(Ledger ledger) {
            sessions++;
            lost += ledger.gaps();
            doubled += ledger.doubled;
            outOfOrder += ledger.outOfOrder;
        }
    }

    /** What is missing between the messages that came: all that can be asked of one who left meanwhile. */
    long gaps() {
        return missing == null ? 0 : missing.cardinality();
    }

    /** What is missing of a room's messages for one who stayed to the end. */
    long lost(int said) {
        return gaps() + (last == UNKNOWN ? 0 : Math.max(0, said - 1 - last));
    }
}
