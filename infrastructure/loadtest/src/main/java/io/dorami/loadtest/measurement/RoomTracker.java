package io.dorami.loadtest.measurement;

import io.dorami.loadtest.measurement.DeliveryTracker.Classification;
import io.dorami.loadtest.protocol.MessageTag;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Messages of one room, and the order in which they were first received. The deliveries of each socket are compared
 * with that order during the run; at the end the order is compared with the room's log.
 */
public final class RoomTracker {

    private static final int NOT_RECEIVED = -1;

    public final int index;
    public final String key;

    private final RunCounters counters;
    private final int size;
    private long[] dueNanos = new long[1024];
    private int[] ranks = new int[1024];
    private int[] order = new int[1024];
    private int sentCount;
    private int receivedCount;
    private final BitSet accepted = new BitSet();

    public RoomTracker(int index, String key, int size, RunCounters counters) {
        this.index = index;
        this.key = key;
        this.size = size;
        this.counters = counters;
    }

    /** Number of the next message. The due time counts, even if the message is sent later. */
    public int nextMessage(long due) {
        if (sentCount == dueNanos.length) {
            dueNanos = Arrays.copyOf(dueNanos, sentCount * 2);
            ranks = Arrays.copyOf(ranks, sentCount * 2);
            order = Arrays.copyOf(order, sentCount * 2);
        }
        dueNanos[sentCount] = due;
        ranks[sentCount] = NOT_RECEIVED;
        return sentCount++;
    }

    public String text(int number) {
        return MessageTag.text(index, number, size);
    }

    /** Records that the server has accepted the message. */
    public void recordAccepted(int number) {
        if (number >= 0 && number < sentCount) {
            accepted.set(number);
        }
    }

    /** Records a message that a socket received, with its tag at the index. */
    public void onMessage(DeliveryTracker deliveries, boolean sampled, ByteBuf frame, int tag, long now) {
        int number = MessageTag.number(frame, tag);
        if (MessageTag.room(frame, tag) != index || number < 0 || number >= sentCount) {
            counters.stray++;
            return;
        }
        Classification classification = deliveries.record(rank(number));
        if (classification == Classification.DUPLICATE) {
            return;
        }
        counters.recordDelivery(dueNanos[number], now, sampled);
    }

    /** Records the history, oldest message first, that a socket received after its join. */
    public void onHistory(DeliveryTracker deliveries, ByteBuf frame, int start, int end) {
        int newest = NOT_RECEIVED;
        for (int at = MessageTag.find(frame, start, end);
                at >= 0;
                at = MessageTag.find(frame, at + MessageTag.LENGTH, end)) {
            int number = MessageTag.number(frame, at);
            if (MessageTag.room(frame, at) == index && number >= 0 && number < sentCount) {
                newest = rank(number);
            }
        }
        if (newest != NOT_RECEIVED) {
            deliveries.startAfter(newest);
        }
    }

    private int rank(int number) {
        int rank = ranks[number];
        if (rank == NOT_RECEIVED) {
            rank = receivedCount++;
            ranks[number] = rank;
            order[rank] = number;
        }
        return rank;
    }

    /** Number of different messages that at least one socket received. */
    public int receivedCount() {
        return receivedCount;
    }

    public int sentCount() {
        return sentCount;
    }

    int acceptedCount() {
        return accepted.cardinality();
    }

    /**
     * Comparison of the received messages with the log.
     *
     * @param accepted messages that the server accepted
     * @param unlogged accepted, but not in the log
     * @param duplicates in the log more than once
     * @param notReceived in the log (or, without a log, accepted), but received by no socket
     * @param outOfOrder received in another order than the log's
     */
    public record Audit(int accepted, int unlogged, int duplicates, int notReceived, int outOfOrder) {}

    /** Compares the received messages with the message numbers of the log. */
    public Audit auditAgainst(List<Integer> log) {
        Set<Integer> logged = new HashSet<>();
        int duplicates = 0;
        int notReceived = 0;
        int outOfOrder = 0;
        int newest = NOT_RECEIVED;
        for (int number : log) {
            if (!logged.add(number)) {
                duplicates++;
            } else if (ranks[number] == NOT_RECEIVED) {
                notReceived++;
            } else if (ranks[number] < newest) {
                outOfOrder++;
            } else {
                newest = ranks[number];
            }
        }
        int unlogged = (int)
                accepted.stream().filter(number -> !logged.contains(number)).count();
        return new Audit(acceptedCount(), unlogged, duplicates, notReceived, outOfOrder);
    }

    /** Audits a server without a log: accepted messages must have been received. */
    public Audit auditWithoutLog() {
        int notReceived = (int) accepted.stream()
                .filter(number -> ranks[number] == NOT_RECEIVED)
                .count();
        return new Audit(acceptedCount(), 0, 0, notReceived, 0);
    }
}
