package io.dorami.contracts.keys;

/**
 * The kinds of room: three that every stream has, and two of the whole platform ({@link RoomId#EVERYBODY},
 * {@link RoomId#ALL_ADMINS}), in which one is without asking. Each has its own log, so that a burst of chat never pushes a
 * sold-out product out of memory. A channel belongs to a Socket.IO namespace and is a room prefix for JSON clients.
 */
public enum RoomType {
    /** Products, orders and notices: namespace {@code /}. */
    SHOP("shop", "/", "stream:", 1_000),
    /** Messages: namespace {@code /chat}. 2,000 entries are 40 s of the busiest room planned for (50 messages/s). */
    CHAT("chat", "/chat", "live:", 2_000),
    /** Viewer counts and the stream's life: namespace {@code /streaming}. */
    STREAM("stream", "/streaming", "stream:", 200),
    /** What everybody hears, such as a notice: namespace {@code /}. */
    PLATFORM("platform", "/", "platform:", 100),
    /** What admins alone hear, such as orders: namespace {@code /}. 1,000 entries are 20 s of 50 orders/s. */
    ADMINS("admins", "/", "admins:", 1_000);

    private final String label;
    private final String namespace;
    private final String socketIoPrefix;
    private final int logEntries;

    RoomType(String label, String namespace, String socketIoPrefix, int logEntries) {
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

    /** Whether clients ask to come in; where not, they are in from the first moment, if they may. */
    public boolean joinable() {
        return this != PLATFORM && this != ADMINS;
    }

    /** The room's name as the web client knows it, such as {@code live:KEY}. */
    public String socketIoRoom(StreamKey key) {
        return socketIoPrefix + key;
    }
}
