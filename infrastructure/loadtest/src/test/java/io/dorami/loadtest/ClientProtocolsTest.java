package io.dorami.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of a frame without reading it. */
class ClientProtocolsTest {

    private static final String DATA = "{\"id\":\"0b0c\",\"message\":\"hello\"}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\":\"chat:message\",\"room\":\"chat:KEY\",\"data\":" + DATA + "}",
                "42/chat,[\"chat:message\",{\"type\":\"chat:message\",\"data\":" + DATA + "}]"
            })
    void aChatMessageIsKnownByItsEightBytes(String frame) {
        ByteBuf bytes = bytes(frame);
        assertThat(ByteSearch.chatMessage(bytes, 0, bytes.writerIndex())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\":\"chat:message-deleted\",\"room\":\"chat:KEY\",\"data\":" + DATA + "}",
                "{\"event\":\"chat:history\",\"room\":\"chat:KEY\",\"data\":{\"message\":\"x\"}}",
                "42/chat,[\"chat:history\",{\"type\":\"chat:history\",\"data\":{}}]",
                "42[\"live:product:updated\",{\"type\":\"live:product:updated\"}]",
                "2"
            })
    void nothingElseIs(String frame) {
        ByteBuf bytes = bytes(frame);
        assertThat(ByteSearch.chatMessage(bytes, 0, bytes.writerIndex())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "chat:history,HISTORY",
        "error,ERROR",
        "live:product:soldout,SOLD_OUT",
        "something:new,OTHER",
        "'',OTHER"
    })
    void anEventIsKnownByItsName(String name, ReceivedEvent event) {
        ByteBuf frame = bytes("{\"event\":\"" + name + "\",\"data\":{}}");
        assertThat(ReceivedEvent.at(frame, 10, frame.writerIndex())).isEqualTo(event);
    }

    @Test
    void aMessageHasTheSizeThatWasAskedForAndKeepsItThroughTrimming() {
        for (int size = MessageTag.LENGTH; size <= 200; size++) {
            String text = MessageTag.text(17, 4_711, size);
            assertThat(text).hasSize(size).isEqualTo(text.strip());
            ByteBuf bytes = bytes("{\"message\":\"" + text + "\"}");
            int marker = MessageTag.find(bytes, 0, bytes.writerIndex());
            assertThat(MessageTag.room(bytes, marker)).isEqualTo(17);
            assertThat(MessageTag.number(bytes, marker)).isEqualTo(4_711);
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
    }
}
