package io.dorami.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Channel;
import io.dorami.contracts.ClientRequest;
import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.StreamKey;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the web client may ask for in a namespace, and how often in 10 s; as in the front end's contract. */
enum SocketIoRequests {
    JOIN_CHAT("/chat", "chat:join-room", 10) {
        @Override
        ClientRequest read(JsonNode payload) {
            return new ClientRequest.Join(null, room(Channel.CHAT, payload, "liveId"));
        }
    },
    LEAVE_CHAT("/chat", "chat:leave-room", 10) {
        @Override
        ClientRequest read(JsonNode payload) {
            return new ClientRequest.Leave(null, room(Channel.CHAT, payload, "liveId"));
        }
    },
    SEND_MESSAGE("/chat", "chat:send-message", 20) {
        @Override
        ClientRequest read(JsonNode payload) {
            RoomId room = room(Channel.CHAT, payload, "liveId");
            String message = text(payload, "message");
            if (message == null) {
                throw new DoramiException(ErrorCode.INVALID_MESSAGE, "message is missing");
            }
            return new ClientRequest.Send(null, room, message, text(payload, "clientMessageId"));
        }
    },
    DELETE_MESSAGE("/chat", "chat:delete-message", 20) {
        @Override
        ClientRequest read(JsonNode payload) {
            RoomId room = room(Channel.CHAT, payload, "liveId");
            String message = text(payload, "messageId");
            if (message == null) {
                throw new DoramiException(ErrorCode.INVALID_MESSAGE_ID, "messageId is missing");
            }
            return new ClientRequest.Delete(null, room, message);
        }
    },
    JOIN_STREAM("/streaming", "stream:viewer:join", 10) {
        @Override
        ClientRequest read(JsonNode payload) {
            return new ClientRequest.Join(null, room(Channel.STREAM, payload, "streamKey"));
        }
    },
    LEAVE_STREAM("/streaming", "stream:viewer:leave", 10) {
        @Override
        ClientRequest read(JsonNode payload) {
            return new ClientRequest.Leave(null, room(Channel.STREAM, payload, "streamKey"));
        }
    },
    JOIN_SHOP("/", "join:stream", 10) {
        @Override
        ClientRequest read(JsonNode payload) {
            return new ClientRequest.Join(null, room(Channel.SHOP, payload, "streamId"));
        }
    },
    LEAVE_SHOP("/", "leave:stream", 10) {
        @Override
        ClientRequest read(JsonNode payload) {
            return new ClientRequest.Leave(null, room(Channel.SHOP, payload, "streamId"));
        }
    };

    private final String namespace;
    private final String event;
    private final int limit;

    SocketIoRequests(String namespace, String event, int limit) {
        this.namespace = namespace;
        this.event = event;
        this.limit = limit;
    }

    /** The request that an event is; nothing where it is none that is known there. */
    static Optional<SocketIoRequests> of(String namespace, String event) {
        return Arrays.stream(values())
                .filter(request -> request.namespace.equals(namespace) && request.event.equals(event))
                .findFirst();
    }

    /** How often a user may ask for it in 10 s. */
    int limit() {
        return limit;
    }

    /**
     * The request with what came with it.
     *
     * @throws DoramiException where that is not as it should be
     */
    abstract ClientRequest read(JsonNode payload);

    private static RoomId room(Channel channel, JsonNode payload, String field) {
        String key = text(payload, field);
        if (key == null) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, field + " is missing");
        }
        return new RoomId(channel, new StreamKey(key));
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
