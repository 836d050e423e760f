package io.dorami.contracts.events;

/** The delivery class: the treatment of an event if a client reads slowly. It decides on dropping, never on order. */
public enum Delivery {
    /** Only the newest matters, as with counts: not logged; may be replaced or dropped. */
    CONFLATED('n'),
    /** Logged; the oldest events are dropped if a client cannot keep up, as with chat. */
    DROPPABLE('l'),
    /** Logged and never dropped: a client that cannot keep up is disconnected, reconnects and replays. */
    RELIABLE('s');

    private final char code;

    Delivery(char code) {
        this.code = code;
    }

    /** The letter in the head of an event frame. */
    char code() {
        return code;
    }

    /** Returns true if the room's log keeps the event. */
    public boolean isLogged() {
        return this != CONFLATED;
    }

    static Delivery of(char code) {
        for (Delivery delivery : values()) {
            if (delivery.code == code) {
                return delivery;
            }
        }
        throw new IllegalArgumentException("Unknown delivery class: " + code);
    }
}
