package io.dorami.gateway.rooms;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.feed.RoomSubscriber;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.Replay;
import io.dorami.gateway.hub.Subscription;
import io.dorami.service.messaging.EventBus;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The behaviour of one kind of room. {@link ClientRequestHandler} manages a client's subscription; the handler decides
 * who may receive the room's events and what a join, a leave or a message means there. All methods run on the client's
 * loop.
 *
 * <p>A new kind of room is a {@link RoomType} and one subclass.
 */
abstract sealed class RoomHandler permits ChatRoomHandler, StreamRoomHandler, ShopRoomHandler, PlatformRoomHandler {

    private final RoomSubscriber roomSubscriber;

    RoomHandler(RoomSubscriber roomSubscriber) {
        this.roomSubscriber = roomSubscriber;
    }

    /** The kinds of room that this handler serves. */
    abstract List<RoomType> types();

    /** Returns true if a user, or a guest, may receive the room's events. */
    abstract boolean canReceive(RoomId room, Optional<User> user);

    /** Returns true if a member stays in the room when its user changes, or when it becomes a guest or a user. */
    boolean canStay(RoomId room, Optional<User> user, Optional<User> nextUser) {
        return canReceive(room, nextUser);
    }

    /**
     * Checks that the client may receive the room's events.
     *
     * @throws DoramiException if the client must sign in first
     */
    void requireAccess(Client client, RoomId room) {
        if (!canReceive(room, client.user)) {
            throw new DoramiException(ErrorCode.UNAUTHORIZED, "no token provided: sign in to join " + room);
        }
    }

    /**
     * Joins a client that does not resume: it sent no offset, the log no longer contains the offset, or the client is a
     * member already.
     *
     * @param isMember the client is a member already and repeats its join
     * @return completes when the request was passed on; the reply may follow later
     */
    abstract Uni<Void> join(ClientRequest.Join join, Subscription subscription, boolean isMember);

    /** Returns the reply to a client that resumes from its offset. The room gets no event. */
    abstract Uni<? extends DirectEvent> resume(Subscription subscription);

    /**
     * Handles a client's leave.
     *
     * @param wasSubscribed the client was in the room or was joining
     */
    abstract Uni<Void> leave(Client client, ClientRequest.Leave leave, boolean wasSubscribed);

    /** Handles the resume of a client, after which it is a member. */
    void onResumed(Subscription subscription) {}

    /** Handles the end of a client's connection, or the loss of its user, after the subscription has ended. */
    void onDisconnected(Subscription subscription) {}

    /** Sends a message to the room. */
    Uni<Void> send(Client client, ClientRequest.Send send) {
        throw new DoramiException(ErrorCode.INVALID_ROOM, send.room() + " does not accept messages");
    }

    /** Deletes a message of the room. */
    Uni<Void> delete(Client client, ClientRequest.Delete delete) {
        throw new DoramiException(ErrorCode.INVALID_ROOM, delete.room() + " does not accept messages");
    }

    /** Prepares a client that resumes in several rooms at once, before its replay is read. */
    Uni<Void> prepareRecovery(Subscription subscription) {
        return Uni.createFrom().voidItem();
    }

    /** Finds the events that a client missed; empty if the log no longer contains the position. */
    Uni<Optional<Replay>> findReplay(Client client, RoomId room, LogPosition since) {
        return roomSubscriber.replaySince(room, since);
    }

    /** Confirms a leave that needs no other service. */
    static Uni<Void> confirmLeave(Client client, ClientRequest.Leave leave, DirectEvent confirmation) {
        reply(client, leave.room(), leave.id(), MembershipChange.LEFT, confirmation);
        return Uni.createFrom().voidItem();
    }

    static void reply(Client client, RoomId room, @Nullable String id, MembershipChange change, DirectEvent result) {
        client.shard.reply(
                client, new Reply(client.replyTo(id), room, change, null, List.of(), EventBus.toFrame(result)));
    }
}
