package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.util.List;

/**
 * The rules of a chat room, in addition to the rules of every room. They do not apply to the host and admins.
 *
 * @param slowSeconds minimum time between two messages of one user; 0 to {@value #MAX_SLOW_SECONDS}, 0 is off
 * @param minutesInRoom minimum time since a signed-in user's first join of this chat room before the first message; 0
 *     to {@value #MAX_MINUTES_IN_ROOM}, 0 is off. A token contains neither the age of the account nor the start of the
 *     session (each refresh issues a new token), so the time counts from the user's first join
 * @param closed true if no messages are allowed
 * @param links true if messages may contain addresses
 * @param repeatSeconds time for which a user may not repeat the last message; 0 to {@value #MAX_REPEAT_SECONDS}, 0 is
 *     off
 * @param words blocked words; at most {@value #MAX_WORDS} of at most {@value #MAX_WORD_LENGTH} characters, in the
 *     normalised form that chat-service compares with
 */
public record ChatPolicy(
        int slowSeconds, int minutesInRoom, boolean closed, boolean links, int repeatSeconds, List<String> words) {

    public static final int MAX_SLOW_SECONDS = 3_600;
    public static final int MAX_MINUTES_IN_ROOM = 1_440;
    public static final int MAX_REPEAT_SECONDS = 600;

    /** Each message is searched for each word; 200 words take about 20 us. */
    public static final int MAX_WORDS = 200;

    static final int MAX_WORD_LENGTH = 50;

    /** No rules beyond those of every room. */
    public static final ChatPolicy UNRESTRICTED = new ChatPolicy(0, 0, false, true, 0, List.of());

    public ChatPolicy {
        requireWithin(MAX_SLOW_SECONDS, slowSeconds, "slowSeconds");
        requireWithin(MAX_MINUTES_IN_ROOM, minutesInRoom, "minutesInRoom");
        requireWithin(MAX_REPEAT_SECONDS, repeatSeconds, "repeatSeconds");
        if (words.size() > MAX_WORDS
                || words.stream().anyMatch(word -> word.isEmpty() || word.length() > MAX_WORD_LENGTH)) {
            throw new DoramiException(
                    ErrorCode.VALIDATION_ERROR,
                    "words: expected at most " + MAX_WORDS + " of 1 to " + MAX_WORD_LENGTH + " characters");
        }
        words = List.copyOf(words);
    }

    /** Returns true if none of the rules that are published to the room is set. Not a JSON property. */
    @JsonIgnore
    public boolean isUnrestricted() {
        return slowSeconds == 0 && minutesInRoom == 0 && !closed && links;
    }

    private static void requireWithin(int max, int value, String name) {
        if (value < 0 || value > max) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, name + ": expected 0 to " + max);
        }
    }
}
