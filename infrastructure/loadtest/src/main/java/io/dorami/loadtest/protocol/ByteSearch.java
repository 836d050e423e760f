package io.dorami.loadtest.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Searches frames without decoding them to text. */
public final class ByteSearch {

    /**
     * Offset of these eight bytes in both {@code {"event":"chat:message",} and {@code 42/chat,["chat:message",}; no
     * other frame of either protocol has them there.
     */
    private static final int CHAT_MESSAGE_OFFSET = 15;

    private static final long CHAT_MESSAGE = 0x6d657373_61676522L; // message"

    private ByteSearch() {}

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static boolean isChatMessage(ByteBuf frame, int start, int end) {
        return end - start > CHAT_MESSAGE_OFFSET + Long.BYTES
                && frame.getLong(start + CHAT_MESSAGE_OFFSET) == CHAT_MESSAGE;
    }

    /** Index of the first occurrence, or -1. */
    public static int find(ByteBuf frame, int start, int end, byte[] wanted) {
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

    /** Text between a name and the next quotation mark; empty if the name is missing. */
    public static String quotedValue(ByteBuf frame, int start, int end, byte[] name) {
        int at = find(frame, start, end, name);
        if (at < 0) {
            return "";
        }
        int from = at + name.length;
        int quote = frame.indexOf(from, end, (byte) '"');
        return text(frame, from, quote < 0 ? end : quote);
    }

    /** Parses the digits from the start index on. */
    public static int number(ByteBuf frame, int start, int end) {
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

    public static String text(ByteBuf frame, int start, int end) {
        return frame.toString(start, end - start, StandardCharsets.UTF_8);
    }
}
