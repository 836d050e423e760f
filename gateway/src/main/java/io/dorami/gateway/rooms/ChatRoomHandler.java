package io.dorami.gateway.rooms;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.ChatCommand.DeleteChat;
import io.dorami.contracts.commands.ChatCommand.JoinChat;
import io.dorami.contracts.commands.ChatCommand.LeaveChat;
import io.dorami.contracts.commands.ChatCommand.ReadChat;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.feed.RoomSubscriber;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.Replay;
import io.dorami.gateway.hub.Subscription;
import io.dorami.service.messaging.EventBus;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Chat rooms: chat-service decides on joins, messages and deletions, and replies. Guests only read, and the room gets no
 * event of theirs. A private stream's chat is closed to them, because the gateway knows no invitation.
 */
@Singleton
final class ChatRoomHandler extends RoomHandler {

    private static final Logger LOG = Logger.getLogger(ChatRoomHandler.class);

    private final EventBus bus;
    private final Redis redis;
    private final GatewayConfig config;
    private final ExpectedReturns expectedReturns;

    ChatRoomHandler(
            RoomSubscriber roomSubscriber,
            EventBus bus,
            Redis redis,
            GatewayConfig config,
            ExpectedReturns expectedReturns) {
        super(roomSubscriber);
        this.bus = bus;
        this.redis = redis;
        this.config = config;
        this.expectedReturns = expectedReturns;
    }

    @Override
    List<RoomType> types() {
        return List.of(RoomType.CHAT);
    }

    @Override
    boolean canReceive(RoomId room, Optional<User> user) {
        return user.isPresent() || (config.guestsReadChat() && !room.key().isPrivate());
    }

    /** A guest and a user are different members, so a client that becomes the other one joins again. */
    @Override
    boolean canStay(RoomId room, Optional<User> user, Optional<User> nextUser) {
        return user.isPresent() == nextUser.isPresent() && canReceive(room, nextUser);
    }

    @Override
    Uni<Void> join(ClientRequest.Join join, Subscription subscription, boolean isMember) {
        Client client = subscription.client;
        StreamKey key = join.room().key();
        ReplyTo replyTo = client.replyTo(join.id());
        subscription.joinSent = client.user.isPresent();
        ChatCommand command = client.user
                .<ChatCommand>map(user -> new JoinChat(key, user, replyTo, isMember))
                .orElseGet(() -> new ReadChat(key, replyTo, isMember));
        return bus.send(InboxAddress.CHAT, command)
                .emitOn(client.shard.loop::execute)
                .invoke(() -> scheduleJoinTimeout(subscription, join.id()));
    }

    /**
     * Fails the join if no reply arrives in time. The command was sent, but a service that is down replies later than
     * the client waits.
     */
    private void scheduleJoinTimeout(Subscription subscription, @Nullable String id) {
        Client client = subscription.client;
        client.shard.loop.schedule(config.requestTimeout(), () -> {
            if (!subscription.isActive() && subscription.isCurrent()) {
                client.shard.abandonJoin(subscription);
            } else if (subscription.tryAnswer(id)) { // a member's repeated join
                client.reject(subscription.room.id, id, ErrorCode.BUSY, "Room history not loaded in time; join again");
            }
        });
    }

    @Override
    Uni<? extends DirectEvent> resume(Subscription subscription) {
        return Uni.createFrom().item(new DirectEvent.ChatJoined(roomName(subscription.room.id), Instant.now()));
    }

    @Override
    Uni<Void> leave(Client client, ClientRequest.Leave leave, boolean wasSubscribed) {
        RoomId room = leave.room();
        if (!wasSubscribed || client.user.isEmpty()) {
            return confirmLeave(client, leave, new DirectEvent.ChatLeft(roomName(room), Instant.now()));
        }
        client.shard.leave(client, room);
        return bus.send(
                InboxAddress.CHAT, new LeaveChat(room.key(), requireUser(client), client.replyTo(leave.id()), false));
    }

    @Override
    void onResumed(Subscription subscription) {
        if (subscription.client.user.isPresent()) {
            expectedReturns.recordReturn(subscription.room.id, subscription.client.participant());
        }
    }

    /**
     * Sends a leave to chat-service without expecting a reply; a pending join precedes it. A client that was not
     * admitted and did not ask for it, as during a resume, was not announced to the room. Neither was a guest.
     */
    @Override
    void onDisconnected(Subscription subscription) {
        Client client = subscription.client;
        if (client.user.isPresent() && (subscription.isActive() || subscription.joinSent)) {
            RoomId room = subscription.room.id;
            LeaveChat leave = new LeaveChat(room.key(), requireUser(client), client.replyTo(null), true);
            expectedReturns.leave(
                    client,
                    room,
                    () -> bus.send(InboxAddress.CHAT, leave)
                            .subscribe()
                            .with(
                                    sent -> {},
                                    e -> LOG.debugf("Leave not sent: room=%s reason=%s", room, e.getMessage())));
        }
    }

    @Override
    Uni<Void> send(Client client, ClientRequest.Send send) {
        RoomId room = send.room();
        User user = requireUser(client);
        if (!client.isMember(room)) {
            throw new DoramiException(ErrorCode.NOT_A_MEMBER, "Join " + room + " before sending to it");
        }
        return bus.send(
                InboxAddress.CHAT,
                new SendChat(
                        room.key(),
                        user,
                        client.replyTo(send.id()),
                        UUID.randomUUID().toString(),
                        send.message(),
                        send.clientMessageId()));
    }

    @Override
    Uni<Void> delete(Client client, ClientRequest.Delete delete) {
        return bus.send(
                InboxAddress.CHAT,
                new DeleteChat(
                        delete.room().key(), requireUser(client), client.replyTo(delete.id()), delete.messageId()));
    }

    /** Finds the missed events. A banned user gets none and joins through chat-service, which replies with the ban. */
    @Override
    Uni<Optional<Replay>> findReplay(Client client, RoomId room, LogPosition since) {
        if (client.user.isEmpty()) {
            return super.findReplay(client, room, since);
        }
        return redis.send(Request.cmd(Command.SISMEMBER)
                        .arg(RedisKeys.chatBannedUsers(room.key()))
                        .arg(requireUser(client).id()))
                .chain(banned -> banned.toBoolean()
                        ? Uni.createFrom().item(Optional.empty())
                        : super.findReplay(client, room, since));
    }

    private static String roomName(RoomId room) {
        return room.type().socketIoRoom(room.key());
    }

    private static User requireUser(Client client) {
        return client.user.orElseThrow(
                () -> new DoramiException(ErrorCode.UNAUTHORIZED, "no token provided: sign in to chat"));
    }
}
