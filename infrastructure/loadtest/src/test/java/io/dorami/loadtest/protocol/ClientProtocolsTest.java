package io.dorami.loadtest.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recognition of frames by their bytes, without decoding. */
class ClientProtocolsTest {

    private static final String DATA = "{\"id\":\"0b0c\",\"message\":\"hello\"}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event\":\"chat:message\",\"room\":\"chat:KEY\",\"data\":" + DATA + "}",
                "42/chat,[\"chat:message\",{\"type\":\"chat:message\",\"data\":" + DATA + "}]"
            })
    void chatMessage_isRecognised(String frame) {
        ByteBuf bytes = bytes(frame);
        assertThat(ByteSearch.isChatMessage(bytes, 0, bytes.writerIndex())).isTrue();
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
    void otherFrame_isNoChatMessage(String frame) {
        ByteBuf bytes = bytes(frame);
        assertThat(ByteSearch.isChatMessage(bytes, 0, bytes.writerIndex())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "chat:history,HISTORY",
        "error,ERROR",
        "live:product:soldout,SOLD_OUT",
        "something:new,OTHER",
        "'',OTHER"
    })
    void event_isRecognisedByName(String name, ReceivedEvent event) {
        ByteBuf frame = bytes("{\"event\":\"" + name + "\",\"data\":{}}");
        assertThat(ReceivedEvent.at(frame, 10, frame.writerIndex())).isEqualTo(event);
    }

    @Test
    void message_hasRequestedSizeAndSurvivesTrimming() {
        for (int size = MessageTag.LENGTH; size <= 200; size++) {
            String text = MessageTag.text(17, 4_711, size);
            assertThat(text).hasSize(size).isEqualTo(text.strip());
            ByteBuf bytes = bytes("{\"message\":\"" + text + "\"}");
            int tag = MessageTag.find(bytes, 0, bytes.writerIndex());
            assertThat(MessageTag.room(bytes, tag)).isEqualTo(17);
            assertThat(MessageTag.number(bytes, tag)).isEqualTo(4_711);
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
    }
}
