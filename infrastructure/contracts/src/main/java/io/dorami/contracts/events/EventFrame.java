package io.dorami.contracts.events;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.RoomEvent.ChatRestricted;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of an event in Redis: a head that the gateway parses, and JSON data that the gateway does not parse.
 *
 * <pre>{@code 1795330265125-0 l w chat:message {"id":"…","message":"Hi"}}</pre>
 *
 * The parts are: position in the room's log, or {@code -} if the event was not logged; delivery class; {@code f} for
 * flat or {@code w} for wrapped; name; data. A log entry omits the position, because the entry's id is the position.
 */
public record EventFrame(@Nullable String position, Delivery delivery, boolean isFlat, String name, String data) {

    /**
     * The first entry of a log, which is not an event. With the marker every log has a position from the start, and
     * a lost log can be distinguished from an empty one.
     */
    public static final EventFrame MARKER = new EventFrame(null, Delivery.DROPPABLE, true, "begin", "{}");

    private static final String NO_POSITION = "-";

    /** Creates the frame of an event that has no position yet. */
    public static EventFrame of(ClientEvent event, String data) {
        EventSpec spec = event.spec();
        return new EventFrame(null, spec.delivery(), spec.isFlat(), spec.name(), data);
    }

    /** Returns true for the first entry of a log, which is not sent to clients. */
    public boolean isMarker() {
        return name.equals(MARKER.name);
    }

    /** The frame without its position. */
    public String body() {
        return delivery.code() + (isFlat ? " f " : " w ") + name + ' ' + data;
    }

    /** The complete frame, as published. */
    public String encode() {
        return (position == null ? NO_POSITION : position) + ' ' + body();
    }

    /** The user to remove from the room with all connections, if this event is a ban. */
    public Optional<String> bannedUserId() {
        if (!name.equals(ChatRestricted.NAME)) {
            return Optional.empty();
        }
        ChatRestricted restricted = Json.read(data, ChatRestricted.class);
        return restricted.kind() == ChatRestricted.Restriction.BAN
                ? Optional.of(restricted.userId())
                : Optional.empty();
    }

    /**
     * The users that an event of a personal room is for: its {@code userId}, or each of its {@code userIds}. No client
     * receives an event that names none.
     */
    public Set<String> recipientUserIds() {
        JsonNode event = Json.read(data, JsonNode.class);
        JsonNode userId = event.path("userId");
        return userId.isTextual()
                ? Set.of(userId.asText())
                : event.path("userIds").valueStream().map(JsonNode::asText).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Parses a complete frame.
     *
     * @throws IllegalArgumentException if the text is not an event frame
     */
    public static EventFrame decode(String text) {
        int body = text.indexOf(' ');
        if (body < 1) {
            throw new IllegalArgumentException("Not an event frame");
        }
        String position = text.substring(0, body);
        return parse(position.equals(NO_POSITION) ? null : position, text, body + 1);
    }

    /**
     * Parses a frame from a log entry.
     *
     * @throws IllegalArgumentException if the text is not an event frame
     */
    public static EventFrame decode(@Nullable String position, String body) {
        return parse(position, body, 0);
    }

    private static EventFrame parse(@Nullable String position, String text, int start) {
        int name = start + 4;
        int data = text.indexOf(' ', name);
        if (data < 0) {
            throw new IllegalArgumentException("Not an event frame");
        }
        return new EventFrame(
                position,
                Delivery.of(text.charAt(start)),
                text.charAt(start + 2) == 'f',
                text.substring(name, data),
                text.substring(data + 1));
    }
}
