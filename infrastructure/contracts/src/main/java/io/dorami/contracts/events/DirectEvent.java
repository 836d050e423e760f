package io.dorami.contracts.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What one connection alone is told: the outcome of its request, and what it needs to begin with. Never logged. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface DirectEvent extends ClientEvent {

    @Override
    default String name() {
        return switch (this) {
            case ChatHistory e -> "chat:history";
            case ChatJoined e -> "chat:join-room:success";
            case ChatLeft e -> "chat:leave-room:success";
            case ChatSent e -> "chat:send-message:success";
            case ChatDeleteConfirmed e -> "chat:delete-message:success";
            case ViewerJoined e -> "stream:viewer:join:success";
            case ViewerLeft e -> "stream:viewer:leave:success";
            case ShopJoined e -> "join:stream:success";
            case ShopLeft e -> "leave:stream:success";
            case RequestRejected e -> RequestRejected.NAME;
        };
    }

    @Override
    default Delivery delivery() {
        return Delivery.RELIABLE;
    }

    @Override
    default boolean flat() {
        return this instanceof RequestRejected;
    }

    /** The last messages of a room, oldest first, at most 100. */
    record ChatHistory(StreamKey liveId, List<RoomEvent.ChatPosted> messages) implements DirectEvent {}

    /** The connection is in the chat room and has what came before. */
    record ChatJoined(String roomName, Instant timestamp) implements DirectEvent {}

    /** The connection is out of the chat room. */
    record ChatLeft(String roomName, Instant timestamp) implements DirectEvent {}

    /** The message is in the room's log: it was accepted. */
    record ChatSent(UUID messageId, Instant timestamp) implements DirectEvent {}

    /** The message is gone. */
    record ChatDeleteConfirmed(UUID messageId, Instant timestamp) implements DirectEvent {}

    /** The connection counts as a viewer; the number already includes it. */
    record ViewerJoined(StreamKey streamKey, long viewerCount, Instant timestamp) implements DirectEvent {}

    /** The connection no longer counts as a viewer. */
    record ViewerLeft(StreamKey streamKey, Instant timestamp) implements DirectEvent {}

    /** The connection hears of the stream's products. */
    record ShopJoined(StreamKey streamKey, Instant timestamp) implements DirectEvent {}

    /** The connection no longer hears of the stream's products. */
    record ShopLeft(StreamKey streamKey, Instant timestamp) implements DirectEvent {}

    /** The request failed; {@code retryable} tells whether the same request may succeed later. */
    record RequestRejected(
            @JsonProperty String type, ErrorCode errorCode, String message, boolean retryable, Instant timestamp)
            implements DirectEvent {
        public static final String NAME = "error";

        public static RequestRejected of(ErrorCode code, String message, Instant now) {
            return new RequestRejected(NAME, code, message, code.retryable(), now);
        }
    }
}
