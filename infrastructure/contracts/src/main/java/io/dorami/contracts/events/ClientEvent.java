package io.dorami.contracts.events;

import com.fasterxml.jackson.annotation.JsonIgnore;

/** An event that a client receives: a change in a room, or the outcome of its own request. */
public sealed interface ClientEvent permits RoomEvent, DirectEvent {

    /** The event's name in the front end's contract. */
    String name();

    /** The delivery class: how the event is treated if the client reads slowly. */
    Delivery delivery();

    /** Returns true if the web client expects the bare data instead of {@code {type, data}}. Not a JSON property. */
    @JsonIgnore
    boolean isFlat();
}
