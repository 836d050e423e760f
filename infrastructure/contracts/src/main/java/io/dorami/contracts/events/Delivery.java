package io.dorami.contracts.events;

/** What may happen to an event on its way to a client that reads slowly. The class decides dropping, never order. */
public enum Delivery {
    /** Only the newest matters, as with counts: not logged, may be replaced or dropped. */
    CONFLATED('n'),
    /** Logged; the oldest are dropped when a client cannot keep up, as with chat. */
    DROPPABLE('l'),
    /** Logged and never dropped: a client that cannot take it is closed and comes back to replay. */
    RELIABLE('s');

    private final char code;

    Delivery(char code) {
        this.code = code;
    }

    /** One letter, in the head of an event frame. */
    char code() {
        return code;
    }

    /** Whether the room's log keeps the event. */
    public boolean logged() {
        return this != CONFLATED;
    }

    static Delivery of(char code) {
        for (Delivery delivery : values()) {
            if (delivery.code == code) {
                return delivery;
            }
        }
        throw new IllegalArgumentException("No delivery class " + code);
    }
}
