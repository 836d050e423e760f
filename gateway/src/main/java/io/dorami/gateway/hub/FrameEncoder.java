package io.dorami.gateway.hub;

import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.transport.Frame;
import org.jspecify.annotations.Nullable;

/**
 * How an event becomes bytes. A frame's topic is the room's written form and its name the event's, for by these the outbox
 * knows what replaces what.
 */
public interface FrameEncoder {

    /** The label of metrics. */
    String label();

    /**
     * Whether a client's offset is one text for all rooms of its namespace, as socket.io-client keeps it, and not one for
     * each room.
     */
    boolean jointOffset();

    /**
     * What a room says, to everybody there.
     *
     * @param offset what a client keeps to come back with; nothing where the event was not logged
     */
    Frame event(RoomId room, EventFrame event, @Nullable String offset);

    /** What one client is told. */
    Frame answer(DirectMessage reply);

    /** That the client was too slow for so many events of a room. */
    Frame dropped(RoomId room, int count);

    /**
     * What one client is told.
     *
     * @param room the room that it is about, if any
     * @param requestId what the client called its request
     * @param offset where the client is now, with the answer to a join or leave
     * @param recovered for a join that asked to go on from an offset: whether it does
     */
    record DirectMessage(
            @Nullable RoomId room,
            EventFrame event,
            @Nullable String requestId,
            @Nullable String offset,
            @Nullable Boolean recovered) {

        /** A word without a place in any log. */
        public static DirectMessage of(@Nullable RoomId room, EventFrame event, @Nullable String requestId) {
            return new DirectMessage(room, event, requestId, null, null);
        }
    }
}
