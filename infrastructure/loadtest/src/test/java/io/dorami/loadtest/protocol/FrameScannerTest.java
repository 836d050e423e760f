package io.dorami.loadtest.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameScannerTest {

    private final List<String> frames = new ArrayList<>();
    private final FrameScanner scanner = new FrameScanner((opcode, bytes, start, length) ->
            frames.add(opcode + " " + bytes.toString(start, length, StandardCharsets.UTF_8)));

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 125, 126, 127, 65_535, 65_536, 200_000})
    void readsFramesOfEveryLength(int length) {
        String text = "x".repeat(length);
        scan(frame(true, FrameScanner.TEXT, text), frame(true, FrameScanner.TEXT, "after"));
        assertThat(frames).containsExactly("1 " + text, "1 after");
    }

    @Test
    void readsFramesByteByByte() {
        ByteBuf all = Unpooled.wrappedBuffer(
                frame(true, FrameScanner.TEXT, "y".repeat(300)),
                frame(true, FrameScanner.PING, "p"),
                frame(true, FrameScanner.TEXT, "z"));
        while (all.isReadable()) {
            scan(Unpooled.wrappedBuffer(new byte[] {all.readByte()}));
        }
        assertThat(frames).containsExactly("1 " + "y".repeat(300), "9 p", "1 z");
    }

    @Test
    void fragmentedMessage_isJoinedAroundPing() {
        scan(
                frame(false, FrameScanner.TEXT, "one "),
                frame(false, 0, "two "),
                frame(true, FrameScanner.PING, "p"),
                frame(true, 0, "three"),
                frame(true, FrameScanner.TEXT, "next"));
        assertThat(frames).containsExactly("9 p", "1 one two three", "1 next");
    }

    @Test
    void maskedOrHugeFrame_isRejected() {
        ByteBuf masked = Unpooled.wrappedBuffer(new byte[] {(byte) 0x81, (byte) 0x81, 1, 2, 3, 4, 5});
        assertThatThrownBy(() -> scan(masked)).isInstanceOf(IllegalStateException.class);
        ByteBuf huge = Unpooled.buffer().writeByte(0x81).writeByte(127).writeLong(1L << 40);
        assertThatThrownBy(() -> scan(huge)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void release_keepsNoBuffer() {
        ByteBuf whole = frame(true, FrameScanner.TEXT, "a");
        scanner.read(UnpooledByteBufAllocator.DEFAULT, whole);
        assertThat(whole.refCnt()).isZero();
        ByteBuf half = Unpooled.buffer().writeByte(0x81).writeByte(5).writeByte('a');
        scanner.read(UnpooledByteBufAllocator.DEFAULT, half);
        scanner.release();
        assertThat(half.refCnt()).isZero();
    }

    private void scan(ByteBuf... buffers) {
        scanner.read(UnpooledByteBufAllocator.DEFAULT, Unpooled.wrappedBuffer(buffers));
    }

    private static ByteBuf frame(boolean last, int opcode, String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        ByteBuf frame = Unpooled.buffer().writeByte((last ? 0x80 : 0) | opcode);
        if (payload.length < 126) {
            frame.writeByte(payload.length);
        } else if (payload.length < 65_536) {
            frame.writeByte(126).writeShort(payload.length);
        } else {
            frame.writeByte(127).writeLong(payload.length);
        }
        return frame.writeBytes(payload);
    }
}
