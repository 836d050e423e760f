package io.dorami.service.messaging;

import io.dorami.contracts.ShowRole;
import io.dorami.contracts.Staff;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.ChatInboxMessage;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.commands.FreeShipping;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.PublisherChange;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.events.Notice;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.events.ShowOrder;
import io.dorami.contracts.events.StreamStatus;
import io.dorami.contracts.events.StreamSummary;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.ErrorResponse;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The types that are serialised as JSON between services. In a native image Jackson sees only these types and the types
 * nested in them, so that a new event, command or message needs no entry. A test compares the list with the contracts.
 */
@RegisterForReflection(
        targets = {
            ChatCommand.class,
            ChatInboxMessage.class,
            ChatModeration.class,
            ChatPolicy.class,
            ChatRoom.class,
            ClientRequest.class,
            DirectEvent.class,
            ErrorResponse.class,
            FreeShipping.class,
            InboxMessage.class,
            MembershipChange.class,
            Notice.class,
            Product.class,
            PublisherChange.class,
            Reply.Head.class,
            ReplyTo.class,
            RoomEvent.class,
            RoomId.class,
            ShowOrder.class,
            ShowRole.class,
            Staff.class,
            StreamKey.class,
            StreamLifecycle.class,
            StreamStatus.class,
            StreamSummary.class,
            User.class,
        })
final class ContractReflection {}
