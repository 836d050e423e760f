package io.dorami.gateway.hub;

import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.transport.Frame;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An event of a room as received from Redis. Shared by all event loops. */
public final class PublishedEvent {

    private final EventFrame event;
    private final @Nullable LogPosition position;

    /** Encoded on first use; other clients with the same encoder share the frame. */
    private volatile @Nullable EncodedEvent encoded;

    /** The only users who receive the event; null if every member does. */
    private final @Nullable Set<String> recipients;

    private PublishedEvent(EventFrame event, @Nullable LogPosition position, @Nullable Set<String> recipients) {
        this.event = event;
        this.position = position;
        this.recipients = recipients;
    }

    private record EncodedEvent(FrameEncoder encoder, Frame frame) {}

    /** Creates an event of a room, for all members or, in a personal room, for the users that it names. */
    public static PublishedEvent of(RoomId room, EventFrame event) {
        String position = event.position();
        return new PublishedEvent(
                event,
                position == null ? null : LogPosition.parse(position),
                room.type().isPersonal() ? event.recipientUserIds() : null);
    }

    /** Returns true if a member of the room may receive the event. */
    boolean isFor(Client client) {
        return recipients == null
                || client.user.filter(user -> recipients.contains(user.id())).isPresent();
    }

    public EventFrame event() {
        return event;
    }

    /** Returns the position in the room's log, or null if the event was not logged. */
    @Nullable
    public LogPosition position() {
        return position;
    }

    /** Encodes the event for clients whose offset covers only this room. */
    Frame encode(RoomId room, FrameEncoder encoder) {
        EncodedEvent cached = encoded;
        if (cached == null || !cached.encoder.equals(encoder)) {
            cached = new EncodedEvent(encoder, encoder.encodeEvent(room, event, offset(room, encoder)));
            encoded = cached;
        }
        return cached.frame;
    }

    private @Nullable String offset(RoomId room, FrameEncoder encoder) {
        if (position == null) {
            return null;
        }
        return encoder.usesJointOffset() ? new ClientOffset(Map.of(room, position)).toString() : position.toString();
    }
}
