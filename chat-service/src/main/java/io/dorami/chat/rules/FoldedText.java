package io.dorami.chat.rules;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacter.LineBreak;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.lang.UScript;
import io.dorami.service.text.Invisible;
import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A copy of a text for the filters, never shown: without characters that draw nothing, in lower case, with wide, small
 * and styled letters as plain ones. A second copy has the Latin letter for each letter of another script that looks like
 * one. Both copies have the same number of code points.
 */
public final class FoldedText {

    /**
     * A link with a scheme or www, or a name with a common top-level domain; "hello.world" is no link. A letter of
     * another script may follow or precede, as Korean particles do. Browsers accept the ideographic full stop as a dot.
     */
    private static final Pattern LINK =
            Pattern.compile("[a-z][a-z0-9+.-]{1,20}://\\S|(?<![\\p{IsLatin}\\p{N}])www[.\\u3002]\\S|"
                    + "(?<![\\p{L}\\p{N}-])[\\p{L}\\p{N}-]++[.\\u3002]"
                    + "(?:com|net|org|io|co|kr|jp|cn|ru|me|ly|gl|gg|tv|app|dev|xyz|info|biz|shop|store|site|online|link"
                    + "|club|top|live)(?![\\p{IsLatin}\\p{N}])");

    private static final int FIRST_HANGUL_SYLLABLE = 0xAC00;
    private static final int LAST_HANGUL_SYLLABLE = 0xD7A3;

    private final String text;
    private final String latin;

    private FoldedText(String text, String latin) {
        this.text = text;
        this.latin = latin;
    }

    /** Folds a word of a list, in the form in which lists are stored and shown. */
    public static String fold(String word) {
        return of(word).text;
    }

