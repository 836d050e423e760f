package io.dorami.gateway.hub;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * That a client was too slow for some events of a room.
 *
 * @param room null where the frame names it
 */
@RegisterForReflection // written by our own JSON, which Quarkus does not see
public record DroppedMessage(
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RoomId room, int count) {

    public static final String NAME = "dropped";

    public EventFrame frame() {
        return new EventFrame(null, Delivery.RELIABLE, true, NAME, Json.write(this));
    }
}
