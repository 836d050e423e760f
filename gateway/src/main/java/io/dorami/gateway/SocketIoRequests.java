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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the web client may ask for in a namespace; as in the front end's contract. */
enum SocketIoRequests {
    JOIN_CHAT(Channel.CHAT, "chat:join-room", Kind.JOIN, join(Channel.CHAT, "liveId")),
    LEAVE_CHAT(Channel.CHAT, "chat:leave-room", Kind.LEAVE, leave(Channel.CHAT, "liveId")),
    SEND_MESSAGE(Channel.CHAT, "chat:send-message", Kind.SEND, SocketIoRequests::send),
    DELETE_MESSAGE(Channel.CHAT, "chat:delete-message", Kind.DELETE, SocketIoRequests::delete),
    JOIN_STREAM(Channel.STREAM, "stream:viewer:join", Kind.JOIN, join(Channel.STREAM, "streamKey")),
    LEAVE_STREAM(Channel.STREAM, "stream:viewer:leave", Kind.LEAVE, leave(Channel.STREAM, "streamKey")),
    JOIN_SHOP(Channel.SHOP, "join:stream", Kind.JOIN, join(Channel.SHOP, "streamId")),
    LEAVE_SHOP(Channel.SHOP, "leave:stream", Kind.LEAVE, leave(Channel.SHOP, "streamId"));

    private final Channel channel;
    private final String event;
    private final Kind kind;
    private final Function<JsonNode, ClientRequest> reader;

    SocketIoRequests(Channel channel, String event, Kind kind, Function<JsonNode, ClientRequest> reader) {
        this.channel = channel;
        this.event = event;
        this.kind = kind;
        this.reader = reader;
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

    /** As what it counts. */
    Kind kind() {
        return kind;
    }

    /**
     * The request with what came with it.
     *
     * @throws DoramiException where that is not as it should be
     */
    ClientRequest read(JsonNode payload) {
        return reader.apply(payload);
    }

    private static Function<JsonNode, ClientRequest> join(Channel channel, String field) {
        return payload -> new ClientRequest.Join(null, room(channel, payload, field));
    }

    private static Function<JsonNode, ClientRequest> leave(Channel channel, String field) {
        return payload -> new ClientRequest.Leave(null, room(channel, payload, field));
    }

    private static ClientRequest send(JsonNode payload) {
        RoomId room = room(Channel.CHAT, payload, "liveId");
        String message = required(payload, "message", ErrorCode.INVALID_MESSAGE);
        return new ClientRequest.Send(null, room, message, text(payload, "clientMessageId"));
    }

    private static ClientRequest delete(JsonNode payload) {
        RoomId room = room(Channel.CHAT, payload, "liveId");
        return new ClientRequest.Delete(null, room, required(payload, "messageId", ErrorCode.INVALID_MESSAGE_ID));
    }

    private static RoomId room(Channel channel, JsonNode payload, String field) {
        return new RoomId(channel, new StreamKey(required(payload, field, ErrorCode.VALIDATION_ERROR)));
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
