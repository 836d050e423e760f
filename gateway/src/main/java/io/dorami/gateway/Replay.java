package io.dorami.gateway;

import io.dorami.contracts.Position;
import java.util.List;

/**
 * What a client has not heard of a room.
 *
 * @param since where it was
 * @param missed what the room's log has since, in order
 */
record Replay(Position since, List<Heard> missed) {

    /** Where a client is that has it all. */
    Position end() {
        if (missed.isEmpty()) {
            return since;
        }
        Position last = missed.getLast().position();
        return last == null ? since : last; // what is in a log has a position
    }
}
