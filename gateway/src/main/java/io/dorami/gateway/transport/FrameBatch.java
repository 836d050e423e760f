package io.dorami.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one pass over a room gives to all its members of one kind, in order. The bytes are put together once, when the first
 * socket wants them, and shared: a pass costs a member one buffer and one system call, however many messages it has.
 * Belongs to one event loop; closed at the end of the pass, while sockets that have not written yet hold on to the buffer.
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

    /** Bytes on a WebSocket. */
    public int size() {
        return size;
    }

    /** All frames, for one more reader, who releases it. */
    ByteBuf share() {
        ByteBuf all = merged;
        if (all == null) {
            all = PooledByteBufAllocator.DEFAULT.directBuffer(size, size);
            for (Frame frame : frames) {
                all.writeBytes(frame.bytes());
            }
            merged = all;
        }
        return all.retainedDuplicate();
    }

    @Override
    public void close() {
        if (merged != null) {
            merged.release();
            merged = null;
        }
    }
}