    static FoldedText of(String original) {
        String normal = Normalizer.normalize(withoutInvisible(original), Normalizer.Form.NFKC);
        StringBuilder text = new StringBuilder(normal.length());
        StringBuilder latin = text; // a copy of its own from the first difference on
        int codePoint;
        for (int i = 0; i < normal.length(); i += Character.charCount(codePoint)) {
            codePoint = normal.codePointAt(i);
            boolean isSpace = Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint);
            boolean isLeftOut =
                    isSpace ? text.isEmpty() || text.charAt(text.length() - 1) == ' ' : isMarkOfAnyScript(codePoint);
            if (isLeftOut) {
                continue;
            }
            int small = isSpace ? ' ' : Character.toLowerCase(codePoint);
            int alike = canLookLatin(codePoint) ? Lookalikes.toLatin(codePoint) : small;
            if (alike != small && latin == text) {
                latin = new StringBuilder(text);
            }
            text.appendCodePoint(small);
            if (latin != text) {
                latin.appendCodePoint(alike);
            }
        }
        String folded = text.toString().strip();
        return new FoldedText(folded, latin == text ? folded : latin.toString().strip());
    }

    /** Returns true if the text contains a link. */
    boolean hasLink() {
        boolean hasPartOfLink = text.indexOf('.') >= 0 || text.indexOf('\u3002') >= 0 || text.contains("://");
        return hasPartOfLink
                && (LINK.matcher(text).find()
                        || (isLatinDifferent() && LINK.matcher(latin).find()));
    }

    /**
     * Returns true if the text contains one of the folded words. A word in an alphabet must stand alone, so that "ass"
     * does not match "class"; another script begins another word. A word in Hangul, kana or ideographs matches anywhere,
     * because these are written without spaces, or with particles.
     */
    boolean containsAny(List<String> words) {
        for (String word : words) {
            if (contains(text, word)) {
                return true;
            }
            String latinWord = latinOf(word);
            if ((isLatinDifferent() || !latinWord.equals(word)) && contains(latin, latinWord)) {
                return true;
            }
        }
        return false;
    }

    private boolean isLatinDifferent() {
        return !latin.equals(text);
    }

    private boolean contains(String searched, String word) {
        for (int start = searched.indexOf(word); start >= 0; start = searched.indexOf(word, start + 1)) {
            int end = start + word.length();
            if ((matchesAnywhere(word.codePointAt(0)) || isBoundary(searched, start))
                    && (matchesAnywhere(word.codePointBefore(word.length())) || isBoundary(searched, end))) {
                return true;
            }
        }
        return false;
    }

    /** Returns true if a word begins or ends at the index: beside a space or a sign, or between two scripts. */
    private boolean isBoundary(String searched, int index) {
        if (index == 0 || index == searched.length()) {
            return true;
        }
        int before = searched.codePointBefore(index);
        int after = searched.codePointAt(index);
        if (!isPartOfWord(before) || !isPartOfWord(after)) {
            return true;
        }
        if (haveCommonScript(before, after)) {
            return false;
        }
        // A Latin lookalike does not end a word of its own script.
        int original = text.offsetByCodePoints(0, searched.codePointCount(0, index));
        return !haveCommonScript(text.codePointBefore(original), text.codePointAt(original));
    }

    private static boolean isPartOfWord(int codePoint) {
        return Character.isLetterOrDigit(codePoint) || isMark(codePoint);
    }

    /** Digits and signs, which all scripts share, belong to the word beside them. */
    private static boolean haveCommonScript(int first, int second) {
        BitSet scripts = scripts(first);
        BitSet others = scripts(second);
        return scripts.get(UScript.COMMON) || others.get(UScript.COMMON) || scripts.intersects(others);
    }

    private static BitSet scripts(int codePoint) {
        BitSet scripts = new BitSet();
        UScript.getScriptExtensions(codePoint, scripts);
        return scripts;
    }

    /** Returns true for signs, and for scripts written without spaces: those in which a line may break at any letter. */
    private static boolean matchesAnywhere(int edge) {
        return switch (UCharacter.getIntPropertyValue(edge, UProperty.LINE_BREAK)) {
            case LineBreak.IDEOGRAPHIC,
                    LineBreak.CONDITIONAL_JAPANESE_STARTER,
                    LineBreak.COMPLEX_CONTEXT,
                    LineBreak.H2,
                    LineBreak.H3,
                    LineBreak.JL,
                    LineBreak.JV,
                    LineBreak.JT -> true;
            default -> !isPartOfWord(edge);
        };
    }

    private static String latinOf(String folded) {
        if (isPlain(folded)) {
            return folded;
        }
        StringBuilder latin = new StringBuilder(folded.length());
        folded.codePoints()
                .map(codePoint -> canLookLatin(codePoint) ? Lookalikes.toLatin(codePoint) : codePoint)
                .forEach(latin::appendCodePoint);
        return latin.toString();
    }

    private static boolean canLookLatin(int codePoint) {
        return codePoint >= 0x80
                && !isHangulSyllable(codePoint)
                && Character.isLetter(codePoint)
                && !Character.isIdeographic(codePoint)
                && UnicodeScript.of(codePoint) != UnicodeScript.HANGUL;
    }

    private static String withoutInvisible(String text) {
        if (isPlain(text)) {
            return text;
        }
        StringBuilder visible = new StringBuilder(text.length());
        int codePoint;
        for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
            codePoint = text.codePointAt(i);
            if (!isInvisible(codePoint)) {
                visible.appendCodePoint(codePoint);
            }
        }
        return visible.toString();
    }

    /** Returns true for ASCII and Hangul syllables, nearly all characters here, which need no look at Unicode's data. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80 && !isHangulSyllable(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isInvisible(int codePoint) {
        return codePoint >= 0x80
                && !isHangulSyllable(codePoint)
                && (UCharacter.hasBinaryProperty(codePoint, UProperty.DEFAULT_IGNORABLE_CODE_POINT)
                        || Invisible.isBlankSymbol(codePoint));
    }

    private static boolean isHangulSyllable(int codePoint) {
        return codePoint >= FIRST_HANGUL_SYLLABLE && codePoint <= LAST_HANGUL_SYLLABLE;
    }

    /** Marks that can be drawn over any letter, such as strokes. Those that belong to a letter are one with it in NFKC. */
    private static boolean isMarkOfAnyScript(int codePoint) {
        return codePoint >= 0x80 && isMark(codePoint) && UnicodeScript.of(codePoint) == UnicodeScript.INHERITED;
    }

    private static boolean isMark(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK -> true;
            default -> false;
        };
    }
}
