package io.dorami.gateway.hub;

import io.dorami.contracts.keys.RoomId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The members of a room that get identical frames: those with the same encoder and, if offsets cover all rooms of a
 * client, in the same rooms. The list is dense, because every flush iterates over it.
 */
final class FrameGroup {

    /**
     * Identifies a group.
     *
     * @param rooms the rooms that the offset covers; empty if each room has its own offset
     */
    record Key(FrameEncoder encoder, List<RoomId> rooms) {

        // Written out, because a native image interprets the generated methods: decision 18.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key same && same.encoder == encoder && same.rooms.equals(rooms);
        }

        @Override
        public int hashCode() {
            return 31 * encoder.hashCode() + rooms.hashCode();
        }
    }

    final Key key;
    final List<Subscription> members = new ArrayList<>();

    FrameGroup(Key key) {
        this.key = key;
    }

    void add(Subscription subscription) {
        subscription.group = this;
        subscription.index = members.size();
        members.add(subscription);
    }

    /** Removes the member. The last member moves to its index. */
    void remove(Subscription subscription) {
        Subscription last = members.removeLast();
        if (last.index != subscription.index) {
            members.set(subscription.index, last);
            last.index = subscription.index;
        }
        subscription.group = null;
    }
}
