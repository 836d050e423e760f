package io.dorami.gateway.hub;

import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.transport.Frame;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a room said, as it came from Redis. Shared by all event loops. */
public final class PublishedEvent {

    private final EventFrame event;
    private final @Nullable LogPosition position;

    /** Made when the first one comes back to it; the others of that wire format share it. */
    private volatile @Nullable EncodedEvent framed;

    private PublishedEvent(EventFrame event, @Nullable LogPosition position) {
        this.event = event;
        this.position = position;
    }

    private record EncodedEvent(FrameEncoder format, Frame frame) {}

    public static PublishedEvent of(EventFrame event) {
        String position = event.position();
        return new PublishedEvent(event, position == null ? null : LogPosition.parse(position));
    }

    public EventFrame event() {
        return event;
    }

    /** Its place in the room's log; nothing where it was not logged. */
    @Nullable
    public LogPosition position() {
        return position;
    }

    /** As a frame for those whose offset speaks of this room alone. */
    Frame frame(RoomId room, FrameEncoder format) {
        EncodedEvent made = framed;
        if (made == null || !made.format.equals(format)) {
            made = new EncodedEvent(format, format.event(room, event, offset(room, format)));
            framed = made;
        }
        return made.frame;
    }

    private @Nullable String offset(RoomId room, FrameEncoder format) {
        if (position == null) {
            return null;
        }
        return format.jointOffset() ? new ClientOffset(Map.of(room, position)).toString() : position.toString();
    }
}
