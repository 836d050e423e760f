package io.dorami.contracts.events;

import static io.dorami.contracts.events.Delivery.RELIABLE;
import static io.dorami.contracts.events.EventSpec.direct;
import static io.dorami.contracts.events.EventSpec.flat;
import static io.dorami.contracts.events.MembershipChange.JOINED;
import static io.dorami.contracts.events.MembershipChange.LEFT;
import static io.dorami.contracts.events.MembershipChange.NONE;
import static io.dorami.contracts.keys.RoomType.CHAT;
import static io.dorami.contracts.keys.RoomType.SHOP;
import static io.dorami.contracts.keys.RoomType.STREAM;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.ShowRole;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event for a single connection: the outcome of its request, or its initial state. Never logged. {@link #spec} is the
 * catalogue, with one row per event.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface DirectEvent extends ClientEvent {

    // @formatter:off
    @Override
    default EventSpec spec() {
        return switch (this) {
            case ChatHistory e -> direct(ChatHistory.NAME, CHAT, NONE);
            case ChatJoined e -> direct(ChatJoined.NAME, CHAT, JOINED);
            case ChatLeft e -> direct("chat:leave-room:success", CHAT, LEFT);
            case ChatSent e -> direct(ChatSent.NAME, CHAT, NONE);
            case ChatDeleteConfirmed e -> direct("chat:delete-message:success", CHAT, NONE);
            case ViewerJoined e -> direct(ViewerJoined.NAME, STREAM, JOINED);
            case ViewerLeft e -> direct("stream:viewer:leave:success", STREAM, LEFT);
            case ShopJoined e -> direct(ShopJoined.NAME, SHOP, JOINED);
            case ShopLeft e -> direct("leave:stream:success", SHOP, LEFT);
            case RequestRejected e -> flat(RequestRejected.NAME, null, RELIABLE);
        };
    }
    // @formatter:on

    /** The last messages of a room, oldest first, at most 100. */
    record ChatHistory(StreamKey liveId, List<RoomEvent.ChatPosted> messages) implements DirectEvent {
        public static final String NAME = "chat:history";
    }

    /**
     * The connection joined the chat room and has received the history.
     *
     * @param role the user's role in the show, to which the room's rules do not apply; absent for viewers, and if the
     *     connection resumed
     */
    record ChatJoined(String roomName, @Nullable ShowRole role, Instant timestamp) implements DirectEvent {
        public static final String NAME = "chat:join-room:success";

        /** Creates the confirmation of a viewer, or of a connection that resumed. */
        public ChatJoined(String roomName, Instant timestamp) {
            this(roomName, null, timestamp);
        }
    }

    /** The connection left the chat room. */
    record ChatLeft(String roomName, Instant timestamp) implements DirectEvent {}

    /** The message was accepted and is in the room's log. */
    record ChatSent(UUID messageId, Instant timestamp) implements DirectEvent {
        public static final String NAME = "chat:send-message:success";
    }

    /** The message was deleted. */
    record ChatDeleteConfirmed(UUID messageId, Instant timestamp) implements DirectEvent {}

    /** The connection counts as a viewer; the number already includes it. */
    record ViewerJoined(StreamKey streamKey, long viewerCount, Instant timestamp) implements DirectEvent {
        public static final String NAME = "stream:viewer:join:success";
    }

    /** The connection no longer counts as a viewer. */
    record ViewerLeft(StreamKey streamKey, Instant timestamp) implements DirectEvent {}

    /** The connection joined the stream's shop room. */
    record ShopJoined(StreamKey streamKey, Instant timestamp) implements DirectEvent {
        public static final String NAME = "join:stream:success";
    }

    /** The connection left the stream's shop room. */
    record ShopLeft(StreamKey streamKey, Instant timestamp) implements DirectEvent {}

    /**
     * The request failed; {@code retryable} is true if the same request may succeed later.
     *
     * @param clientMessageId the client's own id of the refused chat message; absent for other requests, and for an id
     *     that is longer than allowed
     */
    record RequestRejected(
            @JsonProperty String type,
            ErrorCode errorCode,
            String message,
            boolean retryable,
            @Nullable String clientMessageId,
            Instant timestamp)
            implements DirectEvent {
        public static final String NAME = "error";

        public RequestRejected {
            boolean isTooLong = clientMessageId != null && clientMessageId.length() > ClientRequest.MAX_ID_LENGTH;
            clientMessageId = isTooLong ? null : clientMessageId;
        }

        public static RequestRejected of(ErrorCode code, String message, Instant now) {
            return of(code, message, null, now);
        }

        public static RequestRejected of(
                ErrorCode code, String message, @Nullable String clientMessageId, Instant now) {
            return new RequestRejected(NAME, code, message, code.isRetryable(), clientMessageId, now);
        }
    }
}
