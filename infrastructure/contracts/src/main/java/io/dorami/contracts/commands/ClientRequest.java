package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A frame from a client of the JSON protocol. Each may carry an {@code id} of at most 64 characters, which the reply
 * repeats.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ClientRequest.Hello.class, name = "hello"),
    @JsonSubTypes.Type(value = ClientRequest.Join.class, name = "join"),
    @JsonSubTypes.Type(value = ClientRequest.Leave.class, name = "leave"),
    @JsonSubTypes.Type(value = ClientRequest.Send.class, name = "send"),
    @JsonSubTypes.Type(value = ClientRequest.Delete.class, name = "delete"),
})
public sealed interface ClientRequest {

    /** The supported version of the protocol. */
    int PROTOCOL_VERSION = 1;

    /** Longest id of a request or a message, in characters. A UUID has 36. */
    int MAX_ID_LENGTH = 64;

    @Nullable
    String id();

    /** The client's own id of the chat message in this request; null if the request has none. */
    default @Nullable String clientMessageId() {
        return null;
    }

    /**
     * The first frame: the client's protocol version and token. Without a token here the token of the handshake is
     * used; without either the client is a guest.
     */
    record Hello(@Nullable String id, int version, @Nullable String token) implements ClientRequest {
        public Hello {
            requireAtMost(MAX_ID_LENGTH, id, "id");
            requireAtMost(4_096, token, "token"); // a token with all the platform's claims has about 500
        }
    }

    /**
     * Joins a room.
     *
     * @param since the last {@code offset} that the client received from this room, to resume from there
     */
    record Join(@Nullable String id, RoomId room, @Nullable String since) implements ClientRequest {
        public Join {
            requireAtMost(MAX_ID_LENGTH, id, "id");
            requireJoinable(room);
            requirePosition(since);
        }

        public Join(@Nullable String id, RoomId room) {
            this(id, room, null);
        }
    }

    /** Leaves a room. */
    record Leave(@Nullable String id, RoomId room) implements ClientRequest {
        public Leave {
            requireAtMost(MAX_ID_LENGTH, id, "id");
            requireJoinable(room);
        }
    }

    /** Sends a message to a chat room. */
    record Send(
            @Nullable String id,
            RoomId room,
            @JsonDeserialize(using = TextOrNull.class) String message,
            @Nullable String clientMessageId)
            implements ClientRequest {
        public Send {
            requireAtMost(MAX_ID_LENGTH, id, "id");
            requireChat(room);
            requireAtMost(MAX_ID_LENGTH, clientMessageId, "clientMessageId");
            requireText(message, ErrorCode.INVALID_MESSAGE, "message: expected a string");
        }
    }

    /** Deletes a message. */
    record Delete(
            @Nullable String id,
            RoomId room,
            @JsonDeserialize(using = TextOrNull.class) String messageId) implements ClientRequest {
        public Delete {
            requireAtMost(MAX_ID_LENGTH, id, "id");
            requireChat(room);
            requireText(messageId, ErrorCode.INVALID_MESSAGE_ID, "messageId: expected a UUID");
            if (messageId.length() > MAX_ID_LENGTH) {
                throw new DoramiException(ErrorCode.INVALID_MESSAGE_ID, "messageId: expected a UUID");
            }
        }
    }

    /**
     * Reads any value that is not a text as null, so that the record rejects such a value with the code of its field,
     * and not the frame with another one.
     */
    final class TextOrNull extends StdScalarDeserializer<String> {

        public TextOrNull() {
            super(String.class);
        }

        @Override
        public @Nullable String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (parser.hasToken(JsonToken.VALUE_STRING)) {
                return parser.getText();
            }
            parser.skipChildren();
            return null;
        }
    }

    private static void requireText(@Nullable String value, ErrorCode code, String expectation) {
        if (value == null) {
            throw new DoramiException(code, expectation);
        }
    }

    private static void requireAtMost(int max, @Nullable String value, String name) {
        if (value != null && value.length() > max) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, name + ": expected at most " + max + " characters");
        }
    }

    private static void requireJoinable(@Nullable RoomId room) {
        if (room == null) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "room: required");
        }
        if (!room.type().isJoinable()) {
            throw new DoramiException(ErrorCode.INVALID_ROOM, room + ": clients cannot join or leave this room");
        }
    }

    private static void requirePosition(@Nullable String since) {
        if (since != null) {
            try {
                LogPosition.parse(since);
            } catch (IllegalArgumentException e) {
                throw new DoramiException(
                        ErrorCode.VALIDATION_ERROR, "since: expected an offset, such as 1795330265125-0");
            }
        }
    }

    private static void requireChat(@Nullable RoomId room) {
        if (room == null || room.type() != RoomType.CHAT) {
            throw new DoramiException(ErrorCode.INVALID_ROOM, "room: expected chat:KEY");
        }
    }
}
