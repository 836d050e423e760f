package io.dorami.gateway.json;

import io.dorami.contracts.Json;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.hub.DroppedMessage;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.transport.Frame;
import org.jspecify.annotations.Nullable;

/** The JSON wire format: one event as one text frame. The data is JSON already and is copied, not parsed. */
public final class JsonFrameEncoder implements FrameEncoder {

    public static final JsonFrameEncoder INSTANCE = new JsonFrameEncoder();

    private JsonFrameEncoder() {}

    @Override
    public String label() {
        return "json";
    }

    @Override
    public boolean jointOffset() {
        return false;
    }

    @Override
    public Frame event(RoomId room, EventFrame event, @Nullable String offset) {
        return answer(new DirectMessage(room, event, null, offset, null));
    }

    @Override
    public Frame answer(DirectMessage reply) {
        EventFrame event = reply.event();
        StringBuilder text = new StringBuilder(event.data().length() + 128);
        text.append("{\"event\":\"").append(event.name()).append('"');
        if (reply.room() != null) {
            text.append(",\"room\":\"").append(reply.room()).append('"');
        }
        if (reply.offset() != null) {
            text.append(",\"offset\":\"").append(reply.offset()).append('"');
        }
        if (reply.requestId() != null) {
            text.append(",\"replyTo\":").append(Json.write(reply.requestId()));
        }
        if (reply.recovered() != null) {
            text.append(",\"recovered\":").append(reply.recovered());
        }
        text.append(",\"data\":").append(event.data()).append('}');
        String topic = reply.room() == null ? null : reply.room().toString();
        return Frame.text(event.delivery(), topic, event.name(), text.toString());
    }

    @Override
    public Frame dropped(RoomId room, int count) {
        return answer(DirectMessage.of(room, new DroppedMessage(null, count).frame(), null));
    }
}
