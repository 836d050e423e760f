package io.dorami.chat.rules;

import io.dorami.contracts.ShowRole;
import io.dorami.contracts.Staff;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.StreamKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rules for posting and moderating. Pure functions: the same command gives the same decision. */
public final class ChatRules {

    private static final Duration MIN_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(24);

    private ChatRules() {}

    /** Decision on a message. */
    public sealed interface Decision {

        /**
         * Post the message, unless the restrictions and rate limits in Redis reject its sender.
         *
         * @param dedupe identifies the message: the same for each repeat
         * @param rateLimits the room's limits for the sender
         */
        record Post(ChatPosted event, String dedupe, RoomRateLimits rateLimits) implements Decision {}

        /** Reply to the sender with an error. Nothing is posted. */
        record Reject(ErrorCode code, String message) implements Decision {}
    }

    /**
     * The room's limits for a sender.
     *
     * @param messageInterval minimum time between two messages
     * @param repeatInterval minimum time until the sender may repeat the text of the last message
     * @param minTimeInRoom minimum time since the sender's first join
     * @param textHash hash of the text, to compare it with the sender's last text; empty if repeats are allowed
     */
    public record RoomRateLimits(
            Duration messageInterval, Duration repeatInterval, Duration minTimeInRoom, String textHash) {
        static final RoomRateLimits UNLIMITED = new RoomRateLimits(Duration.ZERO, Duration.ZERO, Duration.ZERO, "");
    }

    /**
     * Decides on a message.
     *
     * @param globalBannedWords words banned in all rooms
     */
    public static Decision decide(SendChat command, ChatRoom room, List<String> globalBannedWords, Instant now) {
        String clientMessageId = command.clientMessageId();
        if (clientMessageId != null
                && (clientMessageId.isBlank() || clientMessageId.length() > ClientRequest.MAX_ID_LENGTH)) {
            return new Decision.Reject(
                    ErrorCode.VALIDATION_ERROR,
                    "clientMessageId: expected 1 to " + ClientRequest.MAX_ID_LENGTH + " characters");
        }
        String text = ChatText.clean(command.message());
        Decision.Reject problem =
                ChatText.findProblem(text).map(ChatRules::reject).orElse(null);
        if (problem != null) {
            return problem;
        }
        boolean isModerator = room.canBeModeratedBy(command.user());
        if (!isModerator) {
            Decision.Reject violation = findViolation(text, room.policy(), globalBannedWords);
            if (violation != null) {
                return violation;
            }
        }
        // The sender's own id of the message, or the command's id, so that a command handled twice posts one message.
        String dedupe = clientMessageId == null
                ? "command:" + command.commandId()
                : "user:" + command.user().id() + " " + clientMessageId; // user ids contain no space
        ChatPosted event = new ChatPosted(
                messageIdFor(command, dedupe),
                command.stream(),
                command.user().id(),
                command.user().name(),
                text,
                clientMessageId,
                now);
        return new Decision.Post(
                event, dedupe, isModerator ? RoomRateLimits.UNLIMITED : rateLimits(text, room.policy()));
    }

    /**
     * Creates the message of a notice, which is pinned without being posted.
     *
     * @throws DoramiException if the text is empty or too long
     */
    public static ChatPosted notice(UUID id, StreamKey stream, User sender, String text, Instant now) {
        String cleaned = ChatText.clean(text);
        ChatText.findProblem(cleaned).map(ChatRules::reject).ifPresent(problem -> {
            throw new DoramiException(problem.code(), "text: " + problem.message());
        });
        return new ChatPosted(id, stream, sender.id(), sender.name(), cleaned, null, now);
    }

    /** Fails if the user may not read the figures of the show. */
    public static void requireSeller(User user, ChatRoom room) {
        if (room.roleOf(user).filter(ShowRole::canSell).isEmpty()) {
            throw new DoramiException(
                    ErrorCode.FORBIDDEN, "Only the stream's owner, a co-host or an admin can read its statistics");
        }
    }

    /** Fails if the user is not a moderator of the room. */
    public static void requireModerator(User user, ChatRoom room) {
        if (!room.canBeModeratedBy(user)) {
            throw new DoramiException(
                    ErrorCode.FORBIDDEN, "Only the stream's host, its staff or an admin can moderate this chat");
        }
    }

    /** Returns the room with another staff, as its next version. */
    public static ChatRoom withStaff(ChatRoom room, Staff staff) {
        return new ChatRoom(room.version() + 1, room.ownerId(), room.policy(), room.pinned(), staff);
    }

