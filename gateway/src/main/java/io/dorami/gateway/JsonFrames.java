package io.dorami.gateway;

import io.dorami.contracts.EventFrame;
import io.dorami.contracts.Json;
import io.dorami.contracts.RoomId;
import org.jspecify.annotations.Nullable;

/** The JSON wire format: one frame as text. The data is JSON already and is copied, not parsed. */
final class JsonFrames {

    private JsonFrames() {}

    /** For everybody in a room; made once and shared. */
    static String event(RoomId room, EventFrame frame) {
        return answer(room, frame, null);
    }

    /** For one connection: the answer to its request. */
    static String answer(@Nullable RoomId room, EventFrame frame, @Nullable String requestId) {
        StringBuilder text = new StringBuilder(frame.data().length() + 128);
        text.append("{\"event\":\"").append(frame.name()).append('"');
        if (room != null) {
            text.append(",\"room\":\"").append(room).append('"');
        }
        if (frame.position() != null) {
            text.append(",\"offset\":\"").append(frame.position()).append('"');
        }
        if (requestId != null) {
            text.append(",\"replyTo\":").append(Json.write(requestId));
        }
        return text.append(",\"data\":").append(frame.data()).append('}').toString();
    }
}
