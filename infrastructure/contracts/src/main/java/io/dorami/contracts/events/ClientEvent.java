package io.dorami.contracts.events;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.dorami.contracts.keys.RoomType;
import org.jspecify.annotations.Nullable;

/** An event that a client receives: a change in a room, or the outcome of its own request. */
public sealed interface ClientEvent permits RoomEvent, DirectEvent {

    /** The event's row in the catalogue. */
    EventSpec spec();

    /** The event's name in the front end's contract. */
    default String name() {
        return spec().name();
    }

    /** The type of the event's room; null if the room may have any type. */
    default @Nullable RoomType roomType() {
        return spec().roomType();
    }

    /** The delivery class: how the event is treated if the client reads slowly. */
    default Delivery delivery() {
        return spec().delivery();
    }

    /** Returns true if the web client expects the bare data instead of {@code {type, data}}. Not a JSON property. */
    @JsonIgnore
    default boolean isFlat() {
        return spec().isFlat();
    }
}
