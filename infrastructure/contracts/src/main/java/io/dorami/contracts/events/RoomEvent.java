package io.dorami.contracts.events;

import static io.dorami.contracts.events.Delivery.CONFLATED;
import static io.dorami.contracts.events.Delivery.DROPPABLE;
import static io.dorami.contracts.events.Delivery.RELIABLE;
import static io.dorami.contracts.events.EventSpec.flat;
import static io.dorami.contracts.events.EventSpec.wrapped;
import static io.dorami.contracts.keys.RoomType.ADMINS;
import static io.dorami.contracts.keys.RoomType.CHAT;
import static io.dorami.contracts.keys.RoomType.PLATFORM;
import static io.dorami.contracts.keys.RoomType.SHOP;
import static io.dorami.contracts.keys.RoomType.STREAM;
import static io.dorami.contracts.keys.RoomType.USERS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.dorami.contracts.Staff;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event in a room. A record's components are the event's {@code data} on the wire; {@link #spec} is the catalogue, with
 * one row per event. A record has its name as a constant if other code recognises the event by its name. The gateway
 * forwards frames, so that a new event needs no change there.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface RoomEvent extends ClientEvent {

    // @formatter:off
    @Override
    default EventSpec spec() {
        return switch (this) {
            case ChatPosted e -> wrapped(ChatPosted.NAME, CHAT, DROPPABLE);
            case ChatDeleted e -> wrapped(ChatDeleted.NAME, CHAT, RELIABLE);
            case ChatCleared e -> wrapped(ChatCleared.NAME, CHAT, RELIABLE);
            case ChatRestricted e -> wrapped(ChatRestricted.NAME, CHAT, RELIABLE);
            case ChatPinned e -> wrapped("chat:pinned", CHAT, RELIABLE);
            case ChatMode e -> wrapped("chat:mode", CHAT, RELIABLE);
            case ChatUserJoined e -> wrapped(ChatUserJoined.NAME, CHAT, CONFLATED);
            case ChatUserLeft e -> wrapped(ChatUserLeft.NAME, CHAT, CONFLATED);
            case ViewerCountChanged e -> wrapped(ViewerCountChanged.NAME, STREAM, CONFLATED);
            case StreamStarted e -> flat("stream:started", STREAM, RELIABLE);
            case StreamInterrupted e -> flat("stream:interrupted", STREAM, RELIABLE);
            case StreamResumed e -> flat("stream:resumed", STREAM, RELIABLE);
            case StreamEnded e -> flat(StreamEnded.NAME, STREAM, RELIABLE);
            case ProductAdded e -> wrapped(ProductAdded.NAME, SHOP, RELIABLE);
            case ProductAddedFlat e -> flat("product:added", SHOP, RELIABLE);
            case ProductUpdated e -> wrapped(ProductUpdated.NAME, SHOP, RELIABLE);
            case ProductSoldOut e -> wrapped(ProductSoldOut.NAME, SHOP, RELIABLE);
            case ProductSoldOutFlat e -> flat("product:sold-out", SHOP, RELIABLE);
            case ProductDeleted e -> wrapped("live:product:deleted", SHOP, RELIABLE);
            case ProductLowStock e -> wrapped(ProductLowStock.NAME, SHOP, RELIABLE);
            case FeaturedProductChanged e -> flat("stream:featured-product:updated", SHOP, RELIABLE);
            case CartItemAdded e -> wrapped("cart:item-added", SHOP, DROPPABLE);
            case PurchaseAnnounced e -> flat("order:purchase:notification", SHOP, DROPPABLE);
            case UserJoined e -> flat(UserJoined.NAME, SHOP, CONFLATED);
            case UserLeft e -> flat(UserLeft.NAME, SHOP, CONFLATED);
            case UpcomingUpdated e -> flat("upcoming:updated", PLATFORM, RELIABLE);
            case NoticeUpdated e -> flat("notice:updated", PLATFORM, RELIABLE);
            case OrderCreated e -> flat("order:new", ADMINS, RELIABLE);
            case OrderPaid e -> flat("order:paid", ADMINS, RELIABLE);
            case OrderCancelled e -> flat("order:cancelled", ADMINS, RELIABLE);
            case ReservationPromoted e -> flat("reservation:promoted", USERS, RELIABLE);
            case RoleChanged e -> flat("stream:role-changed", USERS, RELIABLE);
            case ShowOrderChanged e -> flat(ShowOrderChanged.NAME, USERS, RELIABLE);
        };
    }
    // @formatter:on

    /** A chat message; {@code message} is 1 to 500 characters without markup. */
    record ChatPosted(
            UUID id,
            StreamKey liveId,
            String userId,
            String username,
            String message,
            @Nullable String clientMessageId,
            Instant timestamp)
            implements RoomEvent {
        public static final String NAME = "chat:message";
    }

    /** A message was deleted. The event is a tombstone in the log, so that a replay deletes the message again. */
    record ChatDeleted(UUID messageId, StreamKey liveId, String deletedBy, Instant timestamp) implements RoomEvent {
        public static final String NAME = "chat:message-deleted";
    }

    /** All messages of a user were deleted: a tombstone for each of the user's messages at an earlier position. */
    record ChatCleared(String userId, StreamKey liveId, String clearedBy, Instant timestamp) implements RoomEvent {
        public static final String NAME = "chat:user-cleared";
    }

    /**
     * A user was banned or timed out, or a restriction was lifted. The gateways remove a banned user from the room.
     *
     * @param until the end of a time-out
     */
    record ChatRestricted(
            String userId,
            StreamKey liveId,
            Restriction kind,
            @Nullable Instant until,
            String by,
            Instant timestamp) implements RoomEvent {
        public static final String NAME = "chat:user-restricted";

        /** The actions that are forbidden to the user. */
        public enum Restriction {
            /** Being in the room. */
            BAN,
            /** Sending messages. */
            TIMEOUT,
            /** No action: the restriction was lifted. */
            NONE
        }
    }

    /** The pinned message was replaced or removed. */
    record ChatPinned(StreamKey liveId, @Nullable ChatPosted message, String by, Instant timestamp)
            implements RoomEvent {}

    /** The room's rules changed; the list of blocked words is not published. See {@code ChatPolicy}. */
    record ChatMode(
            StreamKey liveId, int slowSeconds, int minutesInRoom, boolean closed, boolean links, Instant timestamp)
            implements RoomEvent {}

    /** A participant joined the chat. */
    record ChatUserJoined(String userId, boolean authenticated, StreamKey liveId, Instant timestamp)
            implements RoomEvent {
        public static final String NAME = "chat:user-joined";
    }

    /** A participant left the chat. */
    record ChatUserLeft(String userId, boolean authenticated, StreamKey liveId, Instant timestamp)
            implements RoomEvent {
        public static final String NAME = "chat:user-left";
    }

    /** The number of participants in the room: people, not tabs. */
    record ViewerCountChanged(StreamKey streamKey, long viewerCount, Instant timestamp) implements RoomEvent {
        public static final String NAME = "stream:viewer:update";
    }

    /** The stream is live. The web client does not know this event and ignores it. */
    record StreamStarted(StreamKey streamKey, String title, Instant timestamp) implements RoomEvent {}

    /**
     * The stream's encoder disconnected; the show continues if an encoder connects within the grace period. The web client
     * does not know this event and ignores it.
     */
    record StreamInterrupted(StreamKey streamKey, Instant timestamp) implements RoomEvent {}

    /**
     * An encoder connected to a show that had none: after an interruption, or to a show that its host started before. The
     * web client does not know this event and ignores it.
     */
    record StreamResumed(StreamKey streamKey, Instant timestamp) implements RoomEvent {}

    /** The stream ended, whatever the cause. */
    record StreamEnded(StreamKey streamKey) implements RoomEvent {
        public static final String NAME = "stream:ended";
    }

    /** A product was added to the show. */
    record ProductAdded(@JsonValue Product product) implements RoomEvent {
        public static final String NAME = "live:product:added";
    }

    /** {@link ProductAdded} in the format of the infrastructure analysis. */
    record ProductAddedFlat(Product product) implements RoomEvent {}

    /** A product changed. The event carries the whole product, so that no client needs to fetch it again. */
    record ProductUpdated(@JsonValue Product product) implements RoomEvent {
        public static final String NAME = "live:product:updated";
    }

    /** A product is sold out as of this version. */
    record ProductSoldOut(UUID productId, long version) implements RoomEvent {
        public static final String NAME = "live:product:soldout";
    }

    /** {@link ProductSoldOut} in the format of the infrastructure analysis. */
    record ProductSoldOutFlat(UUID productId, long version) implements RoomEvent {}

    /** A product was removed from the show. No later version follows. */
    record ProductDeleted(UUID productId, long version) implements RoomEvent {}

    /** Fewer than five units of a product are left. */
    record ProductLowStock(UUID productId, String productName, int remainingStock, long version) implements RoomEvent {
        public static final String NAME = "product:low-stock";
    }

    /** A user, or a guest as {@code guest:…}, joined a stream's shop room. */
    record UserJoined(String userId, StreamKey streamId, Instant timestamp) implements RoomEvent {
        public static final String NAME = "user:joined";
    }

    /** A user or guest left a stream's shop room. */
    record UserLeft(String userId, StreamKey streamId, Instant timestamp) implements RoomEvent {
        public static final String NAME = "user:left";
    }

    /** The first shows on the front page, live shows first, at most three. Published to {@code RoomId#PLATFORM}. */
    record UpcomingUpdated(List<StreamSummary> streams) implements RoomEvent {}

    /** The platform's notice changed. Published to {@code RoomId#PLATFORM}. */
    record NoticeUpdated(@JsonValue Notice notice) implements RoomEvent {}

    /** The product that the seller features, or null. Published again whenever that product changes. */
    record FeaturedProductChanged(
            StreamKey streamKey,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Product product) implements RoomEvent {}

    /** A user put units of a product into the cart; the name is masked. */
    record CartItemAdded(
            String userId, String userName, String userColor, String productName, int quantity, Instant timestamp)
            implements RoomEvent {}

    /** A user bought a product; the name is masked and never an e-mail address. */
    record PurchaseAnnounced(StreamKey streamKey, String displayName, String message) implements RoomEvent {}

    /** An order was placed and is not paid yet. */
    record OrderCreated(String orderId, String userId, List<StreamKey> streamKeys, Instant timestamp)
            implements RoomEvent {}

    /** An order was paid. */
    record OrderPaid(String orderId, String userId, List<StreamKey> streamKeys, Instant timestamp)
            implements RoomEvent {}

    /**
     * An order was cancelled by its buyer, by an admin, or because it was not paid in time. Its units are back in
     * stock.
     */
    record OrderCancelled(String orderId, String userId, List<StreamKey> streamKeys, Instant timestamp)
            implements RoomEvent {}

    /**
     * Stock came back for a user on a product's waiting list, and a cart item holds it until {@code expiresAt}. Published
     * to {@code RoomId#USERS}; only the connections of this user receive the event.
     */
    record ReservationPromoted(
            String userId,
            UUID reservationId,
            UUID cartItemId,
            UUID productId,
            String productName,
            int quantity,
            Instant expiresAt,
            Instant timestamp)
            implements RoomEvent {}

    /**
     * The owner of a show named a user as a member of the staff, gave the member another role, or removed the member.
     * Published to {@code RoomId#USERS}; only the connections of this user receive the event.
     *
     * @param role absent after a removal
     */
    record RoleChanged(String userId, StreamKey streamKey, Staff.@Nullable Role role, Instant timestamp)
            implements RoomEvent {}

    /**
     * An order of a show was placed, paid or cancelled. Published to {@code RoomId#USERS}; only the connections of the
     * show's owner and co-hosts receive the event.
     *
     * @param userIds the owner and the co-hosts, at most six
     */
    record ShowOrderChanged(List<String> userIds, StreamKey streamKey, ShowOrder order, Instant timestamp)
            implements RoomEvent {
        public static final String NAME = "show:order";
    }
}
