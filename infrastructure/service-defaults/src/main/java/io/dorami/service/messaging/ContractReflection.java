package io.dorami.service.messaging;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.PublisherChange;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.Notice;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.events.StreamStatus;
import io.dorami.contracts.events.StreamSummary;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.ErrorResponse;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The types that are serialised as JSON between services. In a native image Jackson sees only the records of this list.
 * A test compares the list with the contracts.
 */
@RegisterForReflection(
        targets = {
            Reply.MembershipChange.class,
            Reply.Head.class,
            ChatCommand.class,
            ChatCommand.DeleteChat.class,
            ChatCommand.JoinChat.class,
            ChatCommand.LeaveChat.class,
            ChatCommand.ModerateChat.class,
            ChatCommand.SendChat.class,
            ChatModeration.class,
            ChatModeration.Ban.class,
            ChatModeration.ChangePolicy.class,
            ChatModeration.DeleteAll.class,
            ChatModeration.DeleteMessage.class,
            ChatModeration.Pin.class,
            ChatModeration.TimeOut.class,
            ChatModeration.Unban.class,
            ChatModeration.Unpin.class,
            ChatPolicy.class,
            ChatRoom.class,
            ClientRequest.class,
            ClientRequest.Delete.class,
            ClientRequest.Hello.class,
            ClientRequest.Join.class,
            ClientRequest.Leave.class,
            ClientRequest.Send.class,
            ErrorResponse.class,
            InboxMessage.class,
            StreamLifecycle.class,
            StreamLifecycle.StreamRegistered.class,
            StreamLifecycle.StreamWentLive.class,
            StreamLifecycle.StreamWentOffline.class,
            Notice.class,
            Product.class,
            Product.Status.class,
            PublisherChange.class,
            PublisherChange.PublisherConnected.class,
            PublisherChange.PublisherDisconnected.class,
            ReplyTo.class,
            RoomEvent.class,
            RoomEvent.ChatCleared.class,
            RoomEvent.CartItemAdded.class,
            RoomEvent.ChatDeleted.class,
            RoomEvent.ChatMode.class,
            RoomEvent.ChatPinned.class,
            RoomEvent.ChatPosted.class,
            RoomEvent.ChatRestricted.class,
            RoomEvent.ChatRestricted.Restriction.class,
            RoomEvent.ChatUserJoined.class,
            RoomEvent.ChatUserLeft.class,
            RoomEvent.NoticeUpdated.class,
            RoomEvent.FeaturedProductChanged.class,
            RoomEvent.OrderCancelled.class,
            RoomEvent.OrderCreated.class,
            RoomEvent.OrderPaid.class,
            RoomEvent.ProductAdded.class,
            RoomEvent.ProductAddedFlat.class,
            RoomEvent.ProductDeleted.class,
            RoomEvent.ProductLowStock.class,
            RoomEvent.ProductSoldOut.class,
            RoomEvent.ProductSoldOutFlat.class,
            RoomEvent.ProductUpdated.class,
            RoomEvent.PurchaseAnnounced.class,
            RoomEvent.StreamEnded.class,
            RoomEvent.StreamStarted.class,
            RoomEvent.UpcomingUpdated.class,
            RoomEvent.UserJoined.class,
            RoomEvent.UserLeft.class,
            RoomEvent.ViewerCountChanged.class,
            RoomId.class,
            DirectEvent.class,
            DirectEvent.ChatDeleteConfirmed.class,
            DirectEvent.ChatHistory.class,
            DirectEvent.ChatJoined.class,
            DirectEvent.ChatLeft.class,
            DirectEvent.ChatSent.class,
            DirectEvent.RequestRejected.class,
            DirectEvent.ShopJoined.class,
            DirectEvent.ShopLeft.class,
            DirectEvent.ViewerJoined.class,
            DirectEvent.ViewerLeft.class,
            StreamSummary.class,
            StreamSummary.Host.class,
            StreamKey.class,
            StreamStatus.class,
            User.class,
            User.Role.class,
        })
final class ContractReflection {}
