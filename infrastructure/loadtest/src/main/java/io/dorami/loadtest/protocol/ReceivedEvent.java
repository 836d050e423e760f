package io.dorami.loadtest.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Event of a frame, recognised by the bytes of its name, so that a frame which is only counted is not decoded. */
public enum ReceivedEvent {
    WELCOME("welcome"),
    CONNECTED("connected"),
    CONNECTION_SUCCESS("connection:success"),
    MESSAGE("chat:message"),
    HISTORY("chat:history"),
    CHAT_JOINED("chat:join-room:success"),
    STREAM_JOINED("stream:viewer:join:success"),
    SHOP_JOINED("join:stream:success"),
    SENT("chat:send-message:success"),
    USER_JOINED("chat:user-joined"),
    USER_LEFT("chat:user-left"),
    SHOP_USER_JOINED("user:joined"),
    SHOP_USER_LEFT("user:left"),
    VIEWERS("stream:viewer:update"),
    PRODUCT_ADDED("live:product:added"),
    PRODUCT_UPDATED("live:product:updated"),
    LOW_STOCK("product:low-stock"),
    SOLD_OUT("live:product:soldout"),
    STREAM_ENDED("stream:ended"),
    ERROR("error"),
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
