package io.dorami.gateway.rooms;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.DeleteChat;
import io.dorami.contracts.commands.ChatCommand.JoinChat;
import io.dorami.contracts.commands.ChatCommand.LeaveChat;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.Reply.MembershipChange;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.RoomEvent.UserJoined;
import io.dorami.contracts.events.RoomEvent.UserLeft;
import io.dorami.contracts.events.RoomEvent.ViewerCountChanged;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.feed.RoomSubscriber;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.hub.Hub;
import io.dorami.gateway.hub.PublishedEvent;
import io.dorami.gateway.hub.Replay;
import io.dorami.gateway.hub.Subscription;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.runtime.Timeouts;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What each request does. Runs on the client's loop. */
@ApplicationScoped
public class ClientRequestHandler {

    /**
     * The web client asks again each second until it is in. In a flash crowd each of these was one more join to answer, and
     * that made the queue longer: 5,000 became 33,000. One that was lost costs whoever waits three seconds at the most.
     */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

    private static final Logger LOG = Logger.getLogger(ClientRequestHandler.class);

    private final Hub hub;
    private final RoomSubscriber feed;
    private final ViewerTracker viewers;
    private final JoinLeaveThrottle comings;
    private final EventBus bus;
    private final Redis redis;
    private final GatewayConfig config;

    ClientRequestHandler(
            Hub hub,
            RoomSubscriber feed,
            ViewerTracker viewers,
            JoinLeaveThrottle comings,
            EventBus bus,
            Redis redis,
            GatewayConfig config) {
        this.hub = hub;
        this.feed = feed;
        this.viewers = viewers;
        this.comings = comings;
        this.bus = bus;
        this.redis = redis;
        this.config = config;
    }

    public void handle(Client client, ClientRequest request) {
        switch (request) {
            case ClientRequest.Hello hello -> throw new IllegalStateException("The socket answers it");
            case ClientRequest.Join join ->
                attempt(client, join.room(), join.id(), () -> join(client, join), () -> abandon(client, join.room()));
            case ClientRequest.Leave leave -> attempt(client, leave.room(), leave.id(), () -> leave(client, leave));
            case ClientRequest.Send send -> attempt(client, send.room(), send.id(), () -> send(client, send));
            case ClientRequest.Delete delete ->
                attempt(client, delete.room(), delete.id(), () -> delete(client, delete));
        }
    }

    /** The client is gone; nobody waits for an answer. */
    public void closed(Client client) {
        hub.remove(client).forEach(room -> {
            forget(client, room);
            leftChat(client, room);
        });
    }

    /** Its token speaks for nobody any more: from now on it is a guest, and out of what is not for guests. */
    public void becomeGuest(Client client) {
        for (Subscription membership : List.copyOf(client.memberships())) {
            RoomId room = membership.room.id;
            if (room.type() == RoomType.CHAT || room.type() == RoomType.ADMINS) {
                client.shard.leave(client, room);
                leftChat(client, room);
            }
        }
        client.user = Optional.empty();
    }

    /** It has a valid token again, or a newer one. */
    public void becomeUser(Client client, User user) {
        client.user = Optional.of(user);
        if (client.in(RoomId.ALL_ADMINS) == null) {
            hub.enterPlatform(client);
        }
    }

    /** Nobody waits for an answer. */
    private void leftChat(Client client, RoomId room) {
        if (room.type() == RoomType.CHAT) { // also where its join is under way: the leave comes after it
            bus.send(ServiceName.CHAT, new LeaveChat(room.key(), signedIn(client), client.replyTo(null), true))
                    .subscribe()
                    .with(sent -> {}, e -> LOG.debugf("nobody hears of a leave: %s", e.getMessage()));
        }
    }

