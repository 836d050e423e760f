package io.dorami.contracts.keys;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * One channel of one stream, written {@code chat:KEY}, {@code stream:KEY} or {@code shop:KEY}; or one of the two rooms of
 * the whole platform.
 */
public record RoomId(RoomType type, StreamKey key) {

    private static final StreamKey ALL = new StreamKey("all");

    /** Everybody is in it from the first moment. */
    public static final RoomId EVERYBODY = new RoomId(RoomType.PLATFORM, ALL);

    /** Every admin is in it from the first moment, and nobody else ever. */
    public static final RoomId ALL_ADMINS = new RoomId(RoomType.ADMINS, ALL);

    /**
     * Reads the written form.
     *
     * @throws DoramiException {@link ErrorCode#INVALID_ROOM} where it is not one
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static RoomId parse(String text) {
        for (RoomType channel : RoomType.values()) {
            String prefix = channel.label() + ":";
            if (text.startsWith(prefix)) {
                return new RoomId(channel, new StreamKey(text.substring(prefix.length())));
            }
        }
        throw new DoramiException(ErrorCode.INVALID_ROOM, "A room is chat:KEY, stream:KEY or shop:KEY");
    }

    @Override
    @JsonValue
    public String toString() {
        return type.label() + ":" + key;
    }

    // Written out, for a native image interprets the generated ones: decision 18.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RoomId same && same.type == type && same.key.equals(key);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + key.hashCode();
    }
}
