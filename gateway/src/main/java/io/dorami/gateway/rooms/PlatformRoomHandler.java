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
 * The rooms of the whole platform: for all clients, for admins, and for signed-in users. Clients are members without a
 * request, and {@link ClientRequest} rejects joins and leaves before they reach this handler.
 */
@Singleton
final class PlatformRoomHandler extends RoomHandler {

    PlatformRoomHandler(RoomSubscriber roomSubscriber) {
        super(roomSubscriber);
    }

    @Override
    List<RoomType> types() {
        return List.of(RoomType.PLATFORM, RoomType.ADMINS, RoomType.USERS);
    }

    @Override
    boolean canReceive(RoomId room, Optional<User> user) {
        return switch (room.type()) {
            case PLATFORM -> true;
            case USERS -> user.isPresent();
            case ADMINS -> user.filter(User::isAdmin).isPresent();
            case CHAT, STREAM, SHOP -> throw new IllegalArgumentException("Not a room of the whole platform: " + room);
        };
    }

    @Override
    Uni<Void> join(ClientRequest.Join join, Subscription subscription, boolean isMember) {
        throw new IllegalStateException("Clients cannot join " + join.room());
    }

    @Override
    Uni<? extends DirectEvent> resume(Subscription subscription) {
        throw new IllegalStateException("Clients cannot join " + subscription.room.id);
    }

    @Override
    Uni<Void> leave(Client client, ClientRequest.Leave leave, boolean wasSubscribed) {
        throw new IllegalStateException("Clients cannot leave " + leave.room());
    }
}
