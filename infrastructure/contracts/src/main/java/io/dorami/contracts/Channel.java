package io.dorami.contracts;

/**
 * The three kinds of room that every stream has. Each has its own log, so that a burst of chat never pushes a sold-out
 * product out of memory. A channel is a Socket.IO namespace for the web client and a room prefix for JSON clients.
 */
public enum Channel {
    /** Products, orders and notices: namespace {@code /}. */
    SHOP("shop", "/", "stream:", 1_000),
    /** Messages: namespace {@code /chat}. 2,000 entries are 40 s of the busiest room planned for (50 messages/s). */
    CHAT("chat", "/chat", "live:", 2_000),
    /** Viewer counts and the stream's life: namespace {@code /streaming}. */
    STREAM("stream", "/streaming", "stream:", 200);

    private final String label;
    private final String namespace;
    private final String socketIoPrefix;
    private final int logEntries;

    Channel(String label, String namespace, String socketIoPrefix, int logEntries) {
        this.label = label;
        this.namespace = namespace;
        this.socketIoPrefix = socketIoPrefix;
        this.logEntries = logEntries;
    }

    /** The prefix of this channel's rooms in the JSON protocol and in Redis. */
    public String label() {
        return label;
    }

    /** The Socket.IO namespace that carries this channel. */
    public String namespace() {
        return namespace;
    }

    /** How many events a room's log keeps at the least; at about 500 bytes each, 1 MB for a full chat log. */
    public int logEntries() {
        return logEntries;
    }

    /** The room's name as the web client knows it, such as {@code live:KEY}. */
    public String socketIoRoom(StreamKey key) {
        return socketIoPrefix + key;
    }
}
