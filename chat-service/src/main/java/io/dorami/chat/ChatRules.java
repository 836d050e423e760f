package io.dorami.chat;

import io.dorami.contracts.ChatCommand.DeleteChat;
import io.dorami.contracts.ChatCommand.SendChat;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.RoomEvent.ChatDeleted;
import io.dorami.contracts.RoomEvent.ChatPosted;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

/** What may be said, and by whom things may be taken back. Pure: the same command gives the same decision. */
final class ChatRules {

    /** The contract's bound on a message, in characters as Unicode code points. */
    private static final int MAX_CHARACTERS = 500;

    /** A UUID has 36. Part of a Redis key, so the bound is tight. */
    private static final int MAX_CLIENT_MESSAGE_ID = 64;

    private static final Pattern MARKUP = Pattern.compile("<[^>]*>");

    private ChatRules() {}

    /** What becomes of a command. */
    sealed interface Decision {

        /** The message is posted; {@code dedupe} is the same for each repeat of it. */
        record Post(ChatPosted event, String dedupe) implements Decision {}

        /** The message is taken back. */
        record Delete(ChatDeleted event) implements Decision {}

        /** Nothing happens but that the sender is told. */
        record Refuse(ErrorCode code, String message) implements Decision {}
    }

    static Decision decide(SendChat command, Instant now) {
        String clientMessageId = command.clientMessageId();
        if (clientMessageId != null
                && (clientMessageId.isBlank() || clientMessageId.length() > MAX_CLIENT_MESSAGE_ID)) {
            return new Decision.Refuse(
                    ErrorCode.VALIDATION_ERROR, "clientMessageId has 1 to " + MAX_CLIENT_MESSAGE_ID + " characters");
        }
        String text = MARKUP.matcher(command.message()).replaceAll("").strip();
        if (text.isEmpty()) {
            return new Decision.Refuse(ErrorCode.INVALID_MESSAGE, "The message is empty");
        }
        if (text.codePointCount(0, text.length()) > MAX_CHARACTERS) {
            return new Decision.Refuse(
                    ErrorCode.MESSAGE_TOO_LONG, "The message has more than " + MAX_CHARACTERS + " characters");
        }
        // The sender's own id of the message; without one, a command that is handled twice is still one message.
        String dedupe = clientMessageId == null
                ? "command:" + command.commandId()
                : "user:" + command.user().id() + " " + clientMessageId; // an id has no space
        return new Decision.Post(
                new ChatPosted(
                        messageId(command, dedupe),
                        command.stream(),
                        command.user().id(),
                        command.user().name(),
                        text,
                        clientMessageId,
                        now),
                dedupe);
    }

    static Decision decide(DeleteChat command, Instant now) {
        if (!command.user().admin()) {
            return new Decision.Refuse(ErrorCode.FORBIDDEN, "Only an admin may delete messages");
        }
        try {
            return new Decision.Delete(new ChatDeleted(
                    UUID.fromString(command.messageId()),
                    command.stream(),
                    command.user().id(),
                    now));
        } catch (IllegalArgumentException e) {
            return new Decision.Refuse(ErrorCode.INVALID_MESSAGE_ID, "messageId is not the id of a message");
        }
    }

    /** A repeat has the same id as the first, so its answer names the message that is there. */
    private static UUID messageId(SendChat command, String dedupe) {
        return UUID.nameUUIDFromBytes((command.room() + " " + dedupe).getBytes(StandardCharsets.UTF_8));
    }
}
