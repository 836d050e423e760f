package io.dorami.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.Channel;
import io.dorami.contracts.Delivery;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.RoomId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SocketIoFramesTest {

    private static final RoomId CHAT = RoomId.parse("chat:k");
    private static final RoomId STREAM = RoomId.parse("stream:k");

    @Test
    void anEventIsAPacketOfItsNamespaceThatEndsInTheOffset() {
        EventFrame message = new EventFrame("7-0", Delivery.LOSSY, false, "chat:message", "{\"message\":\"안녕\"}");
        assertThat(text(CHAT, message, "chat:k@7-0"))
                .isEqualTo("42/chat,[\"chat:message\",{\"type\":\"chat:message\",\"data\":{\"message\":\"안녕\"}},"
                        + "\"chat:k@7-0\"]");
    }

    @Test
    void aFlatEventIsNotWrappedAndWithoutAnOffsetNothingFollows() {
        EventFrame ended = new EventFrame(null, Delivery.SURE, true, "stream:ended", "{\"streamKey\":\"k\"}");
        assertThat(text(STREAM, ended, null)).isEqualTo("42/streaming,[\"stream:ended\",{\"streamKey\":\"k\"}]");
    }

    @Test
    void whatASlowClientDidNotGetIsCounted() {
        assertThat(SocketIoFrames.of(Channel.CHAT).dropped(CHAT, 3).payload())
                .isEqualTo("42/chat,[\"dropped\",{\"room\":\"chat:k\",\"count\":3}]");
    }

    private static String text(RoomId room, EventFrame event, @Nullable String offset) {
        return SocketIoFrames.of(room.channel()).event(room, event, offset).payload();
    }
}
