package io.dorami.contracts.events;

import io.dorami.contracts.keys.RoomType;
import org.jspecify.annotations.Nullable;

/**
 * The properties that all events of one type share: a row of the catalogue in {@link RoomEvent} or {@link DirectEvent}.
 *
 * @param name the event's name in the front end's contract
 * @param roomType the type of the event's room, or of the room of the request; null if the room may have any type
 * @param delivery the treatment of the event if the client reads slowly
 * @param isFlat true if the web client expects the bare data instead of {@code {type, data}}
 * @param membershipChange the change that the event confirms to the client. A client that joined also receives its offset
 *     and whether it was recovered; Socket.IO appends the client's offset to the event after any change
 */
public record EventSpec(
        String name,
        @Nullable RoomType roomType,
        Delivery delivery,
        boolean isFlat,
        MembershipChange membershipChange) {

    static EventSpec wrapped(String name, RoomType roomType, Delivery delivery) {
        return new EventSpec(name, roomType, delivery, false, MembershipChange.NONE);
    }

    static EventSpec flat(String name, @Nullable RoomType roomType, Delivery delivery) {
        return new EventSpec(name, roomType, delivery, true, MembershipChange.NONE);
    }

    /** The row of an event for a single connection, which is never dropped. */
    static EventSpec direct(String name, RoomType roomType, MembershipChange membershipChange) {
        return new EventSpec(name, roomType, Delivery.RELIABLE, false, membershipChange);
    }
}
