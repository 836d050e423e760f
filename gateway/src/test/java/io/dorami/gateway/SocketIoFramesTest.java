package io.dorami.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.Channel;
import io.dorami.contracts.Delivery;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.RoomId;
import io.dorami.gateway.wire.Frame;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SocketIoFramesTest {

    private static final RoomId CHAT = RoomId.parse("chat:k");
    private static final RoomId SHOP = RoomId.parse("shop:k");
    private static final RoomId STREAM = RoomId.parse("stream:k");

    @Test
    void anEventIsAPacketOfItsNamespaceThatEndsInTheOffset() {
        EventFrame message = new EventFrame("7-0", Delivery.LOSSY, false, "chat:message", "{\"message\":\"안녕\"}");
        assertThat(texts(CHAT, message, "chat:k@7-0"))
                .containsExactly("42/chat,[\"chat:message\",{\"type\":\"chat:message\",\"data\":{\"message\":\"안녕\"}},"
                        + "\"chat:k@7-0\"]");
    }

    @Test
    void aFlatEventIsNotWrappedAndWithoutAnOffsetNothingFollows() {
        EventFrame ended = new EventFrame(null, Delivery.SURE, true, "stream:ended", "{\"streamKey\":\"k\"}");
        assertThat(texts(STREAM, ended, null)).containsExactly("42/streaming,[\"stream:ended\",{\"streamKey\":\"k\"}]");
    }

    @Test
    void twoProductEventsHaveAnOlderNameToo() {
        EventFrame added = new EventFrame("7-0", Delivery.SURE, false, "live:product:added", "{\"id\":\"p\"}");
        assertThat(texts(SHOP, added, "shop:k@7-0"))
                .containsExactly(
                        "42[\"live:product:added\",{\"type\":\"live:product:added\",\"data\":{\"id\":\"p\"}}]",
                        "42[\"product:added\",{\"product\":{\"id\":\"p\"}},\"shop:k@7-0\"]");
        EventFrame soldOut =
                new EventFrame("8-0", Delivery.SURE, false, "live:product:soldout", "{\"productId\":\"p\"}");
        assertThat(texts(SHOP, soldOut, "shop:k@8-0").getLast())
                .isEqualTo("42[\"product:sold-out\",{\"productId\":\"p\"},\"shop:k@8-0\"]");
    }

    @Test
    void whatASlowClientDidNotGetIsCounted() {
        assertThat(SocketIoFrames.of(Channel.CHAT).dropped(CHAT, 3).payload())
                .isEqualTo("42/chat,[\"dropped\",{\"room\":\"chat:k\",\"count\":3}]");
    }

    private static List<String> texts(RoomId room, EventFrame event, @Nullable String offset) {
        return SocketIoFrames.of(room.channel()).event(room, event, offset).stream()
                .map(Frame::payload)
                .toList();
    }
}
