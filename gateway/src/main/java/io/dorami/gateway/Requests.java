package io.dorami.gateway;

import io.dorami.contracts.Answer;
import io.dorami.contracts.Answer.Effect;
import io.dorami.contracts.Channel;
import io.dorami.contracts.ChatCommand.DeleteChat;
import io.dorami.contracts.ChatCommand.JoinChat;
import io.dorami.contracts.ChatCommand.LeaveChat;
import io.dorami.contracts.ChatCommand.SendChat;
import io.dorami.contracts.ClientRequest;
import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.SelfEvent;
import io.dorami.contracts.ServiceName;
import io.dorami.contracts.User;
import io.dorami.service.EventBus;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What each request does. Runs on the hub's loop. */
@ApplicationScoped
class Requests {

    private static final Logger LOG = Logger.getLogger(Requests.class);

    private final Hub hub;
    private final RoomFeed feed;
    private final Viewers viewers;
    private final EventBus bus;
    private final GatewayConfig config;

    Requests(Hub hub, RoomFeed feed, Viewers viewers, EventBus bus, GatewayConfig config) {
        this.hub = hub;
        this.feed = feed;
        this.viewers = viewers;
        this.bus = bus;
        this.config = config;
    }

    void handle(Client client, ClientRequest request) {
        switch (request) {
            case ClientRequest.Hello hello ->
                client.refuse(null, hello.id(), ErrorCode.INVALID_FRAME, "hello was said already");
            case ClientRequest.Join join ->
                attempt(client, join.room(), join.id(), () -> join(client, join), () -> abandon(client, join.room()));
            case ClientRequest.Leave leave -> attempt(client, leave.room(), leave.id(), () -> leave(client, leave));
            case ClientRequest.Send send -> attempt(client, send.room(), send.id(), () -> send(client, send));
            case ClientRequest.Delete delete ->
                attempt(client, delete.room(), delete.id(), () -> delete(client, delete));
        }
    }

    /** The client is gone; nobody waits for an answer. */
    void closed(Client client) {
        Map<RoomId, Membership> left = hub.remove(client);
        left.keySet().forEach(room -> {
            forget(client, room);
            if (room.channel() == Channel.CHAT) { // also where its join is under way: the leave comes after it
                bus.send(ServiceName.CHAT, new LeaveChat(room.key(), signedIn(client), client.replyTo(null), true))
                        .subscribe()
                        .with(sent -> {}, e -> LOG.debugf("nobody hears of a leave: %s", e.getMessage()));
            }
        });
    }

