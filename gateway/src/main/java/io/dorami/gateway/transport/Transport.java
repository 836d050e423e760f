package io.dorami.gateway.transport;

/** The way to one client. Everything is called on the connection's event loop. */
public interface Transport {

    /** Whether a frame would be taken on its way now; else it waits in the {@link SendQueue}. */
    boolean writable();

    /** Takes a frame on its way with the next {@link #flush}. */
    void write(Frame frame);

    /** Takes all frames of a batch on their way with the next {@link #flush}. */
    void write(FrameBatch batch);

    /** Sends what was written, in one piece where it can. */
    void flush();

    /**
     * Calls this each time that it has become writable again. Another call replaces the first.
     *
     * @param drain nothing once the transport is left
     */
    void onWritable(Runnable drain);

    /** Ends the connection after what was written, with a code of RFC 6455; a transport without codes leaves it out. */
    void close(int code, String reason);
}
