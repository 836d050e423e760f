package io.dorami.loadtest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/** Cuts what a server sends into WebSocket frames, in place: a whole frame costs no copy and no object. */
final class FrameScanner {

    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;

    /** Beyond any history: a server that sends more is broken, and must not cost all memory. */
    private static final long LARGEST_FRAME = 16 << 20;

    private static final int CONTINUATION = 0;

    /** Takes one message or control frame; the bytes are valid only during the call. */
    interface Sink {
        void frame(int opcode, ByteBuf bytes, int start, int length);
    }

    private final Sink sink;
    private @Nullable ByteBuf rest;
    private @Nullable ByteBuf fragments;

    FrameScanner(Sink sink) {
        this.sink = sink;
    }

    /** Takes the next bytes, and releases them. */
    void take(ByteBufAllocator allocator, ByteBuf bytes) {
        ByteBuf all = rest == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, rest, bytes);
        rest = null;
        try {
            while (next(all)) {}
        } finally {
            if (all.isReadable()) {
                rest = all;
            } else {
                all.release();
            }
        }
    }

    void release() {
        for (ByteBuf kept : new ByteBuf[] {rest, fragments}) {
            if (kept != null) {
                kept.release();
            }
        }
        rest = null;
        fragments = null;
    }

    private boolean next(ByteBuf all) {
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
        if (second < 0 || length < 0 || length > LARGEST_FRAME) {
            all.skipBytes(readable);
            throw new IllegalStateException("Not a frame of a server");
        }
        if (readable < header + length) {
            return false;
        }
        all.readerIndex(start + header + (int) length);
        frame(first & 0x0f, first < 0, all, start + header, (int) length);
        return true;
    }

    private void frame(int opcode, boolean last, ByteBuf all, int start, int length) {
        boolean control = opcode >= CLOSE;
        if (control || (last && opcode != CONTINUATION)) {
            sink.frame(opcode, all, start, length);
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
                sink.frame(TEXT, whole, whole.readerIndex(), whole.readableBytes());
            } finally {
                whole.release();
            }
        }
    }
}
