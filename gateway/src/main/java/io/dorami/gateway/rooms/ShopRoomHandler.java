package io.dorami.gateway.rooms;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.events.RoomEvent.UserJoined;
import io.dorami.contracts.events.RoomEvent.UserLeft;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.feed.RoomSubscriber;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.Subscription;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.messaging.JoinLeaveThrottle;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Shop rooms: products, stock and purchases of a stream. Joins and leaves are published, throttled. */
@Singleton
final class ShopRoomHandler extends RoomHandler {

    private final JoinLeaveThrottle joinLeaveThrottle;
    private final ExpectedReturns expectedReturns;

    ShopRoomHandler(
            RoomSubscriber roomSubscriber, JoinLeaveThrottle joinLeaveThrottle, ExpectedReturns expectedReturns) {
        super(roomSubscriber);
        this.joinLeaveThrottle = joinLeaveThrottle;
        this.expectedReturns = expectedReturns;
    }

    @Override
    List<RoomType> types() {
        return List.of(RoomType.SHOP);
    }

    @Override
    boolean canReceive(RoomId room, Optional<User> user) {
        return true;
    }

    /**
     * Joins the room. The client gets the event of its own join even if the throttle publishes a later client's event
     * instead.
     */
    @Override
    Uni<Void> join(ClientRequest.Join join, Subscription subscription, boolean isMember) {
        Client client = subscription.client;
        RoomId room = join.room();
        Instant now = Instant.now();
        announceLeaveAtEnd(subscription);
        UserJoined joined = new UserJoined(client.participant(), room.key(), now);
        Uni<Boolean> published = isMember ? Uni.createFrom().item(true) : joinLeaveThrottle.publish(room, joined);
        return published
                .emitOn(client.shard.loop::execute)
                .invoke(isPublished -> client.shard.reply(
                        client,
                        new Reply(
                                client.replyTo(join.id()),
                                room,
                                MembershipChange.JOINED,
                                null,
                                isPublished ? List.of() : List.of(EventBus.toFrame(joined)),
                                EventBus.toFrame(new DirectEvent.ShopJoined(room.key(), now)))))
                .replaceWithVoid();
    }

    @Override
    Uni<? extends DirectEvent> resume(Subscription subscription) {
        return Uni.createFrom().item(new DirectEvent.ShopJoined(subscription.room.id.key(), Instant.now()));
    }

    @Override
    Uni<Void> leave(Client client, ClientRequest.Leave leave, boolean wasSubscribed) {
        return confirmLeave(client, leave, new DirectEvent.ShopLeft(leave.room().key(), Instant.now()));
    }

    @Override
    void onResumed(Subscription subscription) {
        announceLeaveAtEnd(subscription);
        expectedReturns.recordReturn(subscription.room.id, subscription.client.participant());
    }

    private void announceLeaveAtEnd(Subscription subscription) {
        Client client = subscription.client;
        RoomId room = subscription.room.id;
        subscription.trySetEndAction(() -> expectedReturns.leave(
                client,
                room,
                () -> joinLeaveThrottle
                        .publish(room, new UserLeft(client.participant(), room.key(), Instant.now()))
                        .subscribe()
                        .with(published -> {})));
    }
}
