package io.dorami.loadtest.protocol;

import io.dorami.contracts.events.DirectEvent.ChatHistory;
import io.dorami.contracts.events.DirectEvent.ChatJoined;
import io.dorami.contracts.events.DirectEvent.ChatSent;
import io.dorami.contracts.events.DirectEvent.RequestRejected;
import io.dorami.contracts.events.DirectEvent.ShopJoined;
import io.dorami.contracts.events.DirectEvent.ViewerJoined;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.events.RoomEvent.ChatUserJoined;
import io.dorami.contracts.events.RoomEvent.ChatUserLeft;
import io.dorami.contracts.events.RoomEvent.ProductAdded;
import io.dorami.contracts.events.RoomEvent.ProductLowStock;
import io.dorami.contracts.events.RoomEvent.ProductSoldOut;
import io.dorami.contracts.events.RoomEvent.ProductUpdated;
import io.dorami.contracts.events.RoomEvent.StreamEnded;
import io.dorami.contracts.events.RoomEvent.UserJoined;
import io.dorami.contracts.events.RoomEvent.UserLeft;
import io.dorami.contracts.events.RoomEvent.ViewerCountChanged;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Event of a frame, recognised by the bytes of its name, so that a frame which is only counted is not decoded. */
public enum ReceivedEvent {
    WELCOME("welcome"),
    CONNECTED("connected"),
    CONNECTION_SUCCESS("connection:success"),
    MESSAGE(ChatPosted.NAME),
    HISTORY(ChatHistory.NAME),
    CHAT_JOINED(ChatJoined.NAME),
    STREAM_JOINED(ViewerJoined.NAME),
    SHOP_JOINED(ShopJoined.NAME),
    SENT(ChatSent.NAME),
    USER_JOINED(ChatUserJoined.NAME),
    USER_LEFT(ChatUserLeft.NAME),
    SHOP_USER_JOINED(UserJoined.NAME),
    SHOP_USER_LEFT(UserLeft.NAME),
    VIEWERS(ViewerCountChanged.NAME),
    PRODUCT_ADDED(ProductAdded.NAME),
    PRODUCT_UPDATED(ProductUpdated.NAME),
    LOW_STOCK(ProductLowStock.NAME),
    SOLD_OUT(ProductSoldOut.NAME),
    STREAM_ENDED(StreamEnded.NAME),
    ERROR(RequestRejected.NAME),
    OTHER("(other)");

    private static final int MAX_NAME_LENGTH = 32;
    private static final List<List<ReceivedEvent>> BY_LENGTH = new ArrayList<>();

    static {
        for (int length = 0; length <= MAX_NAME_LENGTH; length++) {
            List<ReceivedEvent> events = new ArrayList<>();
            for (ReceivedEvent event : values()) {
                if (event.bytes.length == length) {
                    events.add(event);
                }
            }
            BY_LENGTH.add(events);
        }
    }

    private final byte[] bytes;

    ReceivedEvent(String name) {
        bytes = name.getBytes(StandardCharsets.US_ASCII);
    }

    public String label() {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /** Event whose name starts at the index and ends before the next quotation mark. */
    static ReceivedEvent at(ByteBuf frame, int start, int end) {
        int quote = frame.indexOf(start, Math.min(end, start + MAX_NAME_LENGTH + 1), (byte) '"');
        if (quote < 0) {
            return OTHER;
        }
        List<ReceivedEvent> candidates = BY_LENGTH.get(quote - start);
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).matches(frame, start)) {
                return candidates.get(i);
            }
        }
        return OTHER;
    }

    private boolean matches(ByteBuf frame, int start) {
        for (int i = 0; i < bytes.length; i++) {
            if (frame.getByte(start + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
