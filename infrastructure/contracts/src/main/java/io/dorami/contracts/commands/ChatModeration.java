package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A moderator's action in a chat room. All actions are idempotent. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ChatModeration.DeleteMessage.class, name = "DeleteMessage"),
    @JsonSubTypes.Type(value = ChatModeration.DeleteAll.class, name = "DeleteAll"),
    @JsonSubTypes.Type(value = ChatModeration.TimeOut.class, name = "TimeOut"),
    @JsonSubTypes.Type(value = ChatModeration.Ban.class, name = "Ban"),
    @JsonSubTypes.Type(value = ChatModeration.Unban.class, name = "Unban"),
    @JsonSubTypes.Type(value = ChatModeration.Pin.class, name = "Pin"),
    @JsonSubTypes.Type(value = ChatModeration.Unpin.class, name = "Unpin"),
    @JsonSubTypes.Type(value = ChatModeration.ChangePolicy.class, name = "ChangePolicy"),
})
public sealed interface ChatModeration {

    /** The affected user; null if the action affects the whole room. */
    default @Nullable String targetUserId() {
        return switch (this) {
            case DeleteMessage e -> e.userId();
            case DeleteAll e -> e.userId();
            case TimeOut e -> e.userId();
            case Ban e -> e.userId();
            case Unban e -> e.userId();
            case Pin e -> e.message().userId();
            case Unpin e -> null;
            case ChangePolicy e -> null;
        };
    }

    /**
     * Deletes one message.
     *
     * @param userId the author, if the room's log still has the message
     * @param text the text of the message
     */
    record DeleteMessage(
            UUID messageId,
            @Nullable String userId,
            @Nullable String text) implements ChatModeration {}

    /** Deletes all messages of a user up to now. */
    record DeleteAll(String userId) implements ChatModeration {}

    /** Forbids a user to send messages until a time. */
    record TimeOut(String userId, Instant until) implements ChatModeration {}

    /** Removes a user from the room and deletes all messages of the user. */
    record Ban(String userId) implements ChatModeration {}

    /** Ends a ban or a time-out. */
    record Unban(String userId) implements ChatModeration {}

    /** Pins a message. */
    record Pin(ChatPosted message) implements ChatModeration {}

    /** Removes the pinned message. */
    record Unpin() implements ChatModeration {}

    /** Replaces the room's rules. */
    record ChangePolicy(ChatPolicy policy) implements ChatModeration {}
}
