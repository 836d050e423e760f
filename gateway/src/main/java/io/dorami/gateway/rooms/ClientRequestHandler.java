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

/** Handles each client request. Runs on the client's loop. */
@ApplicationScoped
public class ClientRequestHandler {

    /**
     * Minimum interval between two joins of one room that are passed on. The web client repeats its join each second
     * until it is admitted. During a rush of clients each repeat was one more join to process and made the queue
     * longer: 5,000 became 33,000. A lost join costs the client three seconds at most.
     */
    private static final Duration MIN_JOIN_INTERVAL = Duration.ofSeconds(2);

    private static final Logger LOG = Logger.getLogger(ClientRequestHandler.class);

    private final Hub hub;
    private final RoomSubscriber roomSubscriber;
    private final ViewerTracker viewerTracker;
    private final JoinLeaveThrottle joinLeaveThrottle;
    private final EventBus bus;
    private final Redis redis;
    private final GatewayConfig config;

    ClientRequestHandler(
            Hub hub,
            RoomSubscriber roomSubscriber,
            ViewerTracker viewerTracker,
            JoinLeaveThrottle joinLeaveThrottle,
            EventBus bus,
            Redis redis,
            GatewayConfig config) {
        this.hub = hub;
        this.roomSubscriber = roomSubscriber;
        this.viewerTracker = viewerTracker;
        this.joinLeaveThrottle = joinLeaveThrottle;
        this.bus = bus;
        this.redis = redis;
        this.config = config;
    }

    public void handle(Client client, ClientRequest request) {
        switch (request) {
            case ClientRequest.Hello hello -> throw new IllegalStateException("Hello is handled by the endpoint");
            case ClientRequest.Join join ->
                execute(
                        client,
                        join.room(),
                        join.id(),
                        () -> join(client, join),
                        () -> abandonJoin(client, join.room()));
            case ClientRequest.Leave leave -> execute(client, leave.room(), leave.id(), () -> leave(client, leave));
            case ClientRequest.Send send -> execute(client, send.room(), send.id(), () -> send(client, send));
            case ClientRequest.Delete delete ->
                execute(client, delete.room(), delete.id(), () -> delete(client, delete));
        }
    }

    /** Removes a closed client from its rooms, without a reply. */
    public void disconnect(Client client) {
        hub.remove(client).forEach(room -> {
            recordLeave(client, room);
            sendLeaveChat(client, room);
        });
    }

    /**
     * Downgrades the client to a guest after its token expired or was revoked, and removes it from chat and admin
     * rooms.
     */
    public void downgradeToGuest(Client client) {
        for (Subscription subscription : List.copyOf(client.subscriptions())) {
            RoomId room = subscription.room.id;
            if (room.type() == RoomType.CHAT || room.type() == RoomType.ADMINS) {
                client.shard.leave(client, room);
                sendLeaveChat(client, room);
            }
        }
        client.user = Optional.empty();
    }

    /** Sets the client's user after a valid or renewed token. */
    public void setUser(Client client, User user) {
        client.user = Optional.of(user);
        if (client.subscription(RoomId.ADMINS) == null) {
            hub.joinPlatformRooms(client);
        }
    }

    /** Sends a leave to chat-service without expecting a reply. */
    private void sendLeaveChat(Client client, RoomId room) {
        if (room.type() == RoomType.CHAT) { // even if the join is pending: the leave follows it
            bus.send(ServiceName.CHAT, new LeaveChat(room.key(), requireUser(client), client.replyTo(null), true))
                    .subscribe()
                    .with(sent -> {}, e -> LOG.debugf("Leave not sent: room=%s reason=%s", room, e.getMessage()));
        }
    }

