package io.dorami.gateway.hub;

/**
 * The source of rooms' events. A shard subscribes a room when its first local client joins, and unsubscribes the room when
 * the last one has left. An interface, because the hub does not depend on the package that implements it.
 */
public interface RoomSource {

    /** Delivers every event of the room from now on, after {@link Room#onSubscribed}. */
    void subscribe(Room room);

    /** Ends the delivery of the room's events. */
    void unsubscribe(Room room);
}
