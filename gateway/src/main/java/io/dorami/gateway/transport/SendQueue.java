package io.dorami.gateway.transport;

import io.dorami.contracts.events.Delivery;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one queue of a connection: what its transport does not take at once waits here, in order. A frame's class decides
 * whether it may be dropped, never when it comes. Touched only on the connection's event loop.
 *
 * <ul>
 *   <li>{@link Delivery#CONFLATED}: a newer one of the same topic and name takes the place of one that waits.
 *   <li>{@link Delivery#DROPPABLE}: over the bounds the oldest are dropped, and the client is told how many before it gets
 *       anything else.
 *   <li>{@link Delivery#RELIABLE}: never dropped; where these alone are over the bounds the outbox ends, and its owner closes
 *       the connection, whose client comes back and replays.
 * </ul>
 */
public final class SendQueue {

    /**
     * How much may wait.
     *
     * @param frames a queue of references, 8 bytes each
     * @param bytes of the frames that wait; they are shared with other queues
     * @param patience a queue that has not moved for this long is over its bounds
     */
    public record Limits(int frames, int bytes, Duration patience) {}

    /** Whose outbox it is. */
    public interface Owner {
        /** How the client is told that it did not get so many frames of a topic. */
        Frame dropped(String topic, int count);

        /** The client does not keep up: nothing more will be sent. Ends the connection so that the client comes back. */
        void overflowed();
    }

    private final Owner owner;
    private final Limits bounds;
    private final SendStats tally;
    private Transport transport;

    /** Nothing where nothing waits, as with nearly all connections at nearly all times. */
    private @Nullable ArrayDeque<Frame> queue;

    private @Nullable Map<String, Integer> dropped;
    private int queuedBytes;
    private long movedAt;
    private boolean ended;

    public SendQueue(Transport transport, Owner owner, Limits bounds, SendStats tally) {
        this.transport = transport;
        this.owner = owner;
        this.bounds = bounds;
        this.tally = tally;
        transport.onWritable(this::drain);
    }

    /** Sends a room's pass: where nothing waits, one shared buffer and one system call. */
    public void broadcast(FrameBatch batch) {
        if (ended) {
            return;
        }
        if (queue == null && transport.writable()) {
            transport.write(batch);
            written(batch.frames().size(), batch.size());
            flush();
        } else {
            batch.frames().forEach(this::enqueue);
            checkBounds();
        }
    }

    /** Sends one frame. */
    public void send(Frame frame) {
        send(List.of(frame));
    }

    /** Sends frames together. */
    public void send(List<Frame> frames) {
        if (ended) {
            return;
        }
        boolean wrote = false;
        for (Frame frame : frames) {
            if (queue == null && transport.writable()) {
                transport.write(frame);
                written(1, frame.size());
                wrote = true;
            } else {
                enqueue(frame);
            }
        }
        if (wrote) {
            flush();
        }
        checkBounds();
    }

    /** From now on everything, also what waits, goes this way. */
    public void switchTo(Transport next) {
        transport.onWritable(() -> {});
        transport = next;
        next.onWritable(this::drain);
        drain();
    }

    public Transport transport() {
        return transport;
    }

    /** Ends the outbox where the client has taken nothing for too long; to be asked about once a second. */
    public void checkPatience(long nanoTime) {
        if (queue != null && nanoTime - movedAt > bounds.patience().toNanos()) {
            overflow();
        }
    }

    /** The connection is gone: nothing waits any more, and nothing more is taken. */
    public void end() {
        ended = true;
        if (queue != null) {
            tally.queuedFrames -= queue.size();
            tally.queuedBytes -= queuedBytes;
            queue = null;
            queuedBytes = 0;
        }
        dropped = null;
    }

    private void drain() {
        while (!ended && queue != null && transport.writable()) {
            writeWaiting(queue);
        }
    }

    private void writeWaiting(ArrayDeque<Frame> waiting) {
        if (dropped != null) {
            dropped.forEach((topic, count) -> transport.write(owner.dropped(topic, count)));
            dropped = null;
        }
        for (Frame frame; transport.writable() && (frame = waiting.poll()) != null; ) {
            dequeued(frame);
            transport.write(frame);
            written(1, frame.size());
        }
        if (waiting.isEmpty()) {
            queue = null;
        }
        movedAt = System.nanoTime();
        flush(); // which may have the transport call back before it returns
    }

    private void enqueue(Frame frame) {
        ArrayDeque<Frame> waiting = queue;
        if (waiting == null) {
            waiting = new ArrayDeque<>();
            queue = waiting;
            movedAt = System.nanoTime();
        }
        if (frame.delivery() == Delivery.CONFLATED) {
            for (Iterator<Frame> older = waiting.iterator(); older.hasNext(); ) {
                Frame candidate = older.next();
                if (frame.replaces(candidate)) {
                    older.remove();
                    dequeued(candidate);
                    tally.droppedLatest++;
                    break; // there is one at the most
                }
            }
        }
        waiting.add(frame);
        queuedBytes += frame.size();
        tally.queuedFrames++;
        tally.queuedBytes += frame.size();
    }

    private void dequeued(Frame frame) {
        queuedBytes -= frame.size();
        tally.queuedFrames--;
        tally.queuedBytes -= frame.size();
    }

    /** Makes room by dropping the oldest that may be dropped; where that does not do, ends. */
    private void checkBounds() {
        ArrayDeque<Frame> waiting = queue;
        if (waiting == null || !over(waiting)) {
            return;
        }
        for (Iterator<Frame> oldest = waiting.iterator(); over(waiting) && oldest.hasNext(); ) {
            Frame frame = oldest.next();
            if (frame.delivery() != Delivery.RELIABLE) {
                oldest.remove();
                dequeued(frame);
                countDropped(frame);
            }
        }
        if (over(waiting)) {
            overflow();
        }
    }

    private boolean over(ArrayDeque<Frame> waiting) {
        return waiting.size() > bounds.frames() || queuedBytes > bounds.bytes();
    }

    private void countDropped(Frame frame) {
        if (frame.delivery() == Delivery.CONFLATED) {
            tally.droppedLatest++;
            return;
        }
        tally.droppedLossy++;
        String topic = frame.topic();
        if (topic != null) {
            if (dropped == null) {
                dropped = new LinkedHashMap<>();
            }
            dropped.merge(topic, 1, Integer::sum);
        }
    }

    private void overflow() {
        end();
        owner.overflowed();
    }

    private void written(int frames, int bytes) {
        tally.deliveries += frames;
        tally.bytes += bytes;
    }

    private void flush() {
        transport.flush();
        tally.writes++;
    }
}
