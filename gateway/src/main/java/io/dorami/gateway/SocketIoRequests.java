package io.dorami.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Channel;
import io.dorami.contracts.ClientRequest;
import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.StreamKey;
import io.dorami.gateway.RateLimits.Kind;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the web client may ask for in a namespace; as in the front end's contract. */
enum SocketIoRequests {
    JOIN_CHAT(Channel.CHAT, "chat:join-room", "liveId", Kind.JOIN),
    LEAVE_CHAT(Channel.CHAT, "chat:leave-room", "liveId", Kind.LEAVE),
    SEND_MESSAGE(Channel.CHAT, "chat:send-message", "liveId", Kind.SEND),
    DELETE_MESSAGE(Channel.CHAT, "chat:delete-message", "liveId", Kind.DELETE),
    JOIN_STREAM(Channel.STREAM, "stream:viewer:join", "streamKey", Kind.JOIN),
    LEAVE_STREAM(Channel.STREAM, "stream:viewer:leave", "streamKey", Kind.LEAVE),
    JOIN_SHOP(Channel.SHOP, "join:stream", "streamId", Kind.JOIN),
    LEAVE_SHOP(Channel.SHOP, "leave:stream", "streamId", Kind.LEAVE);

    private final Channel channel;
    private final String event;
    private final String keyField;
    private final Kind kind;

    SocketIoRequests(Channel channel, String event, String keyField, Kind kind) {
        this.channel = channel;
        this.event = event;
        this.keyField = keyField;
        this.kind = kind;
    }

    /** The request that an event is; nothing where it is none that is known there. */
    static Optional<SocketIoRequests> of(String namespace, String event) {
        return Arrays.stream(values())
                .filter(request -> request.channel.namespace().equals(namespace) && request.event.equals(event))
                .findFirst();
    }

    Channel channel() {
        return channel;
    }

    String event() {
        return event;
    }

    /** Which field of the payload names the stream. */
    String keyField() {
        return keyField;
    }

    /** What it asks for, and as what it counts. */
    Kind kind() {
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