    /**
     * Fails if the action would silence the room's host, a member of its staff or the moderator. A member is removed
     * from the staff first, so that no user moderates a room from which the member is banned.
     */
    public static void requireValidTarget(User moderator, ChatModeration action, ChatRoom room) {
        String target = action.targetUserId();
        boolean isSilencing = action instanceof ChatModeration.TimeOut || action instanceof ChatModeration.Ban;
        if (isSilencing && (room.ownerId().equals(target) || moderator.id().equals(target))) {
            throw new DoramiException(ErrorCode.CONFLICT, "You cannot ban or time out the stream's host or yourself");
        }
        if (isSilencing && room.hasStaff(String.valueOf(target))) {
            throw new DoramiException(
                    ErrorCode.CONFLICT, "The user is a member of the staff; the host must remove the member first");
        }
    }

    /** Returns the end of a time-out. Fails if its duration is out of bounds. */
    public static Instant timeoutEnd(Duration duration, Instant now) {
        if (duration.compareTo(MIN_TIMEOUT) < 0 || duration.compareTo(MAX_TIMEOUT) > 0) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "body.seconds: expected 10 to 86400 (24 h)");
        }
        return now.plus(duration);
    }

    /**
     * Parses a message id.
     *
     * @throws DoramiException if the text is not a message id
     */
    public static UUID parseMessageId(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new DoramiException(ErrorCode.INVALID_MESSAGE_ID, "messageId: expected a UUID");
        }
    }

    /** Returns the room's next state. Deleting the pinned message also unpins it. */
    public static ChatRoom apply(ChatRoom room, ChatModeration action) {
        ChatPosted pinned = room.pinned();
        return switch (action) {
            case ChatModeration.DeleteMessage e ->
                nextVersion(room, room.policy(), pinned != null && pinned.id().equals(e.messageId()) ? null : pinned);
            case ChatModeration.DeleteAll e -> nextVersion(room, room.policy(), unlessPostedBy(pinned, e.userId()));
            case ChatModeration.Ban e -> nextVersion(room, room.policy(), unlessPostedBy(pinned, e.userId()));
            case ChatModeration.TimeOut e -> nextVersion(room, room.policy(), pinned);
            case ChatModeration.Unban e -> nextVersion(room, room.policy(), pinned);
            case ChatModeration.Pin e -> nextVersion(room, room.policy(), e.message());
            case ChatModeration.Unpin e -> nextVersion(room, room.policy(), null);
            case ChatModeration.ChangePolicy e -> nextVersion(room, e.policy(), pinned);
        };
    }

    private static ChatRoom nextVersion(ChatRoom room, ChatPolicy policy, @Nullable ChatPosted pinned) {
        return new ChatRoom(room.version() + 1, room.ownerId(), policy, pinned, room.staff());
    }

    private static @Nullable ChatPosted unlessPostedBy(@Nullable ChatPosted pinned, String userId) {
        return pinned != null && pinned.userId().equals(userId) ? null : pinned;
    }

    private static Decision.Reject reject(ChatText.TextProblem problem) {
        return switch (problem) {
            case EMPTY -> new Decision.Reject(ErrorCode.INVALID_MESSAGE, "The message is empty");
            case OVERLONG_CHARACTER ->
                new Decision.Reject(ErrorCode.INVALID_MESSAGE, "A character of the message has too many code points");
            case TOO_LONG ->
                new Decision.Reject(
                        ErrorCode.MESSAGE_TOO_LONG,
                        "The message has more than " + ChatText.MAX_CHARACTERS + " characters");
        };
    }

    private static Decision.@Nullable Reject findViolation(
            String text, ChatPolicy policy, List<String> globalBannedWords) {
        if (policy.closed()) {
            return new Decision.Reject(ErrorCode.FORBIDDEN, "The chat is closed; only its moderators can post");
        }
        if (policy.links() && policy.words().isEmpty() && globalBannedWords.isEmpty()) {
            return null; // the usual case: no need to fold the text
        }
        FoldedText folded = FoldedText.of(text);
        if (!policy.links() && folded.hasLink()) {
            return new Decision.Reject(ErrorCode.INVALID_MESSAGE, "Links are not allowed in this chat");
        }
        if (folded.containsAny(globalBannedWords) || folded.containsAny(policy.words())) {
            return new Decision.Reject(ErrorCode.INVALID_MESSAGE, "The message contains a banned word");
        }
        return null;
    }

    private static RoomRateLimits rateLimits(String text, ChatPolicy policy) {
        return new RoomRateLimits(
                Duration.ofSeconds(policy.slowSeconds()),
                Duration.ofSeconds(policy.repeatSeconds()),
                Duration.ofMinutes(policy.minutesInRoom()),
                policy.repeatSeconds() == 0
                        ? ""
                        : Integer.toHexString(FoldedText.fold(text).hashCode()));
    }

    /** Derives the message id. A repeat gets the id of the first message, so its reply names the existing message. */
    private static UUID messageIdFor(SendChat command, String dedupe) {
        return UUID.nameUUIDFromBytes((command.room() + " " + dedupe).getBytes(StandardCharsets.UTF_8));
    }
}
