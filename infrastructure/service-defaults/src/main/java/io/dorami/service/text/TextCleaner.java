package io.dorami.service.text;

import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cleans names, titles and descriptions, which users see beside other texts. A cleaned text cannot reverse or cover what
 * stands around it, and cannot pass for another by characters that draw nothing. Chat messages have rules of their own.
 *
 * <p>Removes controls, direction controls and invisible characters, except in emoji sequences and where a script needs
 * them to spell a word; then outer spaces. A half of a surrogate pair becomes U+FFFD. The result is in NFC.
 */
public final class TextCleaner {

    /** Enough for the scripts that stack marks, such as Tibetan and Burmese. Each further one is drawn farther off. */
    private static final int MAX_MARKS_PER_LETTER = 5;

    private static final int REPLACEMENT_CHARACTER = 0xFFFD;
    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;
    private static final int TEXT_STYLE = 0xFE0E;
    private static final int EMOJI_STYLE = 0xFE0F;
    private static final int KEYCAP = 0x20E3;
    private static final int BLACK_FLAG = 0x1F3F4;
    private static final int FIRST_TAG = 0xE0020;
    private static final int CANCEL_TAG = 0xE007F;

    /** The flags in use have 6 tags with the last one; a region of ISO 3166-2 has at most 6 letters, hence 7. */
    private static final int MAX_TAGS = 7;

    /** An extended grapheme cluster: a character as a person counts them. */
    private static final Pattern CHARACTER = Pattern.compile("\\X");

    private final int[] source;
    private final StringBuilder cleaned;

    /** A joiner that is kept if the next character needs it; 0 if there is none. */
    private int pendingJoiner;

    /** Last character that is not a mark; 0 if there is none. */
    private int letter;

    /** Number of marks on the letter. */
    private int marks;

    private TextCleaner(String text) {
        this.source =
                Normalizer.normalize(text, Normalizer.Form.NFC).codePoints().toArray();
        this.cleaned = new StringBuilder(text.length());
    }

    /** Cleans a text of one line, such as a name or a title. Empty if nothing visible is left. */
    public static String cleanLine(String text) {
        return clean(text, false);
    }

    /** Cleans a text that may have several lines, such as a description. Empty if nothing visible is left. */
    public static String cleanText(String text) {
        return clean(text, true);
    }

    /** Cuts a text between two characters, to at most the given number of UTF-16 code units. */
    public static String truncate(String text, int maxLength) {
        if (text.length() <= maxLength) {
            return text;
        }
        int end = 0;
        Matcher character = CHARACTER.matcher(text);
        while (character.find() && character.end() <= maxLength) {
            end = character.end();
        }
        return strip(text.substring(0, end));
    }

    private static String clean(String text, boolean keepLines) {
        if (isPrintableAscii(text)) {
            return text.strip();
        }
        TextCleaner cleaner = new TextCleaner(text);
        for (int i = 0; i < cleaner.source.length; i++) {
            cleaner.add(i, keepLines);
        }
        String result = strip(Normalizer.normalize(cleaner.cleaned, Normalizer.Form.NFC));
        return Invisible.hasVisibleCharacter(result) ? result : "";
    }

    private void add(int index, boolean keepLines) {
        int codePoint = source[index];
        if (isLineBreak(codePoint)) {
            boolean isFirstOfTwo = codePoint == '\r' && at(index + 1) == '\n';
            if (!isFirstOfTwo) {
                append(keepLines ? '\n' : ' ');
            }
        } else if (codePoint == '\t') {
            append(' ');
        } else if (Character.getType(codePoint) == Character.SURROGATE) {
            append(REPLACEMENT_CHARACTER);
        } else if (codePoint == ZERO_WIDTH_JOINER || codePoint == ZERO_WIDTH_NON_JOINER) {
            pendingJoiner = pendingJoiner == 0 ? codePoint : pendingJoiner;
        } else if (Invisible.isDefaultIgnorable(codePoint)) {
            if (isNeeded(index)) {
                append(codePoint);
            }
        } else if (!Character.isISOControl(codePoint) && !isNoncharacter(codePoint)) {
            marks = isDrawnOverLetter(codePoint) ? marks + 1 : 0;
            if (marks <= MAX_MARKS_PER_LETTER) {
                append(codePoint);
            }
        }
    }

