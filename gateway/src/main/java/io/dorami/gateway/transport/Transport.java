package io.dorami.gateway.transport;

/** The outgoing side of one connection. All methods are called on the connection's event loop. */
public interface Transport {

    /** Returns true if a frame can be written now; otherwise the {@link SendQueue} keeps the frame. */
    boolean isWritable();

    /** Writes a frame, to be sent with the next {@link #flush}. */
    void write(Frame frame);

    /** Writes all frames of a batch, to be sent with the next {@link #flush}. */
    void write(FrameBatch batch);

    /** Sends all written frames, with one system call if possible. */
    void flush();

    /** Sets the callback that runs each time the transport becomes writable again. Replaces the previous callback. */
    void onWritable(Runnable callback);

    /** Closes the connection after all written frames, with a code of RFC 6455 if the transport has close codes. */
    void close(int code, String reason);
}
