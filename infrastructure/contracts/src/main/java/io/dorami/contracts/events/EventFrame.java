package io.dorami.contracts.events;

import io.dorami.contracts.Json;
import io.dorami.contracts.events.RoomEvent.ChatRestricted;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way through Redis: a head that the gateway reads, and the data as JSON that it does not.
 *
 * <pre>{@code 1795330265125-0 l w chat:message {"id":"…","message":"Hi"}}</pre>
 *
 * The parts are: position in the room's log, or {@code -} where it was not logged; delivery class; {@code f} for flat or
 * {@code w} for wrapped; name; data. In the log itself the position is the entry's id and is left out.
 */
public record EventFrame(@Nullable String position, Delivery delivery, boolean flat, String name, String data) {

    /**
     * The first entry of a log, which is no event: with it every log has a position from the beginning, and one that was
     * lost can be told from one to which nothing was added.
     */
    public static final EventFrame MARKER = new EventFrame(null, Delivery.DROPPABLE, true, "begin", "{}");

    private static final String NO_POSITION = "-";

    /** The frame of an event that has no position yet. */
    public static EventFrame of(ClientEvent event, String data) {
        return new EventFrame(null, event.delivery(), event.flat(), event.name(), data);
    }

    /** Whether it is the first entry of a log and nothing for clients. */
    public boolean isMarker() {
        return name.equals(MARKER.name);
    }

    /** Everything but the position. */
    public String body() {
        return delivery.code() + (flat ? " f " : " w ") + name + ' ' + data;
    }

    /** The whole frame, as published. */
    public String encode() {
        return (position == null ? NO_POSITION : position) + ' ' + body();
    }

    /** The user whom this event takes out of its room, with every connection; nobody as a rule. */
    public Optional<String> bannedUser() {
        if (!name.equals(ChatRestricted.NAME)) {
            return Optional.empty();
        }
        ChatRestricted restricted = Json.read(data, ChatRestricted.class);
        return restricted.kind() == ChatRestricted.Kind.BAN ? Optional.of(restricted.userId()) : Optional.empty();
    }

    /**
     * Reads a whole frame.
     *
     * @throws IllegalArgumentException where the text is not one
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
     * Reads a frame from a log entry.
     *
     * @throws IllegalArgumentException where the text is not one
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
