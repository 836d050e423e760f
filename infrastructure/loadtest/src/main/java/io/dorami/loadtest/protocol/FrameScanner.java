package io.dorami.loadtest.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/** Splits the bytes of a server into WebSocket frames in place: an unfragmented frame needs no copy and no object. */
public final class FrameScanner {

    public static final int TEXT = 1;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    /** More than any chat history. A server that sends more is broken, and must not exhaust the memory. */
    private static final long MAX_FRAME_BYTES = 16 << 20;

    private static final int CONTINUATION = 0;

    /** Receives a message or control frame. The bytes are valid only during the call. */
    public interface FrameHandler {
        void onFrame(int opcode, ByteBuf bytes, int start, int length);
    }

    private final FrameHandler handler;
    private @Nullable ByteBuf remainder;
    private @Nullable ByteBuf fragments;

    public FrameScanner(FrameHandler handler) {
        this.handler = handler;
    }

    /** Scans the next bytes, and releases them. */
    public void read(ByteBufAllocator allocator, ByteBuf bytes) {
        ByteBuf all =
                remainder == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, remainder, bytes);
        remainder = null;
        try {
            while (scanFrame(all)) {}
        } finally {
            if (all.isReadable()) {
                remainder = all;
            } else {
                all.release();
            }
        }
    }

    public void release() {
        for (ByteBuf buffer : new ByteBuf[] {remainder, fragments}) {
            if (buffer != null) {
                buffer.release();
            }
        }
        remainder = null;
        fragments = null;
    }

    private boolean scanFrame(ByteBuf all) {
        int readable = all.readableBytes();
        if (readable < 2) {
            return false;
        }
        int start = all.readerIndex();
        int first = all.getByte(start);
        int second = all.getByte(start + 1);
        int header = 2;
        long length = second & 0x7f;
        if (length == 126) {
            header = 4;
            if (readable < header) {
                return false;
            }
            length = all.getUnsignedShort(start + 2);
        } else if (length == 127) {
            header = 10;
            if (readable < header) {
                return false;
            }
            length = all.getLong(start + 2);
        }
        if (second < 0 || length < 0 || length > MAX_FRAME_BYTES) {
            all.skipBytes(readable);
            throw new IllegalStateException("Invalid frame of a server");
        }
        if (readable < header + length) {
            return false;
        }
        all.readerIndex(start + header + (int) length);
        dispatch(first & 0x0f, first < 0, all, start + header, (int) length);
        return true;
    }

    private void dispatch(int opcode, boolean last, ByteBuf all, int start, int length) {
        boolean control = opcode >= CLOSE;
        if (control || (last && opcode != CONTINUATION)) {
            handler.onFrame(opcode, all, start, length);
            return;
        }
        if (fragments == null) {
            fragments = all.alloc().buffer(length * 2);
        }
        fragments.writeBytes(all, start, length);
        if (last) {
            ByteBuf whole = fragments;
            fragments = null;
            try {
                handler.onFrame(TEXT, whole, whole.readerIndex(), whole.readableBytes());
            } finally {
                whole.release();
            }
        }
    }
}
