package io.dorami.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * One channel of one stream, written {@code chat:KEY}, {@code stream:KEY} or {@code shop:KEY}.
 */
public record RoomId(Channel channel, StreamKey key) {

    /**
     * Reads the written form.
     *
     * @throws DoramiException {@link ErrorCode#INVALID_ROOM} where it is not one
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static RoomId parse(String text) {
        for (Channel channel : Channel.values()) {
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
        return channel.label() + ":" + key;
    }
}
