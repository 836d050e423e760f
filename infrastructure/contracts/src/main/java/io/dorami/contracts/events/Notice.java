package io.dorami.contracts.events;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.util.regex.Pattern;

/**
 * The platform's notice, shown on every page. Invalid values are rejected with {@link ErrorCode#VALIDATION_ERROR}.
 *
 * @param text at most 500 characters; an empty text removes the notice
 * @param fontSize 8 to 72 pixels
 * @param fontFamily at most 60 letters, digits, spaces, commas, quotes and hyphens, because it becomes part of a style
 */
public record Notice(String text, Integer fontSize, String fontFamily) {

    private static final int MAX_TEXT_LENGTH = 500;
    private static final Pattern FONT_FAMILY_PATTERN = Pattern.compile("[\\p{L}0-9 ,'\"-]{1,60}");

    /** The default, before an admin has written a notice. */
    public static final Notice NONE = new Notice("", 14, "Pretendard");

    public Notice {
        check(text != null && text.length() <= MAX_TEXT_LENGTH, "text: expected at most 500 characters");
        check(text.indexOf('\0') < 0, "text: the character U+0000 is not allowed");
        check(fontSize != null && fontSize >= 8 && fontSize <= 72, "fontSize: expected 8 to 72");
        check(
                fontFamily != null && FONT_FAMILY_PATTERN.matcher(fontFamily).matches(),
                "fontFamily: expected 1 to 60 letters, digits, spaces, commas, quotes or hyphens");
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, message);
        }
    }
}
