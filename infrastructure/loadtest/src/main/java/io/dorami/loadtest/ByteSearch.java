package io.dorami.loadtest;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Looks into frames without making text of them. */
final class ByteSearch {

    /**
     * Both {@code {"event":"chat:message",} and {@code 42/chat,["chat:message",} have these eight bytes at 15, and no
     * other frame of either protocol has.
     */
    private static final int CHAT_MESSAGE_AT = 15;

    private static final long CHAT_MESSAGE = 0x6d657373_61676522L; // message"

    private ByteSearch() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static boolean chatMessage(ByteBuf frame, int start, int end) {
        return end - start > CHAT_MESSAGE_AT + Long.BYTES && frame.getLong(start + CHAT_MESSAGE_AT) == CHAT_MESSAGE;
    }

    /** Where these bytes first are, or -1. */
    static int find(ByteBuf frame, int start, int end, byte[] wanted) {
        for (int at = frame.indexOf(start, end, wanted[0]); at >= 0; at = frame.indexOf(at + 1, end, wanted[0])) {
            if (end - at < wanted.length) {
                return -1;
            }
            int same = 1;
            while (same < wanted.length && frame.getByte(at + same) == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return at;
            }
        }
        return -1;
    }

    /** What stands between a name and the next quotation mark; empty where the name is not there. */
    static String value(ByteBuf frame, int start, int end, byte[] name) {
        int at = find(frame, start, end, name);
        if (at < 0) {
            return "";
        }
        int from = at + name.length;
        int quote = frame.indexOf(from, end, (byte) '"');
        return text(frame, from, quote < 0 ? end : quote);
    }

    /** The digits from there on, as a number. */
    static int number(ByteBuf frame, int start, int end) {
        int number = 0;
        for (int i = start; i < end; i++) {
            int digit = frame.getByte(i) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    static String text(ByteBuf frame, int start, int end) {
        return frame.toString(start, end - start, StandardCharsets.UTF_8);
    }
}
