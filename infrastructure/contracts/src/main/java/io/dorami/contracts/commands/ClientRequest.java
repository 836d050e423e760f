package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import org.jspecify.annotations.Nullable;

/**
 * A frame from a client of the JSON protocol. Each may carry an {@code id} of at most 64 characters that its answer
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

    /** The version of the protocol that this code speaks. */
    int VERSION = 1;

    @Nullable
    String id();

    /** First of all: which version the client speaks, and who it is; without a token the cookie says, else a guest. */
    record Hello(@Nullable String id, int version, @Nullable String token) implements ClientRequest {
        public Hello {
            atMost(64, id, "id");
            atMost(4_096, token, "token"); // a token with all the platform's claims has about 500
        }
    }

    /**
     * Come into a room.
     *
     * @param since the last {@code offset} that the client saw of this room, to go on from there
     */
    record Join(@Nullable String id, RoomId room, @Nullable String since) implements ClientRequest {
        public Join {
            atMost(64, id, "id");
            joinable(room);
            position(since);
        }

        public Join(@Nullable String id, RoomId room) {
            this(id, room, null);
        }
    }

    /** Go out of a room. */
    record Leave(@Nullable String id, RoomId room) implements ClientRequest {
        public Leave {
            atMost(64, id, "id");
            joinable(room);
        }
    }

    /** Say something in a chat room. */
    record Send(
            @Nullable String id,
            RoomId room,
            String message,
            @Nullable String clientMessageId) implements ClientRequest {
        public Send {
            atMost(64, id, "id");
            chat(room);
            required(message, "message");
            atMost(64, clientMessageId, "clientMessageId");
        }
    }

    /** Take a message back. */
    record Delete(@Nullable String id, RoomId room, String messageId) implements ClientRequest {
        public Delete {
            atMost(64, id, "id");
            chat(room);
            required(messageId, "messageId");
            atMost(64, messageId, "messageId");
        }
    }

    private static void required(@Nullable Object value, String name) {
        if (value == null) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, name + " is missing");
        }
    }

    private static void atMost(int characters, @Nullable String value, String name) {
        if (value != null && value.length() > characters) {
            throw new DoramiException(
                    ErrorCode.VALIDATION_ERROR, name + " has more than " + characters + " characters");
        }
    }

    private static void joinable(@Nullable RoomId room) {
        if (room == null) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "room is missing");
        }
        if (!room.type().joinable()) {
            throw new DoramiException(ErrorCode.INVALID_ROOM, room + " is not joined or left");
        }
    }

    private static void position(@Nullable String since) {
        if (since != null) {
            try {
                LogPosition.parse(since);
            } catch (IllegalArgumentException e) {
                throw new DoramiException(ErrorCode.VALIDATION_ERROR, "since is no offset");
            }
        }
    }

    private static void chat(@Nullable RoomId room) {
        if (room == null || room.type() != RoomType.CHAT) {
            throw new DoramiException(ErrorCode.INVALID_ROOM, "Only a room chat:KEY takes messages");
        }
    }
}