    private Uni<Void> join(Client client, ClientRequest.Join join) {
        RoomId room = join.room();
        if (room.type() == RoomType.CHAT) {
            signedIn(client);
        }
        Subscription present = client.in(room);
        boolean first = present == null;
        boolean again = present != null && present.inside();
        if (first && client.memberships().size() >= config.roomsPerConnection()) {
            throw new DoramiException(
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    "A connection is in " + config.roomsPerConnection() + " rooms at most");
        }
        Optional<Subscription> held = client.shard.hold(client, room);
        if (held.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        Subscription attempt = held.get();
        if (!attempt.asks(ASK_AGAIN) && join.id() == null) { // the answer to a name cannot be that to another
            return Uni.createFrom().voidItem();
        }
        return watched(attempt)
                .chain(() -> resume(client, join, attempt, first))
                .chain(resumed -> {
                    if (resumed || !isCurrent(attempt)) { // it left or closed meanwhile, and may have come again
                        return Uni.createFrom().voidItem();
                    }
                    return switch (room.type()) {
                        case CHAT ->
                            bus.send(
                                            ServiceName.CHAT,
                                            new JoinChat(
                                                    room.key(), signedIn(client), client.replyTo(join.id()), again))
                                    .emitOn(client.shard.loop::run)
                                    .invoke(() -> giveUpLater(attempt, join.id()));
                        case STREAM ->
                            count(attempt, first)
                                    .invoke(count -> answer(
                                            client,
                                            room,
                                            join.id(),
                                            MembershipChange.JOINED,
                                            new DirectEvent.ViewerJoined(room.key(), count, Instant.now())))
                                    .replaceWithVoid();
                        case SHOP -> joinShop(client, join, again);
                        case PLATFORM, ADMINS -> throw new IllegalStateException("Nobody asks to join " + room);
                    };
                });
    }

    /**
     * From now on the client counts as a viewer. It hears the count, also where that did not change and the room hears
     * nothing: in its place among what the room says, so that the last count it hears is the last one there is.
     */
    private Uni<Long> count(Subscription attempt, boolean first) {
        Client client = attempt.client;
        RoomId room = attempt.room.id;
        return viewers.join(room.key(), client.participant(), first)
                .emitOn(client.shard.loop::run)
                .invoke(count -> attempt.hold(
                        PublishedEvent.of(EventBus.frame(new ViewerCountChanged(room.key(), count, Instant.now())))));
    }

    /** The room may hear of one who came right after instead; who comes hears of itself in any case. */
    private Uni<Void> joinShop(Client client, ClientRequest.Join join, boolean again) {
        RoomId room = join.room();
        Instant now = Instant.now();
        UserJoined joined = new UserJoined(client.participant(), room.key(), now);
        Uni<Boolean> heard = again ? Uni.createFrom().item(true) : comings.tell(room, joined);
        return heard.emitOn(client.shard.loop::run)
                .invoke(itself -> client.shard.answer(
                        client,
                        new Reply(
                                client.replyTo(join.id()),
                                room,
                                MembershipChange.JOINED,
                                null,
                                itself ? List.of() : List.of(EventBus.frame(joined)),
                                EventBus.frame(new DirectEvent.ShopJoined(room.key(), now)))))
                .replaceWithVoid();
    }

    /** Completes, on the client's loop, once everything that the room says arrives there. */
    private static Uni<Void> watched(Subscription attempt) {
        return Uni.createFrom().emitter(emitter -> attempt.room.whenWatched(() -> emitter.complete(null)));
    }

    private static boolean isCurrent(Subscription attempt) {
        return attempt.equals(attempt.client.in(attempt.room.id));
    }

    /** Lets a client in that goes on from where it was; answers whether that was to be had. */
    private Uni<Boolean> resume(Client client, ClientRequest.Join join, Subscription attempt, boolean first) {
        String since = join.since();
        if (since == null || attempt.inside()) {
            return Uni.createFrom().item(false);
        }
        RoomId room = join.room();
        return missed(client, room, LogPosition.parse(since))
                .emitOn(client.shard.loop::run)
                .chain(found -> {
                    if (found.isEmpty() || !isCurrent(attempt)) {
                        attempt.afresh = true;
                        return Uni.createFrom().item(false);
                    }
                    return joinedAnew(attempt, first)
                            .emitOn(client.shard.loop::run)
                            .invoke(success -> client.shard.resume(
                                    client,
                                    List.of(),
                                    Map.of(room, found.get()),
                                    () -> List.of(client.format.answer(new FrameEncoder.DirectMessage(
                                            room,
                                            EventBus.frame(success),
                                            join.id(),
                                            client.shard.offset(client, attempt),
                                            true)))))
                            .replaceWith(true);
                });
    }

    /** The services hear no more of one who comes back than they must; the room hears nothing. */
    private Uni<? extends DirectEvent> joinedAnew(Subscription attempt, boolean first) {
        RoomId room = attempt.room.id;
        Instant now = Instant.now();
        return switch (room.type()) {
            case CHAT ->
                Uni.createFrom().item(new DirectEvent.ChatJoined(room.type().socketIoRoom(room.key()), now));
            case STREAM -> count(attempt, first).map(count -> new DirectEvent.ViewerJoined(room.key(), count, now));
            case SHOP -> Uni.createFrom().item(new DirectEvent.ShopJoined(room.key(), now));
            case PLATFORM, ADMINS -> throw new IllegalStateException("Nobody asks to join " + room);
        };
    }

    /**
     * For a client that goes on in several rooms at once, or in none: it is held in all of them until
     * {@code Shard#resume}.
     *
     * @return what it missed in each; nothing where a room is not for it, or no longer has its position. Then the client
     *     may still be on its way into some, and is to be {@link #closed}
     */
    public Uni<Optional<Map<RoomId, Replay>>> recover(Client client, Map<RoomId, LogPosition> since) {
        if (since.size() > config.roomsPerConnection()
                || !since.keySet().stream().allMatch(room -> mayHear(client, room))) {
            return Uni.createFrom().item(Optional.empty());
        }
        Uni<Optional<Map<RoomId, Replay>>> recovered = Multi.createFrom()
                .iterable(since.entrySet())
                .onItem()
                .transformToUniAndConcatenate(entry -> holdAndFind(client, entry.getKey(), entry.getValue()))
                .collect()
                .asList()
                .emitOn(client.shard.loop::run)
                .map(all -> {
                    Iterator<Optional<Replay>> found = all.iterator();
                    Map<RoomId, Replay> missed = new LinkedHashMap<>();
                    since.keySet().forEach(room -> found.next().ifPresent(replay -> missed.put(room, replay)));
                    return missed.size() == since.size() ? Optional.of(missed) : Optional.<Map<RoomId, Replay>>empty();
                });
        return Timeouts.within(config.requestTimeout(), recovered)
                .onFailure(TimeoutException.class)
                .recoverWithItem(Optional.empty());
    }

    /** What the client missed, where that is to be had. Who was banned meanwhile asks chat-service, by joining. */
    private Uni<Optional<Replay>> missed(Client client, RoomId room, LogPosition since) {
        if (room.type() != RoomType.CHAT) {
            return feed.since(room, since);
        }
        return redis.send(Request.cmd(Command.SISMEMBER)
                        .arg(RedisKeys.chatBanned(room.key()))
                        .arg(signedIn(client).id()))
                .chain(banned ->
                        banned.toBoolean() ? Uni.createFrom().item(Optional.empty()) : feed.since(room, since));
    }

    private Uni<Optional<Replay>> holdAndFind(Client client, RoomId room, LogPosition since) {
        return client.shard
                .hold(client, room)
                .map(attempt -> watched(attempt)
                        .chain(() -> room.type() == RoomType.STREAM
                                ? count(attempt, true).replaceWithVoid()
                                : Uni.createFrom().voidItem())
                        .chain(() -> missed(client, room, since))
                        .emitOn(client.shard.loop::run))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    private static boolean mayHear(Client client, RoomId room) {
        return switch (room.type()) {
            case SHOP, STREAM, PLATFORM -> true;
            case CHAT -> client.user.isPresent();
            case ADMINS ->
                client.user.map(user -> user.role() == User.Role.ADMIN).orElse(false);
        };
    }

    private Uni<Void> leave(Client client, ClientRequest.Leave leave) {
        RoomId room = leave.room();
        Instant now = Instant.now();
        boolean inside = client.in(room) != null;
        if (room.type() == RoomType.CHAT && inside) {
            client.shard.leave(client, room);
            forget(client, room);
            return bus.send(
                    ServiceName.CHAT, new LeaveChat(room.key(), signedIn(client), client.replyTo(leave.id()), false));
        }
        DirectEvent left = switch (room.type()) {
            case CHAT -> new DirectEvent.ChatLeft(room.type().socketIoRoom(room.key()), now);
            case STREAM -> new DirectEvent.ViewerLeft(room.key(), now);
            case SHOP -> new DirectEvent.ShopLeft(room.key(), now);
            case PLATFORM, ADMINS -> throw new IllegalStateException("Nobody asks to leave " + room);
        };
        answer(client, room, leave.id(), MembershipChange.LEFT, left);
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
        Timeouts.within(config.requestTimeout(), Uni.createFrom().deferred(work))
                .emitOn(client.shard.loop::run)
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
    private void giveUpLater(Subscription attempt, @Nullable String id) {
        Client client = attempt.client;
        RoomId room = attempt.room.id;
        client.shard.loop.after(config.requestTimeout(), () -> {
            if (!attempt.inside() && isCurrent(attempt)) {
                abandon(client, room);
                client.refuse(room, id, ErrorCode.BUSY, "The room's history did not come in time; join again");
            }
        });
    }

    /** A join that failed leaves nothing behind; a member who joined again stays one. */
    private void abandon(Client client, RoomId room) {
        Subscription membership = client.in(room);
        if (membership != null && !membership.inside()) {
            client.shard.leave(client, room);
            forget(client, room);
        }
    }

    /** After a connection has left a room. */
    private void forget(Client client, RoomId room) {
        if (room.type() == RoomType.STREAM) {
            viewers.leave(room.key(), client.participant());
        } else if (room.type() == RoomType.SHOP) {
            comings.tell(room, new UserLeft(client.participant(), room.key(), Instant.now()))
                    .subscribe()
                    .with(told -> {});
        }
    }

    private void answer(Client client, RoomId room, @Nullable String id, MembershipChange effect, DirectEvent result) {
        client.shard.answer(
                client, new Reply(client.replyTo(id), room, effect, null, List.of(), EventBus.frame(result)));
    }

    private void requireMember(Client client, RoomId room) {
        signedIn(client);
        if (!client.isMember(room)) {
            throw new DoramiException(ErrorCode.NOT_A_MEMBER, "Join " + room + " before sending to it");
        }
    }

    private static User signedIn(Client client) {
        return client.user.orElseThrow(
                () -> new DoramiException(ErrorCode.UNAUTHORIZED, "no token provided: sign in to chat"));
    }
}
