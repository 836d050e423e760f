package io.dorami.product.cart;

/** Public data of a buyer in a room: the first letter of the name, and a color. Never an e-mail address. */
public final class MaskedBuyerName {

    /** Colors dark enough for white text. */
    private static final String[] COLORS = {
        "#c2410c", "#b45309", "#4d7c0f", "#047857", "#0e7490", "#1d4ed8", "#6d28d9", "#a21caf", "#be123c", "#475569"
    };

    private MaskedBuyerName() {}

    /** Masks a name: {@code K**} for Kim. */
    public static String mask(String name) {
        return new StringBuilder().appendCodePoint(name.strip().codePointAt(0)) + "**";
    }

    /** Returns the color of a user, always the same for the same user. */
    public static String color(String userId) {
        return COLORS[Math.floorMod(userId.hashCode(), COLORS.length)];
    }
}
