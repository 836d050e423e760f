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
 * The send queue of a connection: frames that the transport cannot take at once wait here, in order. The delivery class
 * of a frame decides whether it may be dropped, never its place in the order. Used only on the connection's event loop.
 *
 * <ul>
 *   <li>{@link Delivery#CONFLATED}: a newer frame of the same topic and name replaces a queued one.
 *   <li>{@link Delivery#DROPPABLE}: over the limits the oldest are dropped, and a message with their number goes to the
 *       client before any other frame.
 *   <li>{@link Delivery#RELIABLE}: never dropped. If these alone exceed the limits, the queue closes and its owner
 *       closes the connection; the client reconnects and replays.
 * </ul>
 */
public final class SendQueue {

    /**
     * Limits of a queue.
     *
     * @param maxFrames number of queued frames; the queue holds references of 8 bytes each
     * @param maxBytes size of the queued frames, which are shared with other queues
     * @param stallTimeout longest time without progress, after which the queue overflows
     */
    public record Limits(int maxFrames, int maxBytes, Duration stallTimeout) {}

    /** The connection that owns a queue. */
    public interface Owner {
        /** Encodes the message that reports to the client how many frames of a topic were dropped. */
        Frame droppedMessage(String topic, int count);

        /** Closes the connection with a code that makes the client reconnect. The queue sends nothing more. */
        void onOverflow();
    }

    private final Owner owner;
    private final Limits limits;
    private final SendStats stats;
    private Transport transport;

    /** Null while empty, which nearly every connection is at nearly all times. */
    private @Nullable ArrayDeque<Frame> queue;

    private @Nullable Map<String, Integer> droppedByTopic;
    private int queuedBytes;
    private long lastProgressNanos;
    private boolean closed;

    public SendQueue(Transport transport, Owner owner, Limits limits, SendStats stats) {
        this.transport = transport;
        this.owner = owner;
        this.limits = limits;
        this.stats = stats;
        transport.onWritable(this::drain);
    }

    /**
     * Sends the frames of one flush of a room; with an empty queue this costs one shared buffer and one system call.
     */
    public void send(FrameBatch batch) {
        if (closed) {
            return;
        }
        if (queue == null && transport.isWritable()) {
            transport.write(batch);
            recordWritten(batch.frames().size(), batch.size());
            flush();
        } else {
            batch.frames().forEach(this::enqueue);
            enforceLimits();
        }
    }

    /** Sends one frame. */
    public void send(Frame frame) {
        send(List.of(frame));
    }

    /** Sends several frames with one flush. */
    public void send(List<Frame> frames) {
        if (closed) {
            return;
        }
        boolean wrote = false;
        for (Frame frame : frames) {
            if (queue == null && transport.isWritable()) {
                transport.write(frame);
                recordWritten(1, frame.size());
                wrote = true;
            } else {
                enqueue(frame);
            }
        }
        if (wrote) {
            flush();
        }
        enforceLimits();
    }

    /** Replaces the transport. Queued frames go to the new one, before later frames. */
    public void switchTransport(Transport next) {
        transport.onWritable(() -> {});
        transport = next;
        next.onWritable(this::drain);
        drain();
    }

    public Transport transport() {
        return transport;
    }

    /** Closes the queue if the client has taken nothing for the stall timeout. Call about once a second. */
    public void closeIfStalled(long nanoTime) {
        if (queue != null
                && nanoTime - lastProgressNanos > limits.stallTimeout().toNanos()) {
            closeOnOverflow();
        }
    }

    /** Discards all queued frames and ignores later ones. Call when the connection ends. */
    public void close() {
        closed = true;
        if (queue != null) {
            stats.queuedFrames -= queue.size();
            stats.queuedBytes -= queuedBytes;
            queue = null;
            queuedBytes = 0;
        }
        droppedByTopic = null;
    }

    private void drain() {
        while (!closed && queue != null && transport.isWritable()) {
            writeQueued(queue);
        }
    }

    private void writeQueued(ArrayDeque<Frame> queued) {
        if (droppedByTopic != null) {
            droppedByTopic.forEach((topic, count) -> transport.write(owner.droppedMessage(topic, count)));
            droppedByTopic = null;
        }
        for (Frame frame; transport.isWritable() && (frame = queued.poll()) != null; ) {
            recordDequeued(frame);
            transport.write(frame);
            recordWritten(1, frame.size());
        }
        if (queued.isEmpty()) {
            queue = null;
        }
        lastProgressNanos = System.nanoTime();
        flush(); // may call back into drain() before it returns
    }

    private void enqueue(Frame frame) {
        ArrayDeque<Frame> queued = queue;
        if (queued == null) {
            queued = new ArrayDeque<>();
            queue = queued;
            lastProgressNanos = System.nanoTime();
        }
        if (frame.delivery() == Delivery.CONFLATED) {
            for (Iterator<Frame> iterator = queued.iterator(); iterator.hasNext(); ) {
                Frame candidate = iterator.next();
                if (frame.canReplace(candidate)) {
                    iterator.remove();
                    recordDequeued(candidate);
                    stats.conflatedFrames++;
                    break; // the queue holds at most one frame of this topic and name
                }
            }
        }
        queued.add(frame);
        queuedBytes += frame.size();
        stats.queuedFrames++;
        stats.queuedBytes += frame.size();
    }

    private void recordDequeued(Frame frame) {
        queuedBytes -= frame.size();
        stats.queuedFrames--;
        stats.queuedBytes -= frame.size();
    }

    /** Drops the oldest frames that are not reliable until the queue is within its limits, else closes the queue. */
    private void enforceLimits() {
        ArrayDeque<Frame> queued = queue;
        if (queued == null || !exceedsLimits(queued)) {
            return;
        }
        for (Iterator<Frame> iterator = queued.iterator(); exceedsLimits(queued) && iterator.hasNext(); ) {
            Frame frame = iterator.next();
            if (frame.delivery() != Delivery.RELIABLE) {
                iterator.remove();
                recordDequeued(frame);
                recordDropped(frame);
            }
        }
        if (exceedsLimits(queued)) {
            closeOnOverflow();
        }
    }

    private boolean exceedsLimits(ArrayDeque<Frame> queued) {
        return queued.size() > limits.maxFrames() || queuedBytes > limits.maxBytes();
    }

    private void recordDropped(Frame frame) {
        if (frame.delivery() == Delivery.CONFLATED) {
            stats.conflatedFrames++;
            return;
        }
        stats.droppedFrames++;
        String topic = frame.topic();
        if (topic != null) {
            if (droppedByTopic == null) {
                droppedByTopic = new LinkedHashMap<>();
            }
            droppedByTopic.merge(topic, 1, Integer::sum);
        }
    }

    private void closeOnOverflow() {
        close();
        owner.onOverflow();
    }

    private void recordWritten(int frames, int bytes) {
        stats.framesWritten += frames;
        stats.bytesWritten += bytes;
    }

    private void flush() {
        transport.flush();
        stats.flushes++;
    }
}
