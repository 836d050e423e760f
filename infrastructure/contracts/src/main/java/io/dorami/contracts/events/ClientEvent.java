package io.dorami.contracts.events;

/** Anything that a client is told: what happened in a room, or what became of its own request. */
public sealed interface ClientEvent permits RoomEvent, DirectEvent {

    /** The event's name for the client, as in the front end's contract. */
    String name();

    /** What may happen to it on the way to a client that reads slowly. */
    Delivery delivery();

    /** Whether the web client expects the bare data instead of {@code {type, data}}. */
    boolean flat();
}
