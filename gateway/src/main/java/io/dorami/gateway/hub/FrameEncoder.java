package io.dorami.gateway.hub;

import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.transport.Frame;
import org.jspecify.annotations.Nullable;

/**
 * Encodes events to frames. A frame's topic is the room's text form and its name is the event's, because the send queue
 * decides by these which frame replaces which.
 */
public interface FrameEncoder {

    /** Label in metrics. */
    String metricsLabel();

    /**
     * Returns true if a client's offset is one text for all rooms of its namespace, as socket.io-client keeps it, and
     * false if each room has its own.
     */
    boolean usesJointOffset();

    /**
     * Encodes an event for all members of a room.
     *
     * @param offset the position that a client resumes from; null if the event was not logged
     */
    Frame encodeEvent(RoomId room, EventFrame event, @Nullable String offset);

    /** Encodes a message to one client. */
    Frame encodeDirect(DirectMessage message);

    /** Encodes the notice that the client was too slow for {@code count} events of a room. */
    Frame encodeDropped(RoomId room, int count);

    /**
     * A message to one client.
     *
     * @param room the room of the message, if any
     * @param requestId the client's id of the request
     * @param offset the client's offset, in the reply to a join or leave
     * @param recovered in the reply to a join with an offset: true if the client resumed
     */
    record DirectMessage(
            @Nullable RoomId room,
            EventFrame event,
            @Nullable String requestId,
            @Nullable String offset,
            @Nullable Boolean recovered) {

        /** Creates a message without an offset. */
        public static DirectMessage of(@Nullable RoomId room, EventFrame event, @Nullable String requestId) {
            return new DirectMessage(room, event, requestId, null, null);
        }
    }
}
