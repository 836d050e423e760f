package io.dorami.contracts.commands;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.util.List;

/**
 * What may be said in a chat room, beyond what holds in every room. The host and admins are bound by none of it.
 *
 * @param slowSeconds between two messages of one user; 0 to {@value #MAX_SLOW_SECONDS}, 0 is off
 * @param minutesInRoom how long a user must have been in this room's chat, signed in, before the first message; 0 to
 *     {@value #MAX_MINUTES}, 0 is off. A token tells neither the age of an account nor when its session began (it is
 *     made anew at each refresh), so the time counts from the user's first joining
 * @param closed nobody speaks
 * @param links messages may name addresses
 * @param repeatSeconds a user's last message may not be said again for so long; 0 to {@value #MAX_REPEAT_SECONDS}, 0 is off
 * @param words may not be said; at most {@value #MAX_WORDS} of at most {@value #MAX_WORD} characters, in the form that
 *     chat-service compares with
 */
public record ChatPolicy(
        int slowSeconds, int minutesInRoom, boolean closed, boolean links, int repeatSeconds, List<String> words) {

    public static final int MAX_SLOW_SECONDS = 3_600;
    public static final int MAX_MINUTES = 1_440;
    public static final int MAX_REPEAT_SECONDS = 600;

    /** Each message is searched for each word: 200 take about 20 us. */
    public static final int MAX_WORDS = 200;

    public static final int MAX_WORD = 50;

    /** Everybody may say everything. */
    public static final ChatPolicy OPEN = new ChatPolicy(0, 0, false, true, 0, List.of());

    public ChatPolicy {
        within(MAX_SLOW_SECONDS, slowSeconds, "slowSeconds");
        within(MAX_MINUTES, minutesInRoom, "minutesInRoom");
        within(MAX_REPEAT_SECONDS, repeatSeconds, "repeatSeconds");
        if (words.size() > MAX_WORDS || words.stream().anyMatch(word -> word.isEmpty() || word.length() > MAX_WORD)) {
            throw new DoramiException(
                    ErrorCode.VALIDATION_ERROR,
                    "words are at most " + MAX_WORDS + " of 1 to " + MAX_WORD + " characters");
        }
        words = List.copyOf(words);
    }

    /** Whether nothing is forbidden that people in the room should know of. */
    @JsonIgnore
    public boolean isOpen() {
        return slowSeconds == 0 && minutesInRoom == 0 && !closed && links;
    }

    private static void within(int most, int value, String name) {
        if (value < 0 || value > most) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, name + " is 0 to " + most);
        }
    }
}
