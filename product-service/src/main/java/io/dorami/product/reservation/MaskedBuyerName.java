package io.dorami.product.reservation;

/** What a room may know of a buyer: the first letter of the name, and a color. Never an e-mail address. */
public final class MaskedBuyerName {

    /** Dark enough for white text. */
    private static final String[] COLORS = {
        "#c2410c", "#b45309", "#4d7c0f", "#047857", "#0e7490", "#1d4ed8", "#6d28d9", "#a21caf", "#be123c", "#475569"
    };

    private MaskedBuyerName() {}

    /** Such as {@code K**} for Kim. */
    public static String masked(String name) {
        return new StringBuilder().appendCodePoint(name.strip().codePointAt(0)) + "**";
    }

    /** Always the same for the same user. */
    static String color(String userId) {
        return COLORS[Math.floorMod(userId.hashCode(), COLORS.length)];
    }
}
