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

/** What the web client may ask for in a namespace; as in the front end's contract. */
public enum SocketIoEventType {
    JOIN_CHAT(RoomType.CHAT, "chat:join-room", "liveId", Action.JOIN),
    LEAVE_CHAT(RoomType.CHAT, "chat:leave-room", "liveId", Action.LEAVE),
    SEND_MESSAGE(RoomType.CHAT, "chat:send-message", "liveId", Action.SEND),
    DELETE_MESSAGE(RoomType.CHAT, "chat:delete-message", "liveId", Action.DELETE),
    JOIN_STREAM(RoomType.STREAM, "stream:viewer:join", "streamKey", Action.JOIN),
    LEAVE_STREAM(RoomType.STREAM, "stream:viewer:leave", "streamKey", Action.LEAVE),
    JOIN_SHOP(RoomType.SHOP, "join:stream", "streamId", Action.JOIN),
    LEAVE_SHOP(RoomType.SHOP, "leave:stream", "streamId", Action.LEAVE);

    private final RoomType channel;
    private final String event;
    private final String keyField;
    private final Action kind;

    SocketIoEventType(RoomType channel, String event, String keyField, Action kind) {
        this.channel = channel;
        this.event = event;
        this.keyField = keyField;
        this.kind = kind;
    }

    /** The request that an event is; nothing where it is none that is known there. */
    static Optional<SocketIoEventType> of(String namespace, String event) {
        return Arrays.stream(values())
                .filter(request -> request.channel.namespace().equals(namespace) && request.event.equals(event))
                .findFirst();
    }

    public RoomType channel() {
        return channel;
    }

    public String event() {
        return event;
    }

    /** Which field of the payload names the stream. */
    public String keyField() {
        return keyField;
    }

    /** What it asks for, and as what it counts. */
    public Action kind() {
        return kind;
    }

    /**
     * The request with what came with it.
     *
     * @throws DoramiException where that is not as it should be
     */
    ClientRequest read(JsonNode payload) {
        RoomId room = new RoomId(channel, new StreamKey(required(payload, keyField, ErrorCode.VALIDATION_ERROR)));
        return switch (kind) {
            case JOIN -> new ClientRequest.Join(null, room);
            case LEAVE -> new ClientRequest.Leave(null, room);
            case SEND ->
                new ClientRequest.Send(
                        null,
                        room,
                        required(payload, "message", ErrorCode.INVALID_MESSAGE),
                        text(payload, "clientMessageId"));
            case DELETE ->
                new ClientRequest.Delete(null, room, required(payload, "messageId", ErrorCode.INVALID_MESSAGE_ID));
            case HELLO, MALFORMED -> throw new IllegalStateException(this + " is no event");
        };
    }

    private static String required(JsonNode payload, String field, ErrorCode code) {
        String text = text(payload, field);
        if (text == null) {
            throw new DoramiException(code, field + " is missing");
        }
        return text;
    }

    /** Nothing where it is missing or null. */
    private static @Nullable String text(JsonNode payload, String field) {
        JsonNode value = payload.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, field + " is no text");
        }
        return value.textValue();
    }
}
