package io.dorami.contracts.keys;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The id of a room: one of the rooms of a stream, written {@code chat:KEY}, {@code stream:KEY} or {@code shop:KEY}, or
 * one of the three rooms of the whole platform.
 */
public record RoomId(RoomType type, StreamKey key) {

    private static final StreamKey ALL = new StreamKey("all");

    /** The room of all clients; each is a member from the moment of its connection. */
    public static final RoomId PLATFORM = new RoomId(RoomType.PLATFORM, ALL);

    /** The room of all admins; each is a member from the moment of its connection, and no other user ever is. */
    public static final RoomId ADMINS = new RoomId(RoomType.ADMINS, ALL);

    /** The room of all signed-in users; an event reaches only the connections of the users that it names. */
    public static final RoomId USERS = new RoomId(RoomType.USERS, ALL);

    /** The rooms that do not belong to a stream. Each gateway subscribes to them at its start. */
    public static final List<RoomId> PLATFORM_WIDE = List.of(PLATFORM, ADMINS, USERS);

    /**
     * Parses a room id.
     *
     * @throws DoramiException {@link ErrorCode#INVALID_ROOM} if the text is not a room id
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static RoomId parse(String text) {
        for (RoomType type : RoomType.values()) {
            String prefix = type.label() + ":";
            if (text.startsWith(prefix)) {
                return new RoomId(type, new StreamKey(text.substring(prefix.length())));
            }
        }
        throw new DoramiException(ErrorCode.INVALID_ROOM, "room: expected chat:KEY, stream:KEY or shop:KEY");
    }

    @Override
    @JsonValue
    public String toString() {
        return type.label() + ":" + key;
    }

    // Written out, because a native image interprets the generated methods: decision 18.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RoomId same && same.type == type && same.key.equals(key);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + key.hashCode();
    }
}
