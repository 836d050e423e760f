package io.dorami.chat.rules;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is done to the text of a message before anybody sees it. Pure. */
public final class ChatText {

    /** The contract's bound, in characters as a person counts them. */
    static final int MAX_CHARACTERS = 500;

    /** 500 characters of 32 bytes; the longest that people use, a family with four skin tones, has 41, a flag 28. */
    static final int MAX_BYTES = 16_000;

    /** A family with four skin tones has 11; Unicode's stream-safe form allows 30 marks on one letter. */
    static final int MAX_CODE_POINTS_IN_A_CHARACTER = 31;

    private static final Pattern MARKUP = Pattern.compile("<[^>]*>");

    /** An extended grapheme cluster. */
    private static final Pattern CHARACTER = Pattern.compile("\\X");

    /** An address with a scheme or www, or a name that ends as addresses do; "hello.world" is not one. */
    private static final Pattern LINK = Pattern.compile(
            "[a-z][a-z0-9+.-]{1,20}://\\S|(?<![\\p{L}\\p{N}])www\\.\\S|(?<![\\p{L}\\p{N}])[\\p{L}\\p{N}-]+\\."
                    + "(?:com|net|org|io|co|kr|jp|cn|ru|me|ly|gl|gg|tv|app|dev|xyz|info|biz|shop|store|site|online|link"
                    + "|club|top|live)(?![\\p{L}\\p{N}])",
            Pattern.UNICODE_CASE | Pattern.CASE_INSENSITIVE);

    private ChatText() {}

    /** Why a text is no message. */
    enum TextProblem {
        EMPTY,
        TOO_LONG,
        NOT_TEXT
    }

    /** A text without markup, tricks and margins, normalised (NFC); it may be empty. */
    static String clean(String raw) {
        StringBuilder kept = new StringBuilder(raw.length());
        raw.codePoints().forEach(c -> {
            if (c == '\n' || c == '\r' || c == '\t') {
                kept.append(' ');
            } else if (!isTrick(c)) {
                kept.appendCodePoint(c);
            }
        });
        String text = MARKUP.matcher(kept).replaceAll("");
        return Normalizer.normalize(text, Normalizer.Form.NFC).strip();
    }

    /** What keeps a cleaned text from being a message. */
    static Optional<TextProblem> flaw(String clean) {
        if (clean.codePoints().noneMatch(ChatText::isVisible)) {
            return Optional.of(TextProblem.EMPTY);
        }
        if (clean.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return Optional.of(TextProblem.TOO_LONG);
        }
        int codePoints = clean.codePointCount(0, clean.length());
        if (codePoints <= MAX_CODE_POINTS_IN_A_CHARACTER) {
            return Optional.empty();
        }
        int characters = 0;
        Matcher character = CHARACTER.matcher(clean);
        while (character.find()) {
            characters++;
            if (clean.codePointCount(character.start(), character.end()) > MAX_CODE_POINTS_IN_A_CHARACTER) {
                return Optional.of(TextProblem.NOT_TEXT);
            }
        }
        return characters > MAX_CHARACTERS ? Optional.of(TextProblem.TOO_LONG) : Optional.empty();
    }

    /** The form in which texts are compared: wide, small and styled letters are their plain ones, case is gone. */
    public static String fold(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[\\u200C\\u200D]", "")
                .replaceAll("\\s+", " ")
                .strip();
    }

    /** Whether a folded text names an address. */
    static boolean hasLink(String folded) {
        return LINK.matcher(folded).find();
    }

    /**
     * Whether a folded text says one of the folded words. A word in an alphabet must stand alone, so that "class" may be
     * said where "ass" may not; Hangul, kana and ideographs join without spaces, so there it counts anywhere.
     */
    static boolean says(String folded, List<String> words) {
        return words.stream().anyMatch(word -> says(folded, word));
    }

    private static boolean says(String text, String word) {
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            if (isBoundary(text, at, word.codePointAt(0), -1)
                    && isBoundary(text, at + word.length(), word.codePointBefore(word.length()), 1)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBoundary(String text, int at, int edge, int direction) {
        if (Character.isIdeographic(edge) || isJoined(Character.UnicodeScript.of(edge))) {
            return true;
        }
        boolean outside = direction < 0 ? at == 0 : at == text.length();
        return outside || !Character.isLetterOrDigit(direction < 0 ? text.codePointBefore(at) : text.codePointAt(at));
    }

    private static boolean isJoined(Character.UnicodeScript script) {
        return switch (script) {
            case HANGUL, HIRAGANA, KATAKANA, THAI -> true;
            default -> false;
        };
    }

    /**
     * Controls, characters that turn the direction of what follows, and invisible ones. What joins (U+200C, U+200D) and
     * what makes flags (tags) stays: emoji and several scripts are written with them.
     */
    private static boolean isTrick(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            case Character.FORMAT -> c != 0x200C && c != 0x200D && !(c >= 0xE0020 && c <= 0xE007F);
            // An emoji may be newer than this Java; what has no type and never will is no text.
            case Character.UNASSIGNED -> (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || c >> 16 == 0xE;
            default -> false;
        };
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.SPACE_SEPARATOR, Character.FORMAT, Character.NON_SPACING_MARK, Character.ENCLOSING_MARK ->
                false;
            // Fillers of Hangul, and Braille without dots: letters and a symbol by their type, and nothing to the eye.
            default -> c != 0x115F && c != 0x1160 && c != 0x3164 && c != 0xFFA0 && c != 0x2800;
        };
    }
}
