package io.dorami.gateway.transport;

/** Counters of the send queues of one event loop. Used only on that loop, so that counting costs next to nothing. */
public final class SendStats {

    /** Frames written to transports. */
    public long framesWritten;

    /** Bytes written to transports, in their size on a WebSocket. */
    public long bytesWritten;

    /** Flushes, each of which is a system call. Frames written per flush is the gain of coalescing. */
    public long flushes;

    /**
     * Dropped {@link io.dorami.contracts.events.Delivery#CONFLATED} frames: replaced by a newer one, or over the
     * limits.
     */
    public long conflatedFrames;

    /** Dropped {@link io.dorami.contracts.events.Delivery#DROPPABLE} frames. Clients receive their number. */
    public long droppedFrames;

    /** Frames currently in the queues. */
    public long queuedFrames;

    /** Bytes currently in the queues. A shared frame counts once for each queue. */
    public long queuedBytes;
}
