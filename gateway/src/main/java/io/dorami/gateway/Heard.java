package io.dorami.gateway;

import io.dorami.contracts.EventFrame;
import io.dorami.contracts.Position;
import io.dorami.contracts.RoomId;
import io.dorami.gateway.wire.Frame;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a room said, as it came from Redis. Shared by all event loops. */
final class Heard {

    private final EventFrame event;
    private final @Nullable Position position;

    /** Made when the first one comes back to it; the others of that wire format share it. */
    private volatile @Nullable Framed framed;

    private Heard(EventFrame event, @Nullable Position position) {
        this.event = event;
        this.position = position;
    }

    private record Framed(WireFormat format, Frame frame) {}

    static Heard of(EventFrame event) {
        String position = event.position();
        return new Heard(event, position == null ? null : Position.parse(position));
    }

    EventFrame event() {
        return event;
    }

    /** Its place in the room's log; nothing where it was not logged. */
    @Nullable
    Position position() {
        return position;
    }

    /** As a frame for those whose offset speaks of this room alone. */
    Frame frame(RoomId room, WireFormat format) {
        Framed made = framed;
        if (made == null || !made.format.equals(format)) {
            made = new Framed(format, format.event(room, event, offset(room, format)));
            framed = made;
        }
        return made.frame;
    }

    private @Nullable String offset(RoomId room, WireFormat format) {
        if (position == null) {
            return null;
        }
        return format.jointOffset() ? new Offset(Map.of(room, position)).toString() : position.toString();
    }
}
