package io.dorami.contracts.events;

/** A change of a connection's membership of a room. */
public enum MembershipChange {
    NONE,
    /** The connection receives the room's events from now on. */
    JOINED,
    /** The connection no longer receives the room's events. */
    LEFT
}
