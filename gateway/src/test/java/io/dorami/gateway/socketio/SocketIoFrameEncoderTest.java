package io.dorami.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SocketIoFrameEncoderTest {

    private static final RoomId CHAT = RoomId.parse("chat:k");
    private static final RoomId STREAM = RoomId.parse("stream:k");

    @Test
    void eventPacketEndsWithOffset() {
        EventFrame message = new EventFrame("7-0", Delivery.DROPPABLE, false, "chat:message", "{\"message\":\"안녕\"}");
        assertThat(text(CHAT, message, "chat:k@7-0"))
                .isEqualTo("42/chat,[\"chat:message\",{\"type\":\"chat:message\",\"data\":{\"message\":\"안녕\"}},"
                        + "\"chat:k@7-0\"]");
    }

    @Test
    void flatEventWithoutOffsetIsNotWrapped() {
        EventFrame ended = new EventFrame(null, Delivery.RELIABLE, true, "stream:ended", "{\"streamKey\":\"k\"}");
        assertThat(text(STREAM, ended, null)).isEqualTo("42/streaming,[\"stream:ended\",{\"streamKey\":\"k\"}]");
    }

    @Test
    void droppedMessageCarriesCount() {
        assertThat(SocketIoFrameEncoder.of(RoomType.CHAT).encodeDropped(CHAT, 3).payload())
                .isEqualTo("42/chat,[\"dropped\",{\"room\":\"chat:k\",\"count\":3}]");
    }

    private static String text(RoomId room, EventFrame event, @Nullable String offset) {
        return SocketIoFrameEncoder.of(room.type())
                .encodeEvent(room, event, offset)
                .payload();
    }
}
