package io.dorami.gateway;

import static java.util.stream.Collectors.joining;

/** Chat messages at the limits of chat-service: 500 characters and 16,000 bytes. */
public final class LongMessages {

    /** 500 family emoji: 12,500 bytes, 11 UTF-16 units each. */
    public static final String FAMILIES =
            "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67\u200d\ud83d\udc66".repeat(500);

    /** 500 letters with 15 accents each: 15,500 bytes, and the longest spelling in JSON escapes, with 48,000. */
    public static final String LONGEST = ("a" + "\u0301".repeat(15)).repeat(500);

    private LongMessages() {}

    /** Spells each UTF-16 unit as a JSON escape, as some JSON libraries do. */
    public static String escaped(String text) {
        return text.chars().mapToObj("\\u%04x"::formatted).collect(joining());
    }
}