    private Uni<Void> join(Client client, ClientRequest.Join join) {
        RoomId room = join.room();
        if (room.channel() == Channel.CHAT) {
            signedIn(client);
        }
        boolean again = hub.isMember(client, room);
        boolean first = !client.rooms.containsKey(room);
        if (first && client.rooms.size() >= config.roomsPerConnection()) {
            throw new DoramiException(
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    "A connection is in " + config.roomsPerConnection() + " rooms at most");
        }
        Optional<Membership> held = hub.hold(client, room);
        if (held.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return feed.watch(room).chain(() -> {
            if (first && !held.get().equals(client.rooms.get(room))) {
                return Uni.createFrom().voidItem(); // it left or closed meanwhile, and may have come again
            }
            return switch (room.channel()) {
                case CHAT ->
                    bus.send(
                                    ServiceName.CHAT,
                                    new JoinChat(room.key(), signedIn(client), client.replyTo(join.id()), again))
                            .invoke(() -> giveUpLater(client, room, join.id(), held.get()));
                case STREAM ->
                    viewers.join(room.key(), client.participant(), first)
                            .invoke(count -> answer(
                                    client,
                                    room,
                                    join.id(),
                                    Effect.JOINED,
                                    new SelfEvent.ViewerJoined(room.key(), count, Instant.now())))
                            .replaceWithVoid();
                case SHOP -> {
                    answer(client, room, join.id(), Effect.JOINED, new SelfEvent.ShopJoined(room.key(), Instant.now()));
                    yield Uni.createFrom().voidItem();
                }
                case PLATFORM, ADMINS -> throw new IllegalStateException("Nobody asks to join " + room);
            };
        });
    }

    private Uni<Void> leave(Client client, ClientRequest.Leave leave) {
        RoomId room = leave.room();
        Instant now = Instant.now();
        boolean inside = client.rooms.containsKey(room);
        if (room.channel() == Channel.CHAT && inside) {
            hub.leave(client, room);
            forget(client, room);
            return bus.send(
                    ServiceName.CHAT, new LeaveChat(room.key(), signedIn(client), client.replyTo(leave.id()), false));
        }
        SelfEvent left = switch (room.channel()) {
            case CHAT -> new SelfEvent.ChatLeft(room.channel().socketIoRoom(room.key()), now);
            case STREAM -> new SelfEvent.ViewerLeft(room.key(), now);
            case SHOP -> new SelfEvent.ShopLeft(room.key(), now);
            case PLATFORM, ADMINS -> throw new IllegalStateException("Nobody asks to leave " + room);
        };
        answer(client, room, leave.id(), Effect.LEFT, left);
        if (inside) {
            forget(client, room);
        }
        return Uni.createFrom().voidItem();
    }

    private Uni<Void> send(Client client, ClientRequest.Send send) {
        RoomId room = send.room();
        requireMember(client, room);
        return bus.send(
                ServiceName.CHAT,
                new SendChat(
                        room.key(),
                        signedIn(client),
                        client.replyTo(send.id()),
                        UUID.randomUUID().toString(),
                        send.message(),
                        send.clientMessageId()));
    }

    private Uni<Void> delete(Client client, ClientRequest.Delete delete) {
        return bus.send(
                ServiceName.CHAT,
                new DeleteChat(delete.room().key(), signedIn(client), client.replyTo(delete.id()), delete.messageId()));
    }

    private void attempt(Client client, RoomId room, @Nullable String id, Supplier<Uni<? extends Void>> work) {
        attempt(client, room, id, work, () -> {});
    }

    /** Does the work within the time that a request has; where that fails the client is told, and it is undone. */
    private void attempt(
            Client client, RoomId room, @Nullable String id, Supplier<Uni<? extends Void>> work, Runnable undo) {
        Uni.createFrom()
                .deferred(work)
                .ifNoItem()
                .after(config.requestTimeout())
                .fail()
                .emitOn(step -> hub.run(step))
                .subscribe()
                .with(done -> {}, e -> {
                    undo.run();
                    if (e instanceof DoramiException refused) {
                        client.refuse(room, id, refused.code(), String.valueOf(refused.getMessage()));
                    } else {
                        LOG.warnf("A request failed: %s", e);
                        client.refuse(room, id, ErrorCode.BUSY, "Not now; try again in a second");
                    }
                });
    }

    /** The command is on its way; a service that is down answers it later than anybody waits. */
    private void giveUpLater(Client client, RoomId room, @Nullable String id, Membership attempt) {
        Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .by(config.requestTimeout())
                .emitOn(step -> hub.run(step))
                .subscribe()
                .with(done -> {
                    if (attempt instanceof Membership.Joining && attempt.equals(client.rooms.get(room))) {
                        abandon(client, room);
                        client.refuse(room, id, ErrorCode.BUSY, "The room's history did not come in time; join again");
                    }
                });
    }

    /** A join that failed leaves nothing behind; a member who joined again stays one. */
    private void abandon(Client client, RoomId room) {
        if (client.rooms.get(room) instanceof Membership.Joining) {
            hub.leave(client, room);
            forget(client, room);
        }
    }

    /** After a connection has left a room. */
    private void forget(Client client, RoomId room) {
        if (room.channel() == Channel.STREAM) {
            viewers.leave(room.key(), client.participant());
        }
        if (!hub.hasMembers(room)) {
            feed.unwatch(room);
        }
    }

    private void answer(Client client, RoomId room, @Nullable String id, Effect effect, SelfEvent result) {
        hub.answer(new Answer(client.replyTo(id), room, effect, null, List.of(), EventBus.frame(result)));
    }

    private void requireMember(Client client, RoomId room) {
        signedIn(client);
        if (!hub.isMember(client, room)) {
            throw new DoramiException(ErrorCode.NOT_A_MEMBER, "Join " + room + " before sending to it");
        }
    }

    private static User signedIn(Client client) {
        return client.user.orElseThrow(
                () -> new DoramiException(ErrorCode.UNAUTHORIZED, "no token provided: sign in to chat"));
    }
}
