package io.dorami.loadtest;

import io.dorami.loadtest.Ledger.Entry;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One room: what was said in it, and the order in which it was first heard. That order is what the sockets are compared
 * with while the run goes on; at its end it is compared with the room's log itself.
 */
final class Room {

    private static final int UNHEARD = -1;

    final int index;
    final String key;

    private final RunCounters tally;
    private final int size;
    private long[] intended = new long[1024];
    private int[] ranks = new int[1024];
    private int[] order = new int[1024];
    private int said;
    private int heard;
    private final BitSet accepted = new BitSet();

    Room(int index, String key, int size, RunCounters tally) {
        this.index = index;
        this.key = key;
        this.size = size;
        this.tally = tally;
    }

    /** The next message, which should be sent at that time whenever it really is. */
    int say(long intendedNanos) {
        if (said == intended.length) {
            intended = Arrays.copyOf(intended, said * 2);
            ranks = Arrays.copyOf(ranks, said * 2);
            order = Arrays.copyOf(order, said * 2);
        }
        intended[said] = intendedNanos;
        ranks[said] = UNHEARD;
        return said++;
    }

    String text(int number) {
        return MessageTag.text(index, number, size);
    }

    /** The sender was told that this message is accepted. */
    void accepted(int number) {
        if (number >= 0 && number < said) {
            accepted.set(number);
        }
    }

    /** A message came to a socket, its marker at that place. */
    void heard(Ledger ledger, boolean sampled, ByteBuf frame, int marker, long now) {
        int number = MessageTag.number(frame, marker);
        if (MessageTag.room(frame, marker) != index || number < 0 || number >= said) {
            tally.stray++;
            return;
        }
        Entry entry = ledger.take(rank(number));
        if (entry == Entry.DOUBLED) {
            return;
        }
        tally.delivered(intended[number], now, sampled);
    }

    /** The messages of a history, oldest first, come to one who has just joined. */
    void history(Ledger ledger, ByteBuf frame, int start, int end) {
        int newest = UNHEARD;
        for (int at = MessageTag.find(frame, start, end);
                at >= 0;
                at = MessageTag.find(frame, at + MessageTag.LENGTH, end)) {
            int number = MessageTag.number(frame, at);
            if (MessageTag.room(frame, at) == index && number >= 0 && number < said) {
                newest = rank(number);
            }
        }
        if (newest != UNHEARD) {
            ledger.history(newest);
        }
    }

    private int rank(int number) {
        int rank = ranks[number];
        if (rank == UNHEARD) {
            rank = heard++;
            ranks[number] = rank;
            order[rank] = number;
        }
        return rank;
    }

    /** How many different messages were heard by anybody. */
    int heard() {
        return heard;
    }

    int said() {
        return said;
    }

    int acceptedCount() {
        return accepted.cardinality();
    }

    /**
     * The room as its log has it.
     *
     * @param accepted messages whose sender was told so
     * @param unlogged accepted, and not in the log
     * @param doubled in the log more than once
     * @param unheard in the log (or, without one, accepted), and heard by nobody
     * @param disordered heard by the members in another order than the log's
     */
    record Audit(int accepted, int unlogged, int doubled, int unheard, int disordered) {}

    /** Compares what was heard with the log's order of message numbers. */
    Audit against(List<Integer> log) {
        Set<Integer> logged = new HashSet<>();
        int doubled = 0;
        int unheard = 0;
        int disordered = 0;
        int newest = UNHEARD;
        for (int number : log) {
            if (!logged.add(number)) {
                doubled++;
            } else if (ranks[number] == UNHEARD) {
                unheard++;
            } else if (ranks[number] < newest) {
                disordered++;
            } else {
                newest = ranks[number];
            }
        }
        int unlogged = (int)
                accepted.stream().filter(number -> !logged.contains(number)).count();
        return new Audit(acceptedCount(), unlogged, doubled, unheard, disordered);
    }

    /** The same where the server keeps no log to compare with: what was accepted must have been heard. */
    Audit withoutLog() {
        int unheard = (int)
                accepted.stream().filter(number -> ranks[number] == UNHEARD).count();
        return new Audit(acceptedCount(), 0, 0, unheard, 0);
    }
}
