package io.dorami.gateway.rooms;

import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The handler of each kind of room. The gateway does not start if a kind has none, or two. */
@Singleton
final class RoomHandlers {

    private final Map<RoomType, RoomHandler> handlers = new EnumMap<>(RoomType.class);

    RoomHandlers(@All List<RoomHandler> beans) {
        for (RoomHandler handler : beans) {
            for (RoomType type : handler.types()) {
                if (handlers.put(type, handler) != null) {
                    throw new IllegalStateException("Two handlers for rooms of type " + type);
                }
            }
        }
        for (RoomType type : RoomType.values()) {
            if (!handlers.containsKey(type)) {
                throw new IllegalStateException("No handler for rooms of type " + type);
            }
        }
    }

    RoomHandler of(RoomId room) {
        return Objects.requireNonNull(handlers.get(room.type()));
    }
}
