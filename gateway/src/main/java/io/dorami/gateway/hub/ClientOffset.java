package io.dorami.gateway.hub;

import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A client's position in each of its rooms, as one opaque text that the client keeps: {@code
 * chat:KEY@1795330265125-0,chat:OTHER@1795330265125-3}, or {@code -} for no room.
 */
public record ClientOffset(Map<RoomId, LogPosition> positions) {

    private static final String NONE = "-";

    /**
     * Parses the text form.
     *
     * @throws RuntimeException if the text is not an offset
     */
    public static ClientOffset parse(String text) {
        Map<RoomId, LogPosition> positions = new LinkedHashMap<>();
        if (!text.equals(NONE)) {
            for (String part : text.split(",", -1)) {
                int at = part.lastIndexOf('@');
                if (at < 0) {
                    throw new IllegalArgumentException("Not an offset");
                }
                positions.put(RoomId.parse(part.substring(0, at)), LogPosition.parse(part.substring(at + 1)));
            }
        }
        return new ClientOffset(positions);
    }

    @Override
    public String toString() {
        if (positions.isEmpty()) {
            return NONE;
        }
        StringBuilder text = new StringBuilder(positions.size() * 48);
        positions.forEach((room, position) -> {
            text.append(text.isEmpty() ? "" : ",").append(room).append('@').append(position);
        });
        return text.toString();
    }
}
