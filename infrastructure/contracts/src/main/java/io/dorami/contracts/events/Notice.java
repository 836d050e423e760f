package io.dorami.contracts.events;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.util.regex.Pattern;

/**
 * The platform's notice, as every page shows it. Anything else is refused as {@link ErrorCode#VALIDATION_ERROR}.
 *
 * @param text at most 500 characters; an empty one takes the notice away
 * @param fontSize 8 to 72 pixels
 * @param fontFamily at most 60 letters, digits, spaces, commas, quotes and hyphens: it becomes part of a style
 */
public record Notice(String text, Integer fontSize, String fontFamily) {

    private static final int CHARACTERS = 500;
    private static final Pattern FAMILY = Pattern.compile("[\\p{L}0-9 ,'\"-]{1,60}");

    /** Nobody has written one yet. */
    public static final Notice NONE = new Notice("", 14, "Pretendard");

    public Notice {
        check(text != null && text.length() <= CHARACTERS, "text must have at most 500 characters");
        check(text.indexOf('\0') < 0, "text must not contain the character U+0000");
        check(fontSize != null && fontSize >= 8 && fontSize <= 72, "fontSize must be 8 to 72");
        check(
                fontFamily != null && FAMILY.matcher(fontFamily).matches(),
                "fontFamily must be 1 to 60 letters, digits, spaces, commas, quotes or hyphens");
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, message);
        }
    }
}