    private void append(int codePoint) {
        if (pendingJoiner != 0) {
            boolean isEmoji = pendingJoiner == ZERO_WIDTH_JOINER
                    && isPartOfEmoji(last())
                    && Character.isExtendedPictographic(codePoint);
            if (isEmoji || (isJoining(letter) && isJoining(codePoint))) {
                cleaned.appendCodePoint(pendingJoiner);
            }
            pendingJoiner = 0;
        }
        letter = isMark(codePoint) ? letter : codePoint;
        cleaned.appendCodePoint(codePoint);
    }

    /** Returns true if an invisible character changes how the character before it is drawn. */
    private boolean isNeeded(int index) {
        int codePoint = source[index];
        int previous = last();
        if (codePoint == TEXT_STYLE || codePoint == EMOJI_STYLE) {
            boolean isAscii = previous < 0x80; // digits, # and * are emoji only as keycaps
            return Character.isEmoji(previous) && (!isAscii || at(index + 1) == KEYCAP);
        }
        UnicodeBlock block = UnicodeBlock.of(codePoint);
        if (UnicodeBlock.VARIATION_SELECTORS.equals(block)
                || UnicodeBlock.VARIATION_SELECTORS_SUPPLEMENT.equals(block)) {
            return Character.isIdeographic(previous); // a variant of the ideograph, as in Japanese names
        }
        if (UnicodeBlock.MONGOLIAN.equals(block)) {
            return UnicodeBlock.MONGOLIAN.equals(UnicodeBlock.of(previous)) && Character.isLetter(previous);
        }
        return isTag(codePoint) && isPartOfFlag(index);
    }

    /** Tags spell the region of a flag: a black flag, tags, and the tag that ends them. */
    private boolean isPartOfFlag(int index) {
        int start = index;
        do {
            start--;
        } while (isTag(at(start)) && at(start) != CANCEL_TAG && index - start < MAX_TAGS);
        int end = index;
        while (at(end) != CANCEL_TAG && isTag(at(end + 1)) && end - start < MAX_TAGS) {
            end++;
        }
        return at(start) == BLACK_FLAG && start + 1 < end && at(end) == CANCEL_TAG;
    }

    /** Returns the source's code point, 0 outside of it. */
    private int at(int index) {
        return index >= 0 && index < source.length ? source[index] : 0;
    }

    /** Returns the last code point of the result, 0 if there is none yet. */
    private int last() {
        return cleaned.isEmpty() ? 0 : cleaned.codePointBefore(cleaned.length());
    }

    private static boolean isTag(int codePoint) {
        return codePoint >= FIRST_TAG && codePoint <= CANCEL_TAG;
    }

    private static boolean isPartOfEmoji(int codePoint) {
        return Character.isExtendedPictographic(codePoint)
                || Character.isEmojiModifier(codePoint)
                || codePoint == EMOJI_STYLE
                || codePoint == CANCEL_TAG;
    }

    /**
     * Letters and marks of scripts that need joiners to spell a word, such as Arabic and the Indic ones. These scripts
     * have no upper case, and their characters are neither syllables nor ideographs of East Asia.
     */
    private static boolean isJoining(int codePoint) {
        boolean isCased = Character.toUpperCase(codePoint) != Character.toLowerCase(codePoint);
        if (isCased || Character.isIdeographic(codePoint) || !(Character.isLetter(codePoint) || isMark(codePoint))) {
            return false;
        }
        return switch (UnicodeScript.of(codePoint)) {
            case LATIN, GREEK, CYRILLIC, HANGUL, HAN, HIRAGANA, KATAKANA, BOPOMOFO, COMMON, INHERITED -> false;
            default -> true;
        };
    }

    private static boolean isMark(int codePoint) {
        return isDrawnOverLetter(codePoint) || Character.getType(codePoint) == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isDrawnOverLetter(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
    }

    private static boolean isLineBreak(int codePoint) {
        return switch (codePoint) {
            case '\n', '\r', 0x85, 0x2028, 0x2029 -> true;
            default -> false;
        };
    }

    /** Code points that Unicode will never assign. Other unassigned ones may be emoji newer than this Java. */
    private static boolean isNoncharacter(int codePoint) {
        return (codePoint & 0xFFFE) == 0xFFFE || (codePoint >= 0xFDD0 && codePoint <= 0xFDEF);
    }

    /** Returns true in the usual case, which needs no cleaning. */
    private static boolean isPrintableAscii(String text) {
        return text.chars().allMatch(character -> character >= ' ' && character < 0x7F);
    }

    /** Removes spaces and blank symbols from both ends. */
    private static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (end > start && isSpace(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint)
                || Character.isSpaceChar(codePoint)
                || Invisible.isBlankSymbol(codePoint);
    }
}
