package io.dorami.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one flush of a room, in order, for all members of one frame group. Their bytes are merged once, for the
 * first socket that writes them, and shared: a flush costs a member one buffer and one system call, for any number of
 * messages. Belongs to one event loop. The creator closes the batch after the flush; sockets that have not written yet
 * keep their own references to the buffer.
 */
public final class FrameBatch implements AutoCloseable {

    private final List<Frame> frames;
    private final int size;
    private @Nullable ByteBuf merged;

    public FrameBatch(List<Frame> frames) {
        this.frames = frames;
        this.size = frames.stream().mapToInt(Frame::size).sum();
    }

    public List<Frame> frames() {
        return frames;
    }

    /** Size in bytes on a WebSocket. */
    int size() {
        return size;
    }

    /** Returns the merged frames with one more reference, which the caller releases. */
    ByteBuf retainedBuffer() {
        ByteBuf buffer = merged;
        if (buffer == null) {
            buffer = PooledByteBufAllocator.DEFAULT.directBuffer(size, size);
            for (Frame frame : frames) {
                buffer.writeBytes(frame.bytes());
            }
            merged = buffer;
        }
        return buffer.retainedDuplicate();
    }

    @Override
    public void close() {
        if (merged != null) {
            merged.release();
            merged = null;
        }
    }
}
