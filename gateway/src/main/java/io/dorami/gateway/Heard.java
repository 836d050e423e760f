package io.dorami.gateway;

import io.dorami.contracts.EventFrame;
import io.dorami.contracts.Position;
import org.jspecify.annotations.Nullable;

/**
 * What a room said, as it came from Redis.
 *
 * @param position its place in the room's log; nothing where it was not logged
 */
record Heard(EventFrame event, @Nullable Position position) {

    static Heard of(EventFrame event) {
        String position = event.position();
        return new Heard(event, position == null ? null : Position.parse(position));
    }
}
