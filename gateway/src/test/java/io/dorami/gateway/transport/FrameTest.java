package io.dorami.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.events.Delivery;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {

    private final EmbeddedChannel decoder = new EmbeddedChannel(new WebSocket13FrameDecoder(false, false, 200_000));

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, 150_000})
    void clientDecodesTextFrameOfAnyLength(int length) {
        String text = "x".repeat(length);
        Frame frame = Frame.text(text);
        decoder.writeInbound(Unpooled.wrappedBuffer(frame.bytes()));
        TextWebSocketFrame read = decoder.readInbound();
        assertThat(read.text()).isEqualTo(text).isEqualTo(frame.payload());
        assertThat(read.isFinalFragment()).isTrue();
        assertThat(frame.payloadSize()).isEqualTo(length);
        read.release();
    }

    @Test
    void bytesBecomeBinaryFrame() {
        byte[] bytes = {0, -1, 127};
        Frame frame = Frame.binary(bytes);
        decoder.writeInbound(Unpooled.wrappedBuffer(frame.bytes()));
        BinaryWebSocketFrame read = decoder.readInbound();
        assertThat(read.content()).isEqualTo(Unpooled.wrappedBuffer(bytes));
        assertThat(frame.isBinary()).isTrue();
        assertThat(frame.payloadBytes()).isEqualTo(bytes);
        read.release();
    }

    @Test
    void batchBufferLivesUntilLastRelease() {
        Frame first = Frame.text(Delivery.DROPPABLE, "chat:k", "chat:message", "안녕");
        Frame second = Frame.text("second");
        FrameBatch batch = new FrameBatch(List.of(first, second));
        ByteBuf one = batch.retainedBuffer();
        ByteBuf other = batch.retainedBuffer();
        batch.close();
        one.release();
        assertThat(batch.size()).isEqualTo(other.readableBytes());
        decoder.writeInbound(other); // the decoder releases the buffer
        TextWebSocketFrame read = decoder.readInbound();
        TextWebSocketFrame last = decoder.readInbound();
        assertThat(read.content().toString(StandardCharsets.UTF_8)).isEqualTo("안녕");
        assertThat(last.text()).isEqualTo("second");
        read.release();
        last.release();
        assertThat(other.refCnt()).isZero();
    }
}
