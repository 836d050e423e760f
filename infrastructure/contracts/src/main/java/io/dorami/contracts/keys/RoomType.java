package io.dorami.contracts.keys;

/**
 * The types of room: three that every stream has, and three of the whole platform ({@link RoomId#PLATFORM},
 * {@link RoomId#ADMINS}, {@link RoomId#USERS}), which clients enter without a join. Each room has its own log, so that a burst of chat never
 * trims a sold-out product. A room type belongs to a Socket.IO namespace and is a room prefix for JSON clients.
 */
public enum RoomType {
    /** Products, orders and notices: namespace {@code /}. */
    SHOP("shop", "/", "stream:", 1_000),
    /** Messages: namespace {@code /chat}. 2,000 entries are 40 s of the busiest planned room (50 messages/s). */
    CHAT("chat", "/chat", "live:", 2_000),
    /** Viewer counts and the stream's start and end: namespace {@code /streaming}. */
    STREAM("stream", "/streaming", "stream:", 200),
    /** Events for all clients, such as a notice: namespace {@code /}. */
    PLATFORM("platform", "/", "platform:", 100),
    /** Events for admins only, such as orders: namespace {@code /}. 1,000 entries are 20 s of 50 orders/s. */
    ADMINS("admins", "/", "admins:", 1_000),
    /**
     * Events for the users that each names, such as a promotion on a waiting list or an order for its sellers:
     * namespace {@code /}. One room for all users, because a room for each would cost a Redis subscription per
     * connection; the gateway delivers an event to the connections of its users alone. 2,000 entries are 13 s of 50
     * promotions, 50 new orders and 50 payments/s.
     */
    USERS("users", "/", "users:", 2_000);

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

    /** The prefix of rooms of this type in the JSON protocol and in Redis. */
    public String label() {
        return label;
    }

    /** The Socket.IO namespace for rooms of this type. */
    public String namespace() {
        return namespace;
    }

    /** The minimum number of events that a room's log keeps; at about 500 bytes each, a full chat log takes 1 MB. */
    public int logEntries() {
        return logEntries;
    }

    /**
     * Returns true if clients join and leave; the other rooms contain every permitted client from its connection on.
     */
    public boolean isJoinable() {
        return this != PLATFORM && this != ADMINS && this != USERS;
    }

    /** Returns true if each event is for the users that it names, and for no other member. */
    public boolean isPersonal() {
        return this == USERS;
    }

    /** The room's name in the web client, such as {@code live:KEY}. */
    public String socketIoRoom(StreamKey key) {
        return socketIoPrefix + key;
    }
}