    private Uni<Void> join(Client client, ClientRequest.Join join) {
        RoomId room = join.room();
        if (room.type() == RoomType.CHAT) {
            requireUser(client);
        }
        Subscription existing = client.subscription(room);
        boolean isNew = existing == null;
        boolean isMember = existing != null && existing.isActive();
        if (isNew && client.subscriptions().size() >= config.maxRoomsPerConnection()) {
            throw new DoramiException(
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    "Maximum " + config.maxRoomsPerConnection() + " rooms per connection; leave a room first");
        }
        Optional<Subscription> started = client.shard.subscribe(client, room);
        if (started.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        Subscription subscription = started.get();
        // A join with a request id needs its own reply.
        if (!subscription.tryStartJoin(MIN_JOIN_INTERVAL) && join.id() == null) {
            return Uni.createFrom().voidItem();
        }
        return awaitSubscribed(subscription)
                .chain(() -> resume(client, join, subscription, isNew))
                .chain(resumed -> {
                    // The client may have left or closed during the join, and joined again.
                    if (resumed || !isCurrent(subscription)) {
                        return Uni.createFrom().voidItem();
                    }
                    return switch (room.type()) {
                        case CHAT ->
                            bus.send(
                                            ServiceName.CHAT,
                                            new JoinChat(
                                                    room.key(),
                                                    requireUser(client),
                                                    client.replyTo(join.id()),
                                                    isMember))
                                    .emitOn(client.shard.loop::execute)
                                    .invoke(() -> scheduleJoinTimeout(subscription, join.id()));
                        case STREAM ->
                            countViewer(subscription, isNew)
                                    .invoke(count -> reply(
                                            client,
                                            room,
                                            join.id(),
                                            MembershipChange.JOINED,
                                            new DirectEvent.ViewerJoined(room.key(), count, Instant.now())))
                                    .replaceWithVoid();
                        case SHOP -> joinShop(client, join, isMember);
                        case PLATFORM, ADMINS -> throw new IllegalStateException("Clients cannot join " + room);
                    };
                });
    }

    /**
     * Counts the client as a viewer. The client gets the count even if the count did not change and the room gets no
     * event. The count is buffered in order with the room's events, so that the last count that the client gets is the
     * current one.
     */
    private Uni<Long> countViewer(Subscription subscription, boolean isNew) {
        Client client = subscription.client;
        RoomId room = subscription.room.id;
        return viewerTracker
                .join(room.key(), client.participant(), isNew)
                .emitOn(client.shard.loop::execute)
                .invoke(count -> subscription.buffer(
                        PublishedEvent.of(EventBus.toFrame(new ViewerCountChanged(room.key(), count, Instant.now())))));
    }

    /**
     * Joins a shop room. If the throttle replaces this join by a later one in the room, the client still gets its own.
     */
    private Uni<Void> joinShop(Client client, ClientRequest.Join join, boolean isMember) {
        RoomId room = join.room();
        Instant now = Instant.now();
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

    /** Completes on the client's loop, once the room's events arrive there. */
    private static Uni<Void> awaitSubscribed(Subscription subscription) {
        return Uni.createFrom().emitter(emitter -> subscription.room.whenSubscribed(() -> emitter.complete(null)));
    }

    private static boolean isCurrent(Subscription subscription) {
        return subscription.equals(subscription.client.subscription(subscription.room.id));
    }

    /** Resumes from the client's offset. Returns false if the log no longer contains it. */
    private Uni<Boolean> resume(Client client, ClientRequest.Join join, Subscription subscription, boolean isNew) {
        String since = join.since();
        if (since == null || subscription.isActive()) {
            return Uni.createFrom().item(false);
        }
        RoomId room = join.room();
        return findReplay(client, room, LogPosition.parse(since))
                .emitOn(client.shard.loop::execute)
                .chain(replay -> {
                    if (replay.isEmpty() || !isCurrent(subscription)) {
                        subscription.resumeFailed = true;
                        return Uni.createFrom().item(false);
                    }
                    return resumeReply(subscription, isNew)
                            .emitOn(client.shard.loop::execute)
                            .invoke(success -> client.shard.resume(
                                    client,
                                    List.of(),
                                    Map.of(room, replay.get()),
                                    () -> List.of(client.encoder.encodeDirect(new FrameEncoder.DirectMessage(
                                            room,
                                            EventBus.toFrame(success),
                                            join.id(),
                                            client.shard.offset(client, subscription),
                                            true)))))
                            .replaceWith(true);
                });
    }

    /** Counts a resumed viewer and returns the reply. The room gets no event. */
    private Uni<? extends DirectEvent> resumeReply(Subscription subscription, boolean isNew) {
        RoomId room = subscription.room.id;
        Instant now = Instant.now();
        return switch (room.type()) {
            case CHAT ->
                Uni.createFrom().item(new DirectEvent.ChatJoined(room.type().socketIoRoom(room.key()), now));
            case STREAM ->
                countViewer(subscription, isNew).map(count -> new DirectEvent.ViewerJoined(room.key(), count, now));
            case SHOP -> Uni.createFrom().item(new DirectEvent.ShopJoined(room.key(), now));
            case PLATFORM, ADMINS -> throw new IllegalStateException("Clients cannot join " + room);
        };
    }

    /**
     * Finds the missed events of a client that resumes in several rooms at once, or in none. The client stays
     * subscribed, with events buffered, until {@code Shard#resume}.
     *
     * @return the replay of each room; empty if the client may not receive a room's events, or a log no longer contains
     *     the position. Then some subscriptions may be pending, and the caller must {@link #disconnect} the client
     */
    public Uni<Optional<Map<RoomId, Replay>>> recover(Client client, Map<RoomId, LogPosition> since) {
        if (since.size() > config.maxRoomsPerConnection()
                || !since.keySet().stream().allMatch(room -> canReceive(client, room))) {
            return Uni.createFrom().item(Optional.empty());
        }
        Uni<Optional<Map<RoomId, Replay>>> recovered = Multi.createFrom()
                .iterable(since.entrySet())
                .onItem()
                .transformToUniAndConcatenate(entry -> subscribeAndFindReplay(client, entry.getKey(), entry.getValue()))
                .collect()
                .asList()
                .emitOn(client.shard.loop::execute)
                .map(all -> {
                    Iterator<Optional<Replay>> found = all.iterator();
                    Map<RoomId, Replay> replays = new LinkedHashMap<>();
                    since.keySet().forEach(room -> found.next().ifPresent(replay -> replays.put(room, replay)));
                    return replays.size() == since.size()
                            ? Optional.of(replays)
                            : Optional.<Map<RoomId, Replay>>empty();
                });
        return Timeouts.failAfter(config.requestTimeout(), recovered)
                .onFailure(TimeoutException.class)
                .recoverWithItem(Optional.empty());
    }

    /** Finds the missed events. A banned user gets none and joins through chat-service, which replies with the ban. */
    private Uni<Optional<Replay>> findReplay(Client client, RoomId room, LogPosition since) {
        if (room.type() != RoomType.CHAT) {
            return roomSubscriber.replaySince(room, since);
        }
        return redis.send(Request.cmd(Command.SISMEMBER)
                        .arg(RedisKeys.chatBannedUsers(room.key()))
                        .arg(requireUser(client).id()))
                .chain(banned -> banned.toBoolean()
                        ? Uni.createFrom().item(Optional.empty())
                        : roomSubscriber.replaySince(room, since));
    }

    private Uni<Optional<Replay>> subscribeAndFindReplay(Client client, RoomId room, LogPosition since) {
        return client.shard
                .subscribe(client, room)
                .map(subscription -> awaitSubscribed(subscription)
                        .chain(() -> room.type() == RoomType.STREAM
                                ? countViewer(subscription, true).replaceWithVoid()
                                : Uni.createFrom().voidItem())
                        .chain(() -> findReplay(client, room, since))
                        .emitOn(client.shard.loop::execute))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    private static boolean canReceive(Client client, RoomId room) {
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
        boolean wasSubscribed = client.subscription(room) != null;
        if (room.type() == RoomType.CHAT && wasSubscribed) {
            client.shard.leave(client, room);
            recordLeave(client, room);
            return bus.send(
                    ServiceName.CHAT,
                    new LeaveChat(room.key(), requireUser(client), client.replyTo(leave.id()), false));
        }
        DirectEvent left = switch (room.type()) {
            case CHAT -> new DirectEvent.ChatLeft(room.type().socketIoRoom(room.key()), now);
            case STREAM -> new DirectEvent.ViewerLeft(room.key(), now);
            case SHOP -> new DirectEvent.ShopLeft(room.key(), now);
            case PLATFORM, ADMINS -> throw new IllegalStateException("Clients cannot leave " + room);
        };
        reply(client, room, leave.id(), MembershipChange.LEFT, left);
        if (wasSubscribed) {
            recordLeave(client, room);
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
                        requireUser(client),
                        client.replyTo(send.id()),
                        UUID.randomUUID().toString(),
                        send.message(),
                        send.clientMessageId()));
    }

    private Uni<Void> delete(Client client, ClientRequest.Delete delete) {
        return bus.send(
                ServiceName.CHAT,
                new DeleteChat(
                        delete.room().key(), requireUser(client), client.replyTo(delete.id()), delete.messageId()));
    }

    private void execute(Client client, RoomId room, @Nullable String id, Supplier<Uni<? extends Void>> work) {
        execute(client, room, id, work, () -> {});
    }

    /** Runs the work within the request timeout. On failure, undoes it and sends the client an error. */
    private void execute(
            Client client, RoomId room, @Nullable String id, Supplier<Uni<? extends Void>> work, Runnable undo) {
        Timeouts.failAfter(config.requestTimeout(), Uni.createFrom().deferred(work))
                .emitOn(client.shard.loop::execute)
                .subscribe()
                .with(done -> {}, e -> {
                    undo.run();
                    if (e instanceof DoramiException rejection) {
                        client.reject(room, id, rejection.code(), String.valueOf(rejection.getMessage()));
                    } else {
                        LOG.warnf("Request failed: room=%s reason=%s", room, e);
                        client.reject(room, id, ErrorCode.BUSY, "Service temporarily unavailable; retry in 1 s");
                    }
                });
    }

    /**
     * Fails the join if no reply arrives in time. The command was sent, but a service that is down replies later than
     * the client waits.
     */
    private void scheduleJoinTimeout(Subscription subscription, @Nullable String id) {
        Client client = subscription.client;
        RoomId room = subscription.room.id;
        client.shard.loop.schedule(config.requestTimeout(), () -> {
            if (!subscription.isActive() && isCurrent(subscription)) {
                abandonJoin(client, room);
                client.reject(room, id, ErrorCode.BUSY, "Room history not loaded in time; join again");
            }
        });
    }

    /** Removes a pending subscription after a failed join. A member who joined again stays a member. */
    private void abandonJoin(Client client, RoomId room) {
        Subscription subscription = client.subscription(room);
        if (subscription != null && !subscription.isActive()) {
            client.shard.leave(client, room);
            recordLeave(client, room);
        }
    }

    /** Updates the viewers or publishes the leave, after a connection has left a room. */
    private void recordLeave(Client client, RoomId room) {
        if (room.type() == RoomType.STREAM) {
            viewerTracker.leave(room.key(), client.participant());
        } else if (room.type() == RoomType.SHOP) {
            joinLeaveThrottle
                    .publish(room, new UserLeft(client.participant(), room.key(), Instant.now()))
                    .subscribe()
                    .with(done -> {});
        }
    }

    private void reply(Client client, RoomId room, @Nullable String id, MembershipChange change, DirectEvent result) {
        client.shard.reply(
                client, new Reply(client.replyTo(id), room, change, null, List.of(), EventBus.toFrame(result)));
    }

    private void requireMember(Client client, RoomId room) {
        requireUser(client);
        if (!client.isMember(room)) {
            throw new DoramiException(ErrorCode.NOT_A_MEMBER, "Join " + room + " before sending to it");
        }
    }

    private static User requireUser(Client client) {
        return client.user.orElseThrow(
                () -> new DoramiException(ErrorCode.UNAUTHORIZED, "no token provided: sign in to chat"));
    }
}
