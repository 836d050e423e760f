package io.dorami.chat.rules;

import io.dorami.service.text.Invisible;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cleans and checks the text of a message. Pure functions. */
final class ChatText {

    /** The contract's bound, in extended grapheme clusters: characters as a person counts them. */
    static final int MAX_CHARACTERS = 500;

    /** 500 characters of 32 bytes. The longest that people use, a family with four skin tones, has 41, a flag 28. */
    static final int MAX_BYTES = 16_000;

    /** A family with four skin tones has 11 code points. Unicode's stream-safe form allows 30 marks on one letter. */
    static final int MAX_CODE_POINTS_PER_CHARACTER = 31;

    /** An extended grapheme cluster. */
    private static final Pattern CHARACTER = Pattern.compile("\\X");

    private ChatText() {}

    /** Reason why a text is not a valid message. */
    enum TextProblem {
        EMPTY,
        TOO_LONG,
        OVERLONG_CHARACTER
    }

    /** Removes markup, unsafe characters and outer spaces, and normalises the text (NFC). The result may be empty. */
    static String clean(String raw) {
        StringBuilder safe = new StringBuilder(raw.length());
        int codePoint;
        for (int i = 0; i < raw.length(); i += Character.charCount(codePoint)) {
            codePoint = raw.codePointAt(i);
            if (codePoint == '\n' || codePoint == '\r' || codePoint == '\t') {
                safe.append(' ');
            } else if (!isStripped(codePoint)) {
                safe.appendCodePoint(codePoint);
            }
        }
        // Normalised first, because a few characters become ASCII letters: the Kelvin sign would complete a tag.
        String normal = Normalizer.normalize(safe, Normalizer.Form.NFC);
        String text = Markup.remove(normal);
        return (text.length() == normal.length() ? text : Normalizer.normalize(text, Normalizer.Form.NFC)).strip();
    }

    /** Returns the reason why a cleaned text is not a valid message. */
    static Optional<TextProblem> findProblem(String clean) {
        if (!Invisible.hasVisibleCharacter(clean)) {
            return Optional.of(TextProblem.EMPTY);
        }
        if (clean.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return Optional.of(TextProblem.TOO_LONG);
        }
        int codePoints = clean.codePointCount(0, clean.length());
        if (codePoints <= MAX_CODE_POINTS_PER_CHARACTER) {
            return Optional.empty();
        }
        int characters = 0;
        Matcher character = CHARACTER.matcher(clean);
        while (character.find()) {
            characters++;
            if (clean.codePointCount(character.start(), character.end()) > MAX_CODE_POINTS_PER_CHARACTER) {
                return Optional.of(TextProblem.OVERLONG_CHARACTER);
            }
        }
        return characters > MAX_CHARACTERS ? Optional.of(TextProblem.TOO_LONG) : Optional.empty();
    }

    /**
     * Returns true for control, direction and invisible characters. Joiners (U+200C, U+200D, U+180E) and tags stay,
     * because emoji, flags and several scripts need them.
     */
    private static boolean isStripped(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            case Character.FORMAT -> isStrippedFormat(codePoint);
            // An unassigned code point may be an emoji newer than this Java. Noncharacters and plane 14 are never text.
            case Character.UNASSIGNED ->
                (codePoint & 0xFFFE) == 0xFFFE
                        || (codePoint >= 0xFDD0 && codePoint <= 0xFDEF)
                        || codePoint >> 16 == 0xE;
            default -> false;
        };
    }

    private static boolean isStrippedFormat(int codePoint) {
        return switch (codePoint) {
            case 0x200C, 0x200D, 0x180E -> false;
            case 0xFFF9, 0xFFFA, 0xFFFB -> true; // annotations, which no browser supports
            // Others are drawn, such as the signs before Arabic numbers.
            default -> Invisible.isDefaultIgnorable(codePoint) && !(codePoint >= 0xE0020 && codePoint <= 0xE007F);
        };
    }
}
