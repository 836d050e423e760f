package io.dorami.contracts.events;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** An event for a single connection: the outcome of its request, or its initial state. Never logged. */
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
    @JsonIgnore
    default boolean isFlat() {
        return this instanceof RequestRejected;
    }

    /** The last messages of a room, oldest first, at most 100. */
    record ChatHistory(StreamKey liveId, List<RoomEvent.ChatPosted> messages) implements DirectEvent {}

    /** The connection joined the chat room and has received the history. */
    record ChatJoined(String roomName, Instant timestamp) implements DirectEvent {}

    /** The connection left the chat room. */
    record ChatLeft(String roomName, Instant timestamp) implements DirectEvent {}

    /** The message was accepted and is in the room's log. */
    record ChatSent(UUID messageId, Instant timestamp) implements DirectEvent {}

    /** The message was deleted. */
    record ChatDeleteConfirmed(UUID messageId, Instant timestamp) implements DirectEvent {}

    /** The connection counts as a viewer; the number already includes it. */
    record ViewerJoined(StreamKey streamKey, long viewerCount, Instant timestamp) implements DirectEvent {}

    /** The connection no longer counts as a viewer. */
    record ViewerLeft(StreamKey streamKey, Instant timestamp) implements DirectEvent {}

    /** The connection joined the stream's shop room. */
    record ShopJoined(StreamKey streamKey, Instant timestamp) implements DirectEvent {}

    /** The connection left the stream's shop room. */
    record ShopLeft(StreamKey streamKey, Instant timestamp) implements DirectEvent {}

    /** The request failed; {@code retryable} is true if the same request may succeed later. */
    record RequestRejected(
            @JsonProperty String type, ErrorCode errorCode, String message, boolean retryable, Instant timestamp)
            implements DirectEvent {
        public static final String NAME = "error";

        public static RequestRejected of(ErrorCode code, String message, Instant now) {
            return new RequestRejected(NAME, code, message, code.isRetryable(), now);
        }
    }
}
