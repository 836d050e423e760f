package io.dorami.gateway.transport;

/** What the outboxes of one event loop did and hold. Touched only on that loop, so counting costs next to nothing. */
public final class SendStats {

    /** Frames given to transports. */
    public long deliveries;

    /** Bytes given to transports, as on a WebSocket. */
    public long bytes;

    /** Flushes, which are system calls: deliveries divided by writes is what coalescing saves. */
    public long writes;

    /** Dropped of {@link io.dorami.contracts.events.Delivery#CONFLATED}, the newer one having come. */
    public long droppedLatest;

    /** Dropped of {@link io.dorami.contracts.events.Delivery#DROPPABLE}; the clients were told how many. */
    public long droppedLossy;

    /** Frames that wait for their transports now. */
    public long queuedFrames;

    /** Bytes that wait for their transports now; a frame counts in each queue, though it is shared. */
    public long queuedBytes;
}
