package io.dorami.contracts;

import org.jspecify.annotations.Nullable;

/** What a connection asks chat-service to decide. */
public sealed interface ChatCommand extends InboxMessage {

    User user();

    ReplyTo replyTo();

    /** The room that the command is about. */
    default RoomId room() {
        return new RoomId(Channel.CHAT, stream());
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

    /** Take a message back; only for {@link User.Role#ADMIN}. */
    record DeleteChat(StreamKey stream, User user, ReplyTo replyTo, String messageId) implements ChatCommand {}
}
