package io.dorami.gateway.hub;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * Notice to a slow client that some events of a room were dropped.
 *
 * @param room null if the frame names the room
 */
@RegisterForReflection // serialised by our own JSON mapper, which Quarkus does not detect
public record DroppedMessage(
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RoomId room, int count) {

    public static final String NAME = "dropped";

    public EventFrame frame() {
        return new EventFrame(null, Delivery.RELIABLE, true, NAME, Json.write(this));
    }
}
