package io.dorami.gateway.hub;

import io.dorami.contracts.keys.LogPosition;
import java.util.List;

/**
 * What a client has not heard of a room.
 *
 * @param since where it was
 * @param missed what the room's log has since, in order
 */
public record Replay(LogPosition since, List<PublishedEvent> missed) {

    /** Where a client is that has it all. */
    LogPosition end() {
        if (missed.isEmpty()) {
            return since;
        }
        LogPosition last = missed.getLast().position();
        return last == null ? since : last; // what is in a log has a position
    }
}
