package io.dorami.service.text;

/** Characters that draw nothing. */
public final class Invisible {

    /**
     * Code points of Unicode's property Default_Ignorable_Code_Point, first and last of each range. Java lacks the
     * property, and the library that has it (ICU4J) takes 15 MB in each image. A test compares all code points with it.
     */
    private static final int[][] DEFAULT_IGNORABLE = {
        {0x00AD, 0x00AD},
        {0x034F, 0x034F},
        {0x061C, 0x061C},
        {0x115F, 0x1160},
        {0x17B4, 0x17B5},
        {0x180B, 0x180F},
        {0x200B, 0x200F},
        {0x202A, 0x202E},
        {0x2060, 0x206F},
        {0x3164, 0x3164},
        {0xFE00, 0xFE0F},
        {0xFEFF, 0xFEFF},
        {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFF8},
        {0x1BCA0, 0x1BCA3},
        {0x1D173, 0x1D17A},
        {0xE0000, 0xE0FFF},
    };

    private Invisible() {}

    /** Returns true if a renderer that does not know the character shows nothing. */
    public static boolean isDefaultIgnorable(int codePoint) {
        for (int[] range : DEFAULT_IGNORABLE) {
            if (codePoint <= range[1]) {
                return codePoint >= range[0];
            }
        }
        return false;
    }

    /**
     * Returns true for a letter or symbol whose picture is empty. No property of Unicode distinguishes these, only their
     * names do: a blank, a filler, a null notehead.
     */
    public static boolean isBlankSymbol(int codePoint) {
        return switch (codePoint) {
            case 0x2800, 0x13441, 0x13442, 0x16FE4, 0x1D159 -> true;
            default -> false;
        };
    }

    /** Returns true if a text has a character that draws something by itself: no space, no mark, nothing invisible. */
    public static boolean hasVisibleCharacter(String text) {
        return text.codePoints().anyMatch(Invisible::isVisible);
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.CONTROL,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK -> false;
            default -> !isDefaultIgnorable(codePoint) && !isBlankSymbol(codePoint);
        };
    }
}
