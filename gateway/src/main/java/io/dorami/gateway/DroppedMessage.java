package io.dorami.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.Delivery;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.Json;
import io.dorami.contracts.RoomId;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * That a client was too slow for some events of a room.
 *
 * @param room null where the frame names it
 */
@RegisterForReflection // written by our own JSON, which Quarkus does not see
record DroppedMessage(
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RoomId room, int count) {

    static final String NAME = "dropped";

    EventFrame frame() {
        return new EventFrame(null, Delivery.RELIABLE, true, NAME, Json.write(this));
    }
}
