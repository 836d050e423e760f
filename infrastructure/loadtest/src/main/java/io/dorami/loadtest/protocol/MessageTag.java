package io.dorami.loadtest.protocol;

import io.netty.buffer.ByteBuf;

/**
 * Prefix of every message of a run, which identifies the message without parsing: {@code @}, four digits for the room,
 * eight digits for the number of the message in the room.
 */
public final class MessageTag {

    /** Characters of a tag; no message is shorter. */
    public static final int LENGTH = 13;

    /** Rooms of a run, numbered from 0: as many as four digits count. */
    public static final int MAX_ROOMS = 10_000;

    /** Messages of a room in a run, numbered from 0: as many as eight digits count. */
    public static final int MAX_MESSAGES = 100_000_000;

    private static final byte SIGN = '@';
    private static final int ROOM_DIGITS = 4;
    private static final int NUMBER_DIGITS = 8;
    private static final String FILLER = "abcdefghij klmnopqrst uvwxyz0123 ";

    private MessageTag() {}

    /** Text of a message with exactly this number of characters. */
    public static String text(int room, int number, int size) {
        StringBuilder text = new StringBuilder(size).append((char) SIGN);
        appendDigits(text, room, ROOM_DIGITS);
        appendDigits(text, number, NUMBER_DIGITS);
        while (text.length() < size) {
            int remaining = size - text.length();
            text.append(FILLER, 0, Math.min(remaining, FILLER.length()));
        }
        // Services trim messages.
        if (text.charAt(size - 1) == ' ') {
            text.setCharAt(size - 1, '.');
        }
        return text.toString();
    }

    private static void appendDigits(StringBuilder text, int value, int count) {
        String digits = Integer.toString(value);
        text.repeat("0", count - digits.length()).append(digits);
    }

    /** Index of the first tag from there on, or -1. */
    public static int find(ByteBuf bytes, int from, int end) {
        return end - from < LENGTH ? -1 : bytes.indexOf(from, end - LENGTH + 1, SIGN);
    }

    public static boolean isAt(ByteBuf bytes, int position, int end) {
        return end - position >= LENGTH && bytes.getByte(position) == SIGN;
    }

    public static int room(ByteBuf bytes, int position) {
        return number(bytes, position + 1, ROOM_DIGITS);
    }

    public static int number(ByteBuf bytes, int position) {
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
