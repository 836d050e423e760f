package io.dorami.gateway.transport;

import java.time.Duration;

/**
 * Counter of what one client sent in the current 10 s. Takes 16 bytes per connection, unlike a sliding window, and may
 * therefore let twice the limit pass within 10 s. Used only on the connection's loop.
 */
public final class PacketCounter {

    private static final Duration WINDOW = Duration.ofSeconds(10);

    /**
     * Packets of one connection in a window; beyond it the connection is closed as a flood. The limits of requests let a
     * client send 100: 20 messages, 20 deletions, and 10 joins and 10 leaves of three kinds of room. Five times as many
     * leave room for pongs, attachments and clients that repeat requests.
     */
    public static final int MAX_PACKETS = 500;

    private long windowStart = System.nanoTime();
    private int count;

    /** Counts one more and returns the number in the current window. */
    public int increment() {
        return increment(System.nanoTime());
    }

    int increment(long nanoTime) {
        if (nanoTime - windowStart >= WINDOW.toNanos()) {
            windowStart = nanoTime;
            count = 0;
        }
        return ++count;
    }
}
