package io.dorami.chat.rules;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may be said, and by whom things may be taken back. Pure: the same command gives the same decision. */
public final class ChatRules {

    /** A UUID has 36. Part of a Redis key, so the bound is tight. */
    private static final int MAX_CLIENT_MESSAGE_ID = 64;

    private static final Duration SHORTEST_TIME_OUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_TIME_OUT = Duration.ofHours(24);

    private ChatRules() {}

    /** What becomes of a message. */
    public sealed interface Decision {

        /**
         * It is posted, if the sender's standing and pace allow it, which Redis knows.
         *
         * @param dedupe the same for each repeat of the message
         * @param pace what the room asks of the sender
         */
        record Post(ChatPosted event, String dedupe, RoomRateLimits pace) implements Decision {}

        /** Nothing happens but that the sender is told. */
        record Reject(ErrorCode code, String message) implements Decision {}
    }

    /**
     * What the room asks of a sender.
     *
     * @param between two messages
     * @param repeat how long the same may not be said again
     * @param inRoom how long one must have been there
     * @param text stands for the text where it is compared with the last one
     */
    public record RoomRateLimits(Duration between, Duration repeat, Duration inRoom, String text) {
        static final RoomRateLimits FREE = new RoomRateLimits(Duration.ZERO, Duration.ZERO, Duration.ZERO, "");
    }

    /**
     * Decides on a message.
     *
     * @param everywhere words that may not be said in any room
     */
    public static Decision decide(SendChat command, ChatRoom room, List<String> everywhere, Instant now) {
        String clientMessageId = command.clientMessageId();
        if (clientMessageId != null
                && (clientMessageId.isBlank() || clientMessageId.length() > MAX_CLIENT_MESSAGE_ID)) {
            return new Decision.Reject(
                    ErrorCode.VALIDATION_ERROR, "clientMessageId has 1 to " + MAX_CLIENT_MESSAGE_ID + " characters");
        }
        String text = ChatText.clean(command.message());
        Decision.Reject flaw = ChatText.flaw(text).map(ChatRules::refuse).orElse(null);
        if (flaw != null) {
            return flaw;
        }
        boolean moderator = room.moderatedBy(command.user());
        if (!moderator) {
            Decision.Reject unwanted = unwanted(text, room.policy(), everywhere);
            if (unwanted != null) {
                return unwanted;
            }
        }
        // The sender's own id of the message; without one, a command that is handled twice is still one message.
        String dedupe = clientMessageId == null
                ? "command:" + command.commandId()
                : "user:" + command.user().id() + " " + clientMessageId; // an id has no space
        ChatPosted event = new ChatPosted(
                messageId(command, dedupe),
                command.stream(),
                command.user().id(),
                command.user().name(),
                text,
                clientMessageId,
                now);
        return new Decision.Post(event, dedupe, moderator ? RoomRateLimits.FREE : pace(text, room.policy()));
    }

    /** Fails where the user may not moderate the room. */
    public static void requireModerator(User user, ChatRoom room) {
        if (!room.moderatedBy(user)) {
            throw new DoramiException(ErrorCode.FORBIDDEN, "Only the stream's host or an admin may do that");
        }
    }

    /** Fails where it would silence the host, in the host's own room, or oneself. */
    public static void requireTarget(User moderator, ChatModeration what, ChatRoom room) {
        String target = what.target();
        boolean silences = what instanceof ChatModeration.TimeOut || what instanceof ChatModeration.Ban;
        if (silences && (room.ownerId().equals(target) || moderator.id().equals(target))) {
            throw new DoramiException(ErrorCode.CONFLICT, "Neither the stream's host nor oneself can be silenced");
        }
    }

    /** Until when a time-out lasts. */
    public static Instant timeOut(Duration length, Instant now) {
        if (length.compareTo(SHORTEST_TIME_OUT) < 0 || length.compareTo(LONGEST_TIME_OUT) > 0) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "seconds is 10 to 86400 (24 h)");
        }
        return now.plus(length);
    }

    /**
     * The id that a text names.
     *
     * @throws DoramiException where it is none
     */
    public static UUID messageId(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new DoramiException(ErrorCode.INVALID_MESSAGE_ID, "messageId is not the id of a message");
        }
    }

    /** What the room is once the action is done. A pinned message that is taken back is pinned no longer. */
    public static ChatRoom after(ChatRoom room, ChatModeration what) {
        ChatPosted pinned = room.pinned();
        return switch (what) {
            case ChatModeration.DeleteMessage e ->
                next(room, room.policy(), pinned != null && pinned.id().equals(e.messageId()) ? null : pinned);
            case ChatModeration.DeleteAll e -> next(room, room.policy(), without(pinned, e.userId()));
            case ChatModeration.Ban e -> next(room, room.policy(), without(pinned, e.userId()));
            case ChatModeration.TimeOut e -> next(room, room.policy(), pinned);
            case ChatModeration.Unban e -> next(room, room.policy(), pinned);
            case ChatModeration.Pin e -> next(room, room.policy(), e.message());
            case ChatModeration.Unpin e -> next(room, room.policy(), null);
            case ChatModeration.ChangePolicy e -> next(room, e.policy(), pinned);
        };
    }

    private static ChatRoom next(ChatRoom room, ChatPolicy policy, @Nullable ChatPosted pinned) {
        return new ChatRoom(room.version() + 1, room.ownerId(), policy, pinned);
    }

    private static @Nullable ChatPosted without(@Nullable ChatPosted pinned, String userId) {
        return pinned != null && pinned.userId().equals(userId) ? null : pinned;
    }

    private static Decision.Reject refuse(ChatText.TextProblem flaw) {
        return switch (flaw) {
            case EMPTY -> new Decision.Reject(ErrorCode.INVALID_MESSAGE, "The message is empty");
            case NOT_TEXT ->
                new Decision.Reject(ErrorCode.INVALID_MESSAGE, "The message has a character of too many parts");
            case TOO_LONG ->
                new Decision.Reject(
                        ErrorCode.MESSAGE_TOO_LONG,
                        "The message has more than " + ChatText.MAX_CHARACTERS + " characters");
        };
    }

    private static Decision.@Nullable Reject unwanted(String text, ChatPolicy policy, List<String> everywhere) {
        if (policy.closed()) {
            return new Decision.Reject(ErrorCode.FORBIDDEN, "The chat is closed");
        }
        if (policy.links() && policy.words().isEmpty() && everywhere.isEmpty()) {
            return null; // as a rule; spares the folding
        }
        String folded = ChatText.fold(text);
        if (!policy.links() && ChatText.hasLink(folded)) {
            return new Decision.Reject(ErrorCode.INVALID_MESSAGE, "Addresses may not be posted here");
        }
        if (ChatText.says(folded, everywhere) || ChatText.says(folded, policy.words())) {
            return new Decision.Reject(ErrorCode.INVALID_MESSAGE, "The message has a word that may not be said here");
        }
        return null;
    }

    private static RoomRateLimits pace(String text, ChatPolicy policy) {
        return new RoomRateLimits(
                Duration.ofSeconds(policy.slowSeconds()),
                Duration.ofSeconds(policy.repeatSeconds()),
                Duration.ofMinutes(policy.minutesInRoom()),
                policy.repeatSeconds() == 0
                        ? ""
                        : Integer.toHexString(ChatText.fold(text).hashCode()));
    }

    /** A repeat has the same id as the first, so its answer names the message that is there. */
    private static UUID messageId(SendChat command, String dedupe) {
        return UUID.nameUUIDFromBytes((command.room() + " " + dedupe).getBytes(StandardCharsets.UTF_8));
    }
}
