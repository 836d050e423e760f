package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a moderator did in a chat room. Doing it twice is doing it once. */
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

    /** Whom it was done to; nobody where it was done to the room. */
    default @Nullable String target() {
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
     * One message is gone.
     *
     * @param userId who had said it, where the room's log still has it
     * @param text what was said
     */
    record DeleteMessage(
            UUID messageId,
            @Nullable String userId,
            @Nullable String text) implements ChatModeration {}

    /** All that a user has said so far is gone. */
    record DeleteAll(String userId) implements ChatModeration {}

    /** A user may listen and not speak for a while. */
    record TimeOut(String userId, Instant until) implements ChatModeration {}

    /** A user is out, and what the user has said is gone. */
    record Ban(String userId) implements ChatModeration {}

    /** A ban or a time-out ends. */
    record Unban(String userId) implements ChatModeration {}

    /** A message stands above all others. */
    record Pin(ChatPosted message) implements ChatModeration {}

    /** No message does. */
    record Unpin() implements ChatModeration {}

    /** Other rules hold. */
    record ChangePolicy(ChatPolicy policy) implements ChatModeration {}
}
