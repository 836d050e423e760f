package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.User;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A command for chat-service: a request from a connection, or a moderation that is already decided. */
public sealed interface ChatCommand extends ChatInboxMessage {

    /** The chat room of the command. */
    default RoomId room() {
        return new RoomId(RoomType.CHAT, stream());
    }

    /**
     * Joins a chat room; the reply is the history, then a success.
     *
     * @param alreadyJoined true if the connection is a member already: the reply is the same, but no event is published
     */
    record JoinChat(
            StreamKey stream,
            User user,
            ReplyTo replyTo,
            @JsonProperty("again") boolean alreadyJoined) implements ChatCommand {}

    /**
     * Opens a chat room for a guest, who only reads: the reply is the same as to a join, and the room gets no event.
     *
     * @param alreadyJoined true if the connection reads the room already
     */
    record ReadChat(
            StreamKey stream,
            ReplyTo replyTo,
            @JsonProperty("again") boolean alreadyJoined) implements ChatCommand {}

    /**
     * Leaves a chat room.
     *
     * @param disconnected true if the connection is closed and no reply is needed
     */
    record LeaveChat(
            StreamKey stream,
            User user,
            ReplyTo replyTo,
            @JsonProperty("gone") boolean disconnected) implements ChatCommand {}

    /**
     * Sends a chat message.
     *
     * @param commandId unique to this request
     * @param clientMessageId the client's own id of the message; a repeat by the same user counts as the same message
     */
    record SendChat(
            StreamKey stream,
            User user,
            ReplyTo replyTo,
            String commandId,
            String message,
            @Nullable String clientMessageId)
            implements ChatCommand {}

    /** Deletes a message; allowed for the moderators of the room, see {@link ChatRoom#canBeModeratedBy}. */
    record DeleteChat(StreamKey stream, User user, ReplyTo replyTo, String messageId) implements ChatCommand {}

    /**
     * Publishes a moderation that PostgreSQL already has. chat-service sends the command to itself, so that the
     * moderation is ordered among the room's messages.
     *
     * @param user the moderator
     * @param replyTo the recipient of the reply; null if the request came by REST
     * @param actionId the id of its row in the audit log
     * @param action the moderation
     * @param state the room's state after the moderation
     * @param pinChanged true if the pinned message was replaced or removed
     */
    record ModerateChat(
            StreamKey stream,
            User user,
            @Nullable ReplyTo replyTo,
            UUID actionId,
            @JsonProperty("what") ChatModeration action,
            ChatRoom state,
            boolean pinChanged,
            Instant at)
            implements ChatCommand {}

    /**
     * Puts a staff into force that PostgreSQL already has. chat-service sends the command to itself, so that the change
     * is ordered among the room's messages.
     *
     * @param state the room's state after the change
     */
    record ApplyStaff(StreamKey stream, ChatRoom state) implements ChatCommand {}
}
