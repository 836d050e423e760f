package io.dorami.contracts.commands;

import io.dorami.contracts.User;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a connection asks chat-service to decide, and what a moderator has decided. */
public sealed interface ChatCommand extends InboxMessage {

    User user();

    /** The room that the command is about. */
    default RoomId room() {
        return new RoomId(RoomType.CHAT, stream());
    }

    /**
     * Come in: history, then a success.
     *
     * @param again the connection is a member already: it gets both, and the room hears nothing
     */
    record JoinChat(StreamKey stream, User user, ReplyTo replyTo, boolean again) implements ChatCommand {}

    /**
     * Go out.
     *
     * @param gone the connection is closed: nobody waits for an answer
     */
    record LeaveChat(StreamKey stream, User user, ReplyTo replyTo, boolean gone) implements ChatCommand {}

    /**
     * Say something.
     *
     * @param commandId unique to this request
     * @param clientMessageId the client's own id of the message: a repeat by the same user is the same message
     */
    record SendChat(
            StreamKey stream,
            User user,
            ReplyTo replyTo,
            String commandId,
            String message,
            @Nullable String clientMessageId)
            implements ChatCommand {}

    /** Take a message back; for {@link User.Role#ADMIN} and the stream's host. */
    record DeleteChat(StreamKey stream, User user, ReplyTo replyTo, String messageId) implements ChatCommand {}

    /**
     * Carry out what is in PostgreSQL already; sent by chat-service to itself, so that it has a place among the room's
     * messages.
     *
     * @param user the moderator
     * @param replyTo who is told; nobody where it came by REST
     * @param actionId its row in the audit
     * @param what the action
     * @param state the room's state since
     * @param pinChanged whether another message than before is pinned since, or none
     */
    record ModerateChat(
            StreamKey stream,
            User user,
            @Nullable ReplyTo replyTo,
            UUID actionId,
            ChatModeration what,
            ChatRoom state,
            boolean pinChanged,
            Instant at)
            implements ChatCommand {}
}
