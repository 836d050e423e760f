package io.dorami.gateway.hub;

import io.dorami.contracts.keys.LogPosition;
import java.util.List;

/**
 * The events of a room that a client has missed.
 *
 * @param since the client's position
 * @param events the room's logged events after that position, in order
 */
public record Replay(LogPosition since, List<PublishedEvent> events) {

    /** Returns the client's position after the replay. */
    LogPosition end() {
        if (events.isEmpty()) {
            return since;
        }
        LogPosition last = events.getLast().position();
        return last == null ? since : last; // logged events have a position
    }
}
