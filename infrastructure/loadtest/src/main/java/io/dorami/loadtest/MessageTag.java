package io.dorami.loadtest;

import io.netty.buffer.ByteBuf;

/**
 * What every message of a run begins with, so that a receiver finds out which one it is without parsing:
 * {@code @}, four digits for the room, eight for the message's number in it.
 */
final class MessageTag {

    /** Characters of a marker; no message is shorter. */
    static final int LENGTH = 13;

    static final int ROOMS = 10_000;

    private static final byte SIGN = '@';
    private static final int ROOM_DIGITS = 4;
    private static final int NUMBER_DIGITS = 8;
    private static final String FILLING = "abcdefghij klmnopqrst uvwxyz0123 ";

    private MessageTag() {}

    /** A message's text, of exactly that many characters. */
    static String text(int room, int number, int size) {
        StringBuilder text = new StringBuilder(size).append((char) SIGN);
        digits(text, room, ROOM_DIGITS);
        digits(text, number, NUMBER_DIGITS);
        while (text.length() < size) {
            int left = size - text.length();
            text.append(FILLING, 0, Math.min(left, FILLING.length()));
        }
        // Services strip a message's ends.
        if (text.charAt(size - 1) == ' ') {
            text.setCharAt(size - 1, '.');
        }
        return text.toString();
    }

    private static void digits(StringBuilder text, int value, int count) {
        String digits = Integer.toString(value);
        text.repeat("0", count - digits.length()).append(digits);
    }

    /** Where the first marker from there on is, or -1. */
    static int find(ByteBuf bytes, int from, int end) {
        return end - from < LENGTH ? -1 : bytes.indexOf(from, end - LENGTH + 1, SIGN);
    }

    static boolean at(ByteBuf bytes, int position, int end) {
        return end - position >= LENGTH && bytes.getByte(position) == SIGN;
    }

    static int room(ByteBuf bytes, int position) {
        return number(bytes, position + 1, ROOM_DIGITS);
    }

    static int number(ByteBuf bytes, int position) {
        return number(bytes, position + 1 + ROOM_DIGITS, NUMBER_DIGITS);
    }

    private static int number(ByteBuf bytes, int from, int digits) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            value = value * 10 + (bytes.getByte(i) - '0');
        }
        return value;
    }
}
