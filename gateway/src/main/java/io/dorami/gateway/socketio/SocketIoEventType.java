package io.dorami.gateway.socketio;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.auth.UserRateLimiter.Action;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The events that the web client may send, as in the front end's contract. */
public enum SocketIoEventType {
    JOIN_CHAT(RoomType.CHAT, "chat:join-room", "liveId", Action.JOIN),
    LEAVE_CHAT(RoomType.CHAT, "chat:leave-room", "liveId", Action.LEAVE),
    SEND_MESSAGE(RoomType.CHAT, "chat:send-message", "liveId", Action.SEND),
    DELETE_MESSAGE(RoomType.CHAT, "chat:delete-message", "liveId", Action.DELETE),
    JOIN_STREAM(RoomType.STREAM, "stream:viewer:join", "streamKey", Action.JOIN),
    LEAVE_STREAM(RoomType.STREAM, "stream:viewer:leave", "streamKey", Action.LEAVE),
    JOIN_SHOP(RoomType.SHOP, "join:stream", "streamId", Action.JOIN),
    LEAVE_SHOP(RoomType.SHOP, "leave:stream", "streamId", Action.LEAVE);

    private final RoomType roomType;
    private final String eventName;
    private final String keyField;
    private final Action action;

    SocketIoEventType(RoomType roomType, String eventName, String keyField, Action action) {
        this.roomType = roomType;
        this.eventName = eventName;
        this.keyField = keyField;
        this.action = action;
    }

    /** Finds the type of an event; empty if the namespace has no such event. */
    static Optional<SocketIoEventType> find(String namespace, String eventName) {
        return Arrays.stream(values())
                .filter(type -> type.roomType.namespace().equals(namespace) && type.eventName.equals(eventName))
                .findFirst();
    }

    public RoomType roomType() {
        return roomType;
    }

    public String eventName() {
        return eventName;
    }

    /** Field of the payload that contains the stream key. */
    public String keyField() {
        return keyField;
    }

    /** Requested action, which also decides the rate limit. */
    public Action action() {
        return action;
    }

    /**
     * Converts the event to a request.
     *
     * @throws DoramiException if the payload is invalid
     */
    ClientRequest toRequest(JsonNode payload) {
        RoomId room = new RoomId(roomType, new StreamKey(requiredText(payload, keyField, ErrorCode.VALIDATION_ERROR)));
        return switch (action) {
            case JOIN -> new ClientRequest.Join(null, room);
            case LEAVE -> new ClientRequest.Leave(null, room);
            case SEND ->
                new ClientRequest.Send(
                        null,
                        room,
                        requiredText(payload, "message", ErrorCode.INVALID_MESSAGE),
                        optionalText(payload, "clientMessageId"));
            case DELETE ->
                new ClientRequest.Delete(null, room, requiredText(payload, "messageId", ErrorCode.INVALID_MESSAGE_ID));
            case HELLO, MALFORMED -> throw new IllegalStateException(this + " is not an event");
        };
    }

    /** Returns the field's text. Any other value, or none, is rejected with the code. */
    private static String requiredText(JsonNode payload, String field, ErrorCode code) {
        JsonNode value = payload.path(field);
        if (!value.isTextual()) {
            throw new DoramiException(code, field + ": expected a string");
        }
        return value.textValue();
    }

    /** Returns the field's text; null if the field is missing or null. */
    private static @Nullable String optionalText(JsonNode payload, String field) {
        JsonNode value = payload.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, field + ": expected a string");
        }
        return value.textValue();
    }
}
