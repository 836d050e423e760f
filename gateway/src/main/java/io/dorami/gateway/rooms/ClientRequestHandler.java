package io.dorami.gateway.rooms;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.BoundedLog;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.hub.Hub;
import io.dorami.gateway.hub.Replay;
import io.dorami.gateway.hub.RequestIds;
import io.dorami.gateway.hub.Subscription;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.runtime.Timeouts;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Handles client requests: manages a client's subscriptions and leaves to the {@link RoomHandler} what a request means
 * in a kind of room. Runs on the client's loop.
 */
@ApplicationScoped
public class ClientRequestHandler {

    /**
     * Minimum interval between two joins of one room that are passed on. The web client repeats its join each second
     * until it is admitted. During a rush of clients each repeat was one more join to process and made the queue
     * longer: 5,000 became 33,000. A lost join costs the client three seconds at most.
     */
    private static final Duration MIN_JOIN_INTERVAL = Duration.ofSeconds(2);

    private static final BoundedLog FAILED_REQUESTS = new BoundedLog(Logger.getLogger(ClientRequestHandler.class));

    private final Hub hub;
    private final RoomHandlers handlers;
    private final GatewayConfig config;

    ClientRequestHandler(Hub hub, RoomHandlers handlers, GatewayConfig config) {
        this.hub = hub;
        this.handlers = handlers;
        this.config = config;
    }

    /** Adds the client to the rooms of the whole platform that its user may receive. */
    public void joinPlatformRooms(Client client) {
        RoomId.PLATFORM_WIDE.stream()
                .filter(room -> canReceive(client, room))
                .forEach(room -> client.shard.join(client, room));
    }

    public void handle(Client client, ClientRequest request) {
        switch (request) {
            case ClientRequest.Hello hello -> throw new IllegalStateException("Hello is handled by the endpoint");
            case ClientRequest.Join join ->
                execute(client, join.room(), join, () -> join(client, join), () -> abandonJoin(client, join));
            case ClientRequest.Leave leave -> execute(client, leave.room(), leave, () -> leave(client, leave));
            case ClientRequest.Send send ->
                execute(
                        client,
                        send.room(),
                        send,
                        () -> handlers.of(send.room()).send(client, send));
            case ClientRequest.Delete delete ->
                execute(
                        client,
                        delete.room(),
                        delete,
                        () -> handlers.of(delete.room()).delete(client, delete));
        }
    }

    /**
     * Removes a closed client from its rooms, without a reply.
     *
     * @param expectedBack true if the gateway closed the connection and the client comes back at once to resume
     */
    public void disconnect(Client client, boolean expectedBack) {
        if (expectedBack) {
            client.expectBack();
        }
        hub.remove(client).forEach(subscription -> handler(subscription).onDisconnected(subscription));
    }

    /**
     * Downgrades the client to a guest after its token expired or was revoked: it leaves the rooms closed to guests, and
     * the chat rooms, which it may join again to read.
     */
    public void downgradeToGuest(Client client) {
        leaveRoomsBefore(Optional.empty(), client);
        client.user = Optional.empty();
    }

    /** Sets the client's user after a valid or renewed token, whose role may be another one. */
    public void setUser(Client client, User user) {
        leaveRoomsBefore(Optional.of(user), client);
        client.user = Optional.of(user);
        joinPlatformRooms(client);
    }

    private void leaveRoomsBefore(Optional<User> nextUser, Client client) {
        for (Subscription subscription : List.copyOf(client.subscriptions())) {
            RoomId room = subscription.room.id;
            if (!handler(subscription).canStay(room, client.user, nextUser)) {
                client.shard.leave(client, room);
                handler(subscription).onDisconnected(subscription);
            }
        }
    }

    private RoomHandler handler(Subscription subscription) {
        return handlers.of(subscription.room.id);
    }

