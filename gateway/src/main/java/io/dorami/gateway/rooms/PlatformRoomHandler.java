package io.dorami.gateway.rooms;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.feed.RoomSubscriber;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.Subscription;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/**
 * The rooms of the whole platform: one for all clients and one for admins. Clients are members without a request, and
 * {@link ClientRequest} rejects joins and leaves before they reach this handler.
 */
@Singleton
final class PlatformRoomHandler extends RoomHandler {

    PlatformRoomHandler(RoomSubscriber roomSubscriber) {
        super(roomSubscriber);
    }

    @Override
    List<RoomType> types() {
        return List.of(RoomType.PLATFORM, RoomType.ADMINS);
    }

    @Override
    boolean canReceive(RoomType type, Optional<User> user) {
        return type == RoomType.PLATFORM || user.filter(User::isAdmin).isPresent();
    }

    @Override
    Uni<Void> join(ClientRequest.Join join, Subscription subscription, boolean isNew, boolean isMember) {
        throw new IllegalStateException("Clients cannot join " + join.room());
    }

    @Override
    Uni<? extends DirectEvent> resume(Subscription subscription, boolean isNew) {
        throw new IllegalStateException("Clients cannot join " + subscription.room.id);
    }

    @Override
    Uni<Void> leave(Client client, ClientRequest.Leave leave, boolean wasSubscribed) {
        throw new IllegalStateException("Clients cannot leave " + leave.room());
    }

    @Override
    void onSubscriptionEnded(Client client, RoomId room) {}
}
