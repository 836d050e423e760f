package io.dorami.gateway.json;

import io.dorami.contracts.Json;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.hub.DroppedMessage;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.transport.Frame;
import org.jspecify.annotations.Nullable;

/** Encoder for the JSON protocol: one event per text frame. The data is JSON already and is copied, not parsed. */
public final class JsonFrameEncoder implements FrameEncoder {

    public static final JsonFrameEncoder INSTANCE = new JsonFrameEncoder();

    private JsonFrameEncoder() {}

    @Override
    public String metricsLabel() {
        return "json";
    }

    @Override
    public boolean usesJointOffset() {
        return false;
    }

    @Override
    public Frame encodeEvent(RoomId room, EventFrame event, @Nullable String offset) {
        return encodeDirect(new DirectMessage(room, event, null, offset, null));
    }

    @Override
    public Frame encodeDirect(DirectMessage message) {
        EventFrame event = message.event();
        StringBuilder text = new StringBuilder(event.data().length() + 128);
        text.append("{\"event\":\"").append(event.name()).append('"');
        if (message.room() != null) {
            text.append(",\"room\":\"").append(message.room()).append('"');
        }
        if (message.offset() != null) {
            text.append(",\"offset\":\"").append(message.offset()).append('"');
        }
        if (message.requestId() != null) {
            text.append(",\"replyTo\":").append(Json.write(message.requestId()));
        }
        if (message.recovered() != null) {
            text.append(",\"recovered\":").append(message.recovered());
        }
        text.append(",\"data\":").append(event.data()).append('}');
        String topic = message.room() == null ? null : message.room().toString();
        return Frame.text(event.delivery(), topic, event.name(), text.toString());
    }

    @Override
    public Frame encodeDropped(RoomId room, int count) {
        return encodeDirect(DirectMessage.of(room, new DroppedMessage(null, count).frame(), null));
    }
}
