package io.dorami.gateway.hub;

import io.dorami.contracts.keys.RoomId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The members of a room who get the very same frames: those of one wire format and, where an offset speaks of all rooms of
 * a client, in the same rooms. The list is dense, for a pass walks it.
 */
final class FrameGroup {

    /** @param rooms of which the offset speaks; none where each room has its own */
    record Key(FrameEncoder format, List<RoomId> rooms) {

        // Written out, for a native image interprets the generated ones: decision 18.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key same && same.format == format && same.rooms.equals(rooms);
        }

        @Override
        public int hashCode() {
            return 31 * format.hashCode() + rooms.hashCode();
        }
    }

    final Key kind;
    final List<Subscription> members = new ArrayList<>();

    FrameGroup(Key kind) {
        this.kind = kind;
    }

    void add(Subscription membership) {
        membership.crowd = this;
        membership.index = members.size();
        members.add(membership);
    }

    /** The last one takes the place of the one that goes. */
    void remove(Subscription membership) {
        Subscription last = members.removeLast();
        if (last.index != membership.index) {
            members.set(membership.index, last);
            last.index = membership.index;
        }
        membership.crowd = null;
    }
}
