package io.dorami.chat.rules;

import com.ibm.icu.text.SpoofChecker;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Letters of other scripts that look like a letter from a to z, by Unicode's confusables (UTS 39). */
final class Lookalikes {

    private static final SpoofChecker CONFUSABLES = new SpoofChecker.Builder().build();

    private static final Map<String, Integer> SMALL_BY_SKELETON = bySkeleton('a', 'z');
    private static final Map<String, Integer> CAPITAL_BY_SKELETON = bySkeleton('A', 'Z');

    /**
     * Letters seen so far, because a skeleton takes a microsecond. Unicode has fewer than 25,000 letters that are neither
     * ideographs nor Hangul syllables; at 64 bytes each these take 1.6 MB.
     */
    private static final Map<Integer, Integer> LATIN_BY_LETTER = new ConcurrentHashMap<>();

    private Lookalikes() {}

    /** Returns the small Latin letter that a letter looks like, or else the letter in lower case. */
    static int toLatin(int letter) {
        return LATIN_BY_LETTER.computeIfAbsent(letter, Lookalikes::find);
    }

    private static Integer find(int letter) {
        int small = Character.toLowerCase(letter);
        Integer latin = Character.isUpperCase(letter)
                ? firstNonNull(CAPITAL_BY_SKELETON.get(skeleton(letter)), SMALL_BY_SKELETON.get(skeleton(small)))
                : firstNonNull(SMALL_BY_SKELETON.get(skeleton(letter)), CAPITAL_BY_SKELETON.get(skeleton(letter)));
        return latin == null ? small : latin;
    }

    private static @Nullable Integer firstNonNull(@Nullable Integer first, @Nullable Integer second) {
        return first == null ? second : first;
    }

    private static Map<String, Integer> bySkeleton(char first, char last) {
        Map<String, Integer> letters = new HashMap<>();
        for (int letter = first; letter <= last; letter++) {
            letters.put(skeleton(letter), Character.toLowerCase(letter));
        }
        return letters;
    }

    private static String skeleton(int codePoint) {
        return CONFUSABLES.getSkeleton(Character.toString(codePoint));
    }
}
