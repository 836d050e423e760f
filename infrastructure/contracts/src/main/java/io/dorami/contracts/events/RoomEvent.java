package io.dorami.contracts.events;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event in a room. A record's components are the event's {@code data} on the wire; the three switches are the
 * catalogue of names, room types and delivery classes. The gateway forwards frames, so that a new event needs no change
 * there.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface RoomEvent extends ClientEvent {

    @Override
    default String name() {
        return switch (this) {
            case ChatPosted e -> ChatPosted.NAME;
            case ChatDeleted e -> ChatDeleted.NAME;
            case ChatCleared e -> ChatCleared.NAME;
            case ChatRestricted e -> ChatRestricted.NAME;
            case ChatPinned e -> "chat:pinned";
            case ChatMode e -> "chat:mode";
            case ChatUserJoined e -> "chat:user-joined";
            case ChatUserLeft e -> "chat:user-left";
            case ViewerCountChanged e -> "stream:viewer:update";
            case StreamStarted e -> "stream:started";
            case StreamEnded e -> "stream:ended";
            case ProductAdded e -> "live:product:added";
            case ProductUpdated e -> "live:product:updated";
            case ProductSoldOut e -> "live:product:soldout";
            case ProductDeleted e -> "live:product:deleted";
            case ProductLowStock e -> "product:low-stock";
            case UserJoined e -> "user:joined";
            case UserLeft e -> "user:left";
            case UpcomingUpdated e -> "upcoming:updated";
            case NoticeUpdated e -> "notice:updated";
            case ProductAddedFlat e -> "product:added";
            case ProductSoldOutFlat e -> "product:sold-out";
            case FeaturedProductChanged e -> "stream:featured-product:updated";
            case CartItemAdded e -> "cart:item-added";
            case PurchaseAnnounced e -> "order:purchase:notification";
            case OrderCreated e -> "order:new";
            case OrderPaid e -> "order:paid";
            case OrderCancelled e -> "order:cancelled";
        };
    }

    /** The type of room in which the event happens. */
    default RoomType roomType() {
        return switch (this) {
            case ChatPosted e -> RoomType.CHAT;
            case ChatDeleted e -> RoomType.CHAT;
            case ChatCleared e -> RoomType.CHAT;
            case ChatRestricted e -> RoomType.CHAT;
            case ChatPinned e -> RoomType.CHAT;
            case ChatMode e -> RoomType.CHAT;
            case ChatUserJoined e -> RoomType.CHAT;
            case ChatUserLeft e -> RoomType.CHAT;
            case ViewerCountChanged e -> RoomType.STREAM;
            case StreamStarted e -> RoomType.STREAM;
            case StreamEnded e -> RoomType.STREAM;
            case ProductAdded e -> RoomType.SHOP;
            case ProductUpdated e -> RoomType.SHOP;
            case ProductSoldOut e -> RoomType.SHOP;
            case ProductDeleted e -> RoomType.SHOP;
            case ProductLowStock e -> RoomType.SHOP;
            case UserJoined e -> RoomType.SHOP;
            case UserLeft e -> RoomType.SHOP;
            case UpcomingUpdated e -> RoomType.PLATFORM;
            case NoticeUpdated e -> RoomType.PLATFORM;
            case ProductAddedFlat e -> RoomType.SHOP;
            case ProductSoldOutFlat e -> RoomType.SHOP;
            case FeaturedProductChanged e -> RoomType.SHOP;
            case CartItemAdded e -> RoomType.SHOP;
            case PurchaseAnnounced e -> RoomType.SHOP;
            case OrderCreated e -> RoomType.ADMINS;
            case OrderPaid e -> RoomType.ADMINS;
            case OrderCancelled e -> RoomType.ADMINS;
        };
    }

    @Override
    default Delivery delivery() {
        return switch (this) {
            case ChatPosted e -> Delivery.DROPPABLE;
            case ChatDeleted e -> Delivery.RELIABLE;
            case ChatCleared e -> Delivery.RELIABLE;
            case ChatRestricted e -> Delivery.RELIABLE;
            case ChatPinned e -> Delivery.RELIABLE;
            case ChatMode e -> Delivery.RELIABLE;
            case ChatUserJoined e -> Delivery.CONFLATED;
            case ChatUserLeft e -> Delivery.CONFLATED;
            case ViewerCountChanged e -> Delivery.CONFLATED;
            case StreamStarted e -> Delivery.RELIABLE;
            case StreamEnded e -> Delivery.RELIABLE;
            case ProductAdded e -> Delivery.RELIABLE;
            case ProductUpdated e -> Delivery.RELIABLE;
            case ProductSoldOut e -> Delivery.RELIABLE;
            case ProductDeleted e -> Delivery.RELIABLE;
            case ProductLowStock e -> Delivery.RELIABLE;
            case UserJoined e -> Delivery.CONFLATED;
            case UserLeft e -> Delivery.CONFLATED;
            case UpcomingUpdated e -> Delivery.RELIABLE;
            case NoticeUpdated e -> Delivery.RELIABLE;
            case ProductAddedFlat e -> Delivery.RELIABLE;
            case ProductSoldOutFlat e -> Delivery.RELIABLE;
            case FeaturedProductChanged e -> Delivery.RELIABLE;
            case CartItemAdded e -> Delivery.DROPPABLE;
            case PurchaseAnnounced e -> Delivery.DROPPABLE;
            case OrderCreated e -> Delivery.RELIABLE;
            case OrderPaid e -> Delivery.RELIABLE;
            case OrderCancelled e -> Delivery.RELIABLE;
        };
    }

    @Override
    @JsonIgnore
    default boolean isFlat() {
        return this instanceof StreamStarted
                || this instanceof StreamEnded
                || this instanceof UserJoined
                || this instanceof UserLeft
                || this instanceof UpcomingUpdated
                || this instanceof NoticeUpdated
                || this instanceof ProductAddedFlat
                || this instanceof ProductSoldOutFlat
                || this instanceof FeaturedProductChanged
                || this instanceof PurchaseAnnounced
                || this instanceof OrderCreated
                || this instanceof OrderPaid
                || this instanceof OrderCancelled;
    }

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
            implements RoomEvent {}

    /** A participant left the chat. */
    record ChatUserLeft(String userId, boolean authenticated, StreamKey liveId, Instant timestamp)
            implements RoomEvent {}

    /** The number of participants in the room: people, not tabs. */
    record ViewerCountChanged(StreamKey streamKey, long viewerCount, Instant timestamp) implements RoomEvent {}

    /** The stream is live. The web client does not know this event and ignores it. */
    record StreamStarted(StreamKey streamKey, String title, Instant timestamp) implements RoomEvent {}

    /** The stream ended, whatever the cause. */
    record StreamEnded(StreamKey streamKey) implements RoomEvent {}

    /** A product was added to the show. */
    record ProductAdded(@JsonValue Product product) implements RoomEvent {}

    /** {@link ProductAdded} in the format of the infrastructure analysis. */
    record ProductAddedFlat(Product product) implements RoomEvent {}

    /** A product changed. The event carries the whole product, so that no client needs to fetch it again. */
    record ProductUpdated(@JsonValue Product product) implements RoomEvent {}

    /** A product is sold out as of this version. */
    record ProductSoldOut(UUID productId, long version) implements RoomEvent {}

    /** {@link ProductSoldOut} in the format of the infrastructure analysis. */
    record ProductSoldOutFlat(UUID productId, long version) implements RoomEvent {}

    /** A product was removed from the show. No later version follows. */
    record ProductDeleted(UUID productId, long version) implements RoomEvent {}

    /** Fewer than five units of a product are left. */
    record ProductLowStock(UUID productId, String productName, int remainingStock, long version) implements RoomEvent {}

    /** A user, or a guest as {@code guest:…}, joined a stream's shop room. */
    record UserJoined(String userId, StreamKey streamId, Instant timestamp) implements RoomEvent {}

    /** A user or guest left a stream's shop room. */
    record UserLeft(String userId, StreamKey streamId, Instant timestamp) implements RoomEvent {}

    /** The first shows on the front page, live shows first, at most three. Published to {@code RoomId#PLATFORM}. */
    record UpcomingUpdated(List<StreamSummary> streams) implements RoomEvent {}

    /** The platform's notice changed. Published to {@code RoomId#PLATFORM}. */
    record NoticeUpdated(@JsonValue Notice notice) implements RoomEvent {}

    /** The product that the seller features, or null. Published again whenever that product changes. */
    record FeaturedProductChanged(
            StreamKey streamKey,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Product product) implements RoomEvent {}

    /** A user reserved units of a product; the name is masked. */
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
}
