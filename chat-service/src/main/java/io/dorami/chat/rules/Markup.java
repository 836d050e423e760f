package io.dorami.chat.rules;

/**
 * Removes markup: what the tokeniser of an HTML parser takes for a tag, a comment or a declaration (HTML standard, section
 * 13.2.5, from the "tag open state" on). Any other {@code <} is text. A library that sanitises HTML would also decode or
 * encode entities, and drop the text between some tags.
 */
final class Markup {

    private enum TagState {
        TAG_NAME,
        BEFORE_ATTRIBUTE,
        ATTRIBUTE_NAME,
        BEFORE_VALUE,
        UNQUOTED_VALUE
    }

    private Markup() {}

    /**
     * Removes all markup. What is removed ends with its {@code >}, or with the text. The result contains no markup, even
     * if removing one tag joins the parts of another.
     */
    static String remove(String text) {
        if (text.indexOf('<') < 0) {
            return text;
        }
        StringBuilder kept = new StringBuilder(text.length());
        int next = 0;
        while (next < text.length()) {
            char character = text.charAt(next++);
            kept.append(character);
            int openerLength = openerLength(kept);
            if (openerLength > 0) {
                kept.setLength(kept.length() - openerLength);
                next = switch (character) {
                    case '!' -> declarationEnd(text, next);
                    case '?' -> after(">", text, next);
                    default -> tagEnd(text, next);
                };
            }
        }
        return kept.toString();
    }

    /** Returns the length of the opener at the end of the text: of {@code <b}, {@code </b}, {@code <!} or {@code <?}. */
    private static int openerLength(StringBuilder text) {
        int last = text.length() - 1;
        if (last < 1) {
            return 0;
        }
        char character = text.charAt(last);
        boolean isLetter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
        if (!isLetter && character != '!' && character != '?') {
            return 0;
        }
        if (text.charAt(last - 1) == '<') {
            return 2;
        }
        return isLetter && last >= 2 && text.charAt(last - 1) == '/' && text.charAt(last - 2) == '<' ? 3 : 0;
    }

    /** Returns the end of a tag. A {@code >} in quotes belongs to the value of an attribute. */
    private static int tagEnd(String text, int start) {
        TagState state = TagState.TAG_NAME;
        for (int i = start; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '>') {
                return i + 1;
            }
            boolean isSpace = character == ' ';
            switch (state) {
                case TAG_NAME, BEFORE_ATTRIBUTE -> {
                    if (isSpace || character == '/') {
                        state = TagState.BEFORE_ATTRIBUTE;
                    } else if (state == TagState.BEFORE_ATTRIBUTE) {
                        state = TagState.ATTRIBUTE_NAME;
                    }
                }
                case ATTRIBUTE_NAME -> {
                    if (character == '=') {
                        state = TagState.BEFORE_VALUE;
                    } else if (character == '/') {
                        state = TagState.BEFORE_ATTRIBUTE;
                    }
                }
                case BEFORE_VALUE -> {
                    if (character == '"' || character == '\'') {
                        i = text.indexOf(character, i + 1);
                        if (i < 0) {
                            return text.length();
                        }
                        state = TagState.BEFORE_ATTRIBUTE;
                    } else if (!isSpace) {
                        state = TagState.UNQUOTED_VALUE;
                    }
                }
                case UNQUOTED_VALUE -> {
                    if (isSpace) {
                        state = TagState.BEFORE_ATTRIBUTE;
                    }
                }
            }
        }
        return text.length();
    }

    /** Returns the end of a comment, which may contain {@code >}, or of another declaration. */
    private static int declarationEnd(String text, int start) {
        return text.startsWith("--", start)
                ? Math.min(after("-->", text, start), after("--!>", text, start + 2))
                : after(">", text, start);
    }

    private static int after(String end, String text, int start) {
        int found = text.indexOf(end, start);
        return found < 0 ? text.length() : found + end.length();
    }
}
