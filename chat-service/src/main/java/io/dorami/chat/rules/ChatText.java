package io.dorami.chat.rules;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cleans, checks and searches the text of a message. Pure functions. */
public final class ChatText {

    /** The contract's bound, in extended grapheme clusters: characters as a person counts them. */
    static final int MAX_CHARACTERS = 500;

    /** 500 characters of 32 bytes. The longest that people use, a family with four skin tones, has 41, a flag 28. */
    static final int MAX_BYTES = 16_000;

    /** A family with four skin tones has 11 code points. Unicode's stream-safe form allows 30 marks on one letter. */
    static final int MAX_CODE_POINTS_PER_CHARACTER = 31;

    private static final Pattern MARKUP = Pattern.compile("<[^>]*>");

    /** An extended grapheme cluster. */
    private static final Pattern CHARACTER = Pattern.compile("\\X");

    /** A link with a scheme or www, or a name with a common top-level domain; "hello.world" is no link. */
    private static final Pattern LINK = Pattern.compile(
            "[a-z][a-z0-9+.-]{1,20}://\\S|(?<![\\p{L}\\p{N}])www\\.\\S|(?<![\\p{L}\\p{N}])[\\p{L}\\p{N}-]+\\."
                    + "(?:com|net|org|io|co|kr|jp|cn|ru|me|ly|gl|gg|tv|app|dev|xyz|info|biz|shop|store|site|online|link"
                    + "|club|top|live)(?![\\p{L}\\p{N}])",
            Pattern.UNICODE_CASE | Pattern.CASE_INSENSITIVE);

    private ChatText() {}

    /** Reason why a text is not a valid message. */
    enum TextProblem {
        EMPTY,
        TOO_LONG,
        OVERLONG_CHARACTER
    }

    /** Removes markup, unsafe characters and outer spaces, and normalises the text (NFC). The result may be empty. */
    static String clean(String raw) {
        StringBuilder cleaned = new StringBuilder(raw.length());
        raw.codePoints().forEach(codePoint -> {
            if (codePoint == '\n' || codePoint == '\r' || codePoint == '\t') {
                cleaned.append(' ');
            } else if (!isStripped(codePoint)) {
                cleaned.appendCodePoint(codePoint);
            }
        });
        String text = MARKUP.matcher(cleaned).replaceAll("");
        return Normalizer.normalize(text, Normalizer.Form.NFC).strip();
    }

    /** Returns the reason why a cleaned text is not a valid message. */
    static Optional<TextProblem> findProblem(String clean) {
        if (clean.codePoints().noneMatch(ChatText::isVisible)) {
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

    /** Folds a text for comparison: wide, small and styled letters become plain ones, and letters become lower case. */
    public static String fold(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[\\u200C\\u200D]", "")
                .replaceAll("\\s+", " ")
                .strip();
    }

    /** Returns true if a folded text contains a link. */
    static boolean hasLink(String folded) {
        return LINK.matcher(folded).find();
    }

    /**
     * Returns true if a folded text contains one of the folded words. A word in an alphabet must stand alone, so that
     * "ass" does not match "class". A word in Hangul, kana or ideographs matches anywhere, because these are written
     * without spaces.
     */
    static boolean containsWord(String folded, List<String> words) {
        return words.stream().anyMatch(word -> containsWord(folded, word));
    }

    private static boolean containsWord(String text, String word) {
        for (int start = text.indexOf(word); start >= 0; start = text.indexOf(word, start + 1)) {
            if (isBoundary(text, start, word.codePointAt(0), -1)
                    && isBoundary(text, start + word.length(), word.codePointBefore(word.length()), 1)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBoundary(String text, int index, int edgeCodePoint, int direction) {
        if (Character.isIdeographic(edgeCodePoint)
                || isWrittenWithoutSpaces(Character.UnicodeScript.of(edgeCodePoint))) {
            return true;
        }
        boolean isTextEdge = direction < 0 ? index == 0 : index == text.length();
        return isTextEdge
                || !Character.isLetterOrDigit(direction < 0 ? text.codePointBefore(index) : text.codePointAt(index));
    }

    private static boolean isWrittenWithoutSpaces(Character.UnicodeScript script) {
        return switch (script) {
            case HANGUL, HIRAGANA, KATAKANA, THAI -> true;
            default -> false;
        };
    }

    /**
     * Returns true for control, direction and invisible characters. Joiners (U+200C, U+200D) and tags stay, because
     * emoji, flags and several scripts need them.
     */
    private static boolean isStripped(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            case Character.FORMAT ->
                codePoint != 0x200C && codePoint != 0x200D && !(codePoint >= 0xE0020 && codePoint <= 0xE007F);
            // An unassigned code point may be an emoji newer than this Java. Noncharacters and plane 14 are never text.
            case Character.UNASSIGNED ->
                (codePoint & 0xFFFE) == 0xFFFE
                        || (codePoint >= 0xFDD0 && codePoint <= 0xFDEF)
                        || codePoint >> 16 == 0xE;
            default -> false;
        };
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.SPACE_SEPARATOR, Character.FORMAT, Character.NON_SPACING_MARK, Character.ENCLOSING_MARK ->
                false;
            // Hangul fillers and the Braille blank have the type of letters and symbols, but are invisible.
            default ->
                codePoint != 0x115F
                        && codePoint != 0x1160
                        && codePoint != 0x3164
                        && codePoint != 0xFFA0
                        && codePoint != 0x2800;
        };
    }
}