    private Uni<Void> join(Client client, ClientRequest.Join join) {
        RoomId room = join.room();
        RoomHandler handler = handlers.of(room);
        handler.requireAccess(client, room);
        if (client.isJoinForbidden(room)) {
            if (join.id() == null) {
                return Uni.createFrom().voidItem();
            }
            throw new DoramiException(ErrorCode.FORBIDDEN, "You may not join " + room);
        }
        Subscription existing = client.subscription(room);
        boolean isMember = existing != null && existing.isActive();
        if (existing == null && joinedRooms(client) >= config.maxRoomsPerConnection()) {
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
        if (join.id() != null) {
            subscription.addUnanswered(join.id());
        }
        return awaitSubscribed(subscription)
                .chain(() -> resume(handler, join, subscription))
                .chain(resumed -> resumed || !subscription.isCurrent() // it may have left, or joined again
                        ? Uni.createFrom().voidItem()
                        : handler.join(join, subscription, isMember));
    }

    /** Number of rooms that the client has joined; those of the whole platform do not count. */
    private static long joinedRooms(Client client) {
        return client.subscriptions().stream()
                .filter(subscription -> subscription.room.id.type().isJoinable())
                .count();
    }

    /** Completes on the client's loop, once the room's events arrive there. */
    private static Uni<Void> awaitSubscribed(Subscription subscription) {
        return Uni.createFrom().emitter(emitter -> subscription.room.whenSubscribed(() -> emitter.complete(null)));
    }

    /** Resumes from the client's offset. Returns false if the request has none, or the log no longer contains it. */
    private Uni<Boolean> resume(RoomHandler handler, ClientRequest.Join join, Subscription subscription) {
        String since = join.since();
        if (since == null || subscription.isActive()) {
            return Uni.createFrom().item(false);
        }
        Client client = subscription.client;
        RoomId room = join.room();
        return handler.findReplay(client, room, LogPosition.parse(since))
                .emitOn(client.shard.loop::execute)
                .chain(replay -> {
                    if (replay.isEmpty() || !subscription.isCurrent()) {
                        subscription.resumeFailed = true;
                        return Uni.createFrom().item(false);
                    }
                    return handler.resume(subscription)
                            .emitOn(client.shard.loop::execute)
                            .invoke(success -> resume(join, subscription, replay.get(), success))
                            .replaceWith(true);
                });
    }

    private void resume(ClientRequest.Join join, Subscription subscription, Replay replay, DirectEvent success) {
        Client client = subscription.client;
        if (!subscription.isCurrent()) {
            return;
        }
        handler(subscription).onResumed(subscription);
        client.shard.resume(client, List.of(), Map.of(join.room(), replay), () -> {
            subscription.tryAnswer(join.id());
            return List.of(client.encoder.encodeDirect(new FrameEncoder.DirectMessage(
                    join.room(),
                    EventBus.toFrame(success),
                    join.id(),
                    client.shard.offset(client, subscription),
                    true)));
        });
    }

    /** Resumes a client in all the rooms of its offset, with the replays from {@link #recover}. */
    public void resume(Client client, Map<RoomId, Replay> replays) {
        client.subscriptions().forEach(subscription -> handler(subscription).onResumed(subscription));
        client.shard.resume(client, List.of(), replays, List::of);
    }

    /**
     * Finds the missed events of a client that resumes in all of its rooms or in none of them. The client stays
     * subscribed, with events buffered, until {@code Shard#resume}.
     *
     * @return the replay of each room; empty if the client may not receive a room's events, or a log no longer contains
     *     the position. Then some subscriptions may be pending, and the caller must {@link #disconnect} the client
     */
    public Uni<Optional<Map<RoomId, Replay>>> recover(Client client, Map<RoomId, LogPosition> since) {
        long joinedRooms =
                since.keySet().stream().filter(room -> room.type().isJoinable()).count();
        if (joinedRooms > config.maxRoomsPerConnection()
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

    private Uni<Optional<Replay>> subscribeAndFindReplay(Client client, RoomId room, LogPosition since) {
        RoomHandler handler = handlers.of(room);
        return client.shard
                .subscribe(client, room)
                .map(subscription -> awaitSubscribed(subscription)
                        .chain(() -> subscription.isCurrent() // the client may have disconnected
                                ? handler.prepareRecovery(subscription)
                                        .chain(() -> handler.findReplay(client, room, since))
                                : Uni.createFrom().item(Optional.<Replay>empty()))
                        .emitOn(client.shard.loop::execute))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    private boolean canReceive(Client client, RoomId room) {
        return handlers.of(room).canReceive(room, client.user);
    }

    private Uni<Void> leave(Client client, ClientRequest.Leave leave) {
        return handlers.of(leave.room()).leave(client, leave, client.subscription(leave.room()) != null);
    }

    private void execute(Client client, RoomId room, ClientRequest request, Supplier<Uni<? extends Void>> work) {
        execute(client, room, request, work, () -> {});
    }

    /** Runs the work within the request timeout. On failure, undoes it and sends the client an error. */
    private void execute(
            Client client, RoomId room, ClientRequest request, Supplier<Uni<? extends Void>> work, Runnable undo) {
        RequestIds ids = RequestIds.of(request);
        Timeouts.failAfter(config.requestTimeout(), Uni.createFrom().deferred(work))
                .emitOn(client.shard.loop::execute)
                .subscribe()
                .with(done -> {}, e -> {
                    undo.run();
                    if (e instanceof DoramiException rejection) {
                        client.rejectRequest(room, ids, rejection.code(), String.valueOf(rejection.getMessage()));
                    } else {
                        FAILED_REQUESTS.warn(null, "Request failed: room=%s reason=%s".formatted(room, e));
                        client.rejectRequest(
                                room, ids, ErrorCode.BUSY, "Service temporarily unavailable; retry in 1 s");
                    }
                });
    }

    /** Removes a pending subscription after a failed join. A member who joined again stays a member. */
    private static void abandonJoin(Client client, ClientRequest.Join join) {
        Subscription subscription = client.subscription(join.room());
        if (subscription != null) {
            subscription.tryAnswer(join.id()); // the error replies to it
            if (!subscription.isActive()) {
                client.shard.leave(client, join.room());
            }
        }
    }
}
