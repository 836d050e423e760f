package io.dorami.gateway.rooms;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.events.RoomEvent.ViewerCountChanged;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.feed.RoomSubscriber;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.PublishedEvent;
import io.dorami.gateway.hub.Subscription;
import io.dorami.service.messaging.EventBus;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Stream rooms: each member counts as a viewer. */
@Singleton
final class StreamRoomHandler extends RoomHandler {

    private final ViewerTracker viewerTracker;

    StreamRoomHandler(RoomSubscriber roomSubscriber, ViewerTracker viewerTracker) {
        super(roomSubscriber);
        this.viewerTracker = viewerTracker;
    }

    @Override
    List<RoomType> types() {
        return List.of(RoomType.STREAM);
    }

    @Override
    boolean canReceive(RoomId room, Optional<User> user) {
        return true;
    }

    @Override
    Uni<Void> join(ClientRequest.Join join, Subscription subscription, boolean isMember) {
        return countViewer(subscription)
                .invoke(count -> reply(
                        subscription.client,
                        join.room(),
                        join.id(),
                        MembershipChange.JOINED,
                        new DirectEvent.ViewerJoined(join.room().key(), count, Instant.now())))
                .replaceWithVoid();
    }

    @Override
    Uni<? extends DirectEvent> resume(Subscription subscription) {
        return countViewer(subscription)
                .map(count -> new DirectEvent.ViewerJoined(subscription.room.id.key(), count, Instant.now()));
    }

    @Override
    Uni<Void> prepareRecovery(Subscription subscription) {
        return countViewer(subscription).replaceWithVoid();
    }

    /**
     * Counts the client as a viewer until the subscription ends. The client gets the count even if the count did not
     * change and the room gets no event. The count is buffered in order with the room's events, so that the last count
     * that the client gets is the current one.
     */
    private Uni<Long> countViewer(Subscription subscription) {
        Client client = subscription.client;
        RoomId room = subscription.room.id;
        return Uni.createFrom()
                .deferred(() -> {
                    boolean isNewTab = subscription.trySetEndAction(
                            () -> viewerTracker.leave(room.key(), client.participant(), client.isExpectedBack()));
                    return viewerTracker.join(room.key(), client.participant(), isNewTab);
                })
                .emitOn(client.shard.loop::execute)
                .invoke(count -> subscription.buffer(PublishedEvent.of(
                        room, EventBus.toFrame(new ViewerCountChanged(room.key(), count, Instant.now())))));
    }

    @Override
    Uni<Void> leave(Client client, ClientRequest.Leave leave, boolean wasSubscribed) {
        return confirmLeave(
                client, leave, new DirectEvent.ViewerLeft(leave.room().key(), Instant.now()));
    }
}
