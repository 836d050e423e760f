package io.dorami.gateway.hub;

import io.dorami.contracts.Json;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.DirectEvent.RequestRejected;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.MembershipChange;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.transport.EventLoop;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.SendStats;
import io.dorami.gateway.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop and the rooms that they are in. Only that loop touches this object, so no lock is
 * needed, and a client's subscriptions, its send queue and its socket are never touched by another thread.
 *
 * <p>The write to a socket is the cost, so pending events are written together. A room that publishes while the loop is
 * idle is flushed at once. After a flush the next one begins no sooner than a multiple of the last flush's duration,
 * which bounds the share of the loop that flushes take. Reliable events are flushed at once, together with the room's
 * earlier events.
 */
public final class Shard {

    private static final Duration CLIENT_CHECK_INTERVAL = Duration.ofSeconds(1);
    private static final String JOIN_NOT_COMPLETED = "Room history not loaded in time; join again";

    public final EventLoop loop;
    final SendStats stats = new SendStats();

    private final Map<String, Client> clients = new HashMap<>();
    private final Map<RoomId, Room> rooms = new HashMap<>();
    private final RoomSource roomSource;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;
    private final SendQueue.Limits limits;
    private final int coalescingFactor;
    private final long maxFlushDelayNanos;
    private final Runnable checksEnd;

    /** Rooms with pending events. */
    private Set<Room> pendingRooms = new LinkedHashSet<>();

    private boolean flushScheduled;

    /** Earliest time of the next flush, except for reliable events. */
    private long nextFlushAt = System.nanoTime();

    Shard(EventLoop loop, RoomSource roomSource, GatewayConfig config, GatewayMetrics metrics) {
        this.loop = loop;
        this.roomSource = roomSource;
        this.config = config;
        this.metrics = metrics;
        this.limits = new SendQueue.Limits(
                config.maxQueuedFrames(),
                Math.toIntExact(config.maxQueuedBytes().asLongValue()),
                config.sendStallTimeout());
        this.coalescingFactor = config.coalescingFactor();
        this.maxFlushDelayNanos = config.maxFlushDelay().toNanos();
        RoomId.PLATFORM_WIDE.forEach(this::room);
        checksEnd = loop.schedulePeriodically(CLIENT_CHECK_INTERVAL, this::checkClients);
    }

    /** Ends the periodic work. Only for a shard without connections; the others live as long as their event loop. */
    void close() {
        checksEnd.run();
    }

    /** Creates the send queue of a connection on this loop. */
    public SendQueue newSendQueue(Transport transport, SendQueue.Owner owner) {
        return new SendQueue(transport, owner, limits, stats);
    }

    void add(Client client) {
        clients.put(client.id, client);
    }

    boolean contains(Client client) {
        return clients.containsKey(client.id);
    }

    /** Removes the client from all rooms. Returns its subscriptions, which have ended. */
    List<Subscription> remove(Client client) {
        clients.remove(client.id);
        List<Subscription> ended = List.copyOf(client.subscriptions());
        ended.forEach(subscription -> leave(client, subscription.room.id));
        return ended;
    }

    /**
     * Starts a client's subscription to a room. Events are buffered until the subscription becomes active.
     *
     * @return the new or existing subscription; empty if the client has closed
     */
    public Optional<Subscription> subscribe(Client client, RoomId id) {
        if (!contains(client)) {
            return Optional.empty();
        }
        Subscription existing = client.subscription(id);
        if (existing != null) {
            return Optional.of(existing);
        }
        Subscription subscription = new Subscription(client, room(id));
        client.add(subscription);
        subscription.room.addJoining(subscription);
        return Optional.of(subscription);
    }

    /** Adds the client to a room without a reply, unless it has a subscription. */
    public void join(Client client, RoomId id) {
        if (client.subscription(id) != null) {
            return;
        }
        subscribe(client, id).ifPresent(subscription -> {
            subscription.activate();
            regroup(client);
        });
    }

    /**
     * Ends the client's subscription to the room, whatever the cause. Join requests without a reply are rejected, so
     * that the client need not wait for its own timeout.
     */
    public void leave(Client client, RoomId id) {
        Subscription subscription = client.subscription(id);
        if (subscription == null) {
            return;
        }
        client.remove(subscription);
        subscription.room.remove(subscription);
        regroup(client);
        subscription.end().forEach(requestId -> {
            if (contains(client)) {
                client.reject(id, requestId, ErrorCode.BUSY, JOIN_NOT_COMPLETED);
            }
        });
        if (subscription.room.isEmpty() && id.type().isJoinable()) {
            rooms.remove(id);
            roomSource.unsubscribe(subscription.room);
        }
    }

    /** Buffers an event for a joining client. A client with too many buffered events leaves and may join again. */
    void buffer(Subscription subscription, PublishedEvent published) {
        if (published.isFor(subscription.client) && subscription.buffer(published) > config.maxBufferedEvents()) {
            abandonJoin(subscription);
        }
    }

    /** Ends a pending join that takes too long. The client gets an error and may join again. */
    public void abandonJoin(Subscription subscription) {
        boolean isReplied = subscription.hasUnanswered();
        leave(subscription.client, subscription.room.id);
        if (!isReplied) {
            subscription.client.reject(subscription.room.id, null, ErrorCode.BUSY, JOIN_NOT_COMPLETED);
        }
    }

    /** Returns the position that the room's members on this loop have reached, or null if unknown. */
    @Nullable
    LogPosition lastPosition(RoomId id) {
        Room room = rooms.get(id);
        return room == null ? null : room.lastPosition();
    }

    /** Delivers an event to the room's members, at once or with the next flush. */
    public void deliver(Room room, PublishedEvent published) {
        room.enqueue(published);
        if (published.event().delivery() == Delivery.RELIABLE) {
            flush(Set.of(room));
        } else if (room.hasPending()) {
            scheduleFlush(room);
        }
    }

    /** Flushes at once, or as soon as the pause after the last flush is over. */
    void scheduleFlush(Room room) {
        pendingRooms.add(room);
        if (flushScheduled) {
            return;
        }
        long wait = nextFlushAt - System.nanoTime();
        if (wait <= 0) {
            flushPending();
        } else {
            flushScheduled = true;
            loop.schedule(Duration.ofNanos(wait), () -> {
                flushScheduled = false;
                flushPending();
            });
        }
    }

    private void flushPending() {
        Set<Room> dirtyRooms = pendingRooms;
        pendingRooms = new LinkedHashSet<>();
        flush(dirtyRooms);
    }

    private void flush(Set<Room> dirtyRooms) {
        long start = System.nanoTime();
        for (Room room : dirtyRooms) {
            pendingRooms.remove(room);
            room.flush();
        }
        long end = System.nanoTime();
        long pause = Math.min(maxFlushDelayNanos, (end - start) * coalescingFactor);
        nextFlushAt = Math.max(nextFlushAt, end + pause);
    }

    /**
     * Applies a service's reply to one client, in order with the room's events. A client that has closed is skipped.
     */
    public void reply(Client client, Reply reply) {
        RoomId id = reply.room();
        Subscription subscription = client.subscription(id);
        boolean joined = reply.membershipChange() == MembershipChange.JOINED;
        if (!contains(client) || (joined && subscription == null)) {
            return; // closed, or the join was abandoned
        }
        LogPosition position = reply.position() == null ? null : LogPosition.parse(reply.position());
        Room room = rooms.get(id);
        if (room != null && room.isBehind(position)) {
            room.afterFlush(() -> reply(client, reply));
            return;
        }
        String requestId = reply.to().requestId();
        if (subscription != null) {
            subscription.tryAnswer(requestId);
        }
        List<Frame> frames = new ArrayList<>();
        for (EventFrame event : reply.snapshot()) {
            frames.add(client.encoder.encodeDirect(FrameEncoder.DirectMessage.of(id, event, requestId)));
        }
        Boolean recovered = null;
        String offset = null;
        if (joined && subscription != null) {
            Replay empty = new Replay(position == null ? LogPosition.START : position, List.of());
            Set<String> alreadySent =
                    reply.snapshot().stream().map(EventFrame::name).collect(Collectors.toSet());
            frames.addAll(admit(client, Map.of(id, empty), alreadySent));
            recovered = subscription.resumeFailed ? Boolean.FALSE : null;
            offset = offset(client, subscription);
        } else if (reply.membershipChange() == MembershipChange.LEFT) {
            leave(client, id);
            if (isForbidden(reply.result())) {
                client.recordForbiddenJoin(id);
            }
            offset = client.encoder.usesJointOffset() ? new ClientOffset(client.positions()).toString() : null;
        }
        frames.add(client.encoder.encodeDirect(
                new FrameEncoder.DirectMessage(id, reply.result(), requestId, offset, recovered)));
        client.sendQueue.send(frames);
        Long sentNanos = reply.to().sentNanos();
        if (sentNanos != null) {
            metrics.recordReply(reply.result().name(), sentNanos);
        }
    }

    private static boolean isForbidden(EventFrame result) {
        return result.name().equals(RequestRejected.NAME)
                && Json.read(result.data(), RequestRejected.class).errorCode() == ErrorCode.FORBIDDEN;
    }

    /**
     * Admits a client to rooms that it resumes. The replay, the buffered events, and the frames before and after them
     * are one write.
     *
     * @param before frames that precede the replay
     * @param after supplies the frames that follow; called once the client is admitted
     */
    public void resume(Client client, List<Frame> before, Map<RoomId, Replay> rooms, Supplier<List<Frame>> after) {
        for (Map.Entry<RoomId, Replay> entry : rooms.entrySet()) {
            Subscription subscription = client.subscription(entry.getKey());
            if (!contains(client) || subscription == null) {
                return; // closed, or the join was abandoned
            }
            if (subscription.room.isBehind(entry.getValue().end())) {
                subscription.room.afterFlush(() -> resume(client, before, rooms, after));
                return;
            }
        }
        List<Frame> frames = new ArrayList<>(before);
        frames.addAll(admit(client, rooms, Set.of()));
        frames.addAll(after.get());
        client.sendQueue.send(frames);
    }

    /** Returns the client's offset after a join, with which it can resume later. */
    @Nullable
    public String offset(Client client, Subscription subscription) {
        if (client.encoder.usesJointOffset()) {
            return new ClientOffset(client.positions()).toString();
        }
        LogPosition position = subscription.room.lastPosition();
        return position == null ? null : position.toString();
    }

    /**
     * Activates the subscriptions.
     *
     * @param alreadySent names of events without a position that the client has just received
     * @return the frames of the replays and of the buffered events
     */
    private List<Frame> admit(Client client, Map<RoomId, Replay> rooms, Set<String> alreadySent) {
        List<Frame> frames = new ArrayList<>();
        Map<RoomId, LogPosition> positions = client.positions();
        rooms.forEach((id, replay) -> positions.put(id, replay.since()));
        rooms.forEach((id, replay) -> {
            Subscription subscription = client.subscription(id);
            if (subscription != null) {
                replay.events().forEach(published -> frames.addAll(encode(client, id, published, positions)));
                for (PublishedEvent published : subscription.activate()) {
                    LogPosition position = published.position();
                    if (position == null
                            ? !alreadySent.contains(published.event().name())
                            : position.isAfter(replay.end())) {
                        frames.addAll(encode(client, id, published, positions));
                    }
                }
            }
        });
        regroup(client);
        return frames;
    }

    private static List<Frame> encode(
            Client client, RoomId id, PublishedEvent published, Map<RoomId, LogPosition> positions) {
        if (published.event().isMarker()) {
            return List.of();
        }
        LogPosition position = published.position();
        if (position != null) {
            positions.put(id, position);
        }
        if (!published.isFor(client)) {
            return List.of();
        }
        if (position == null) {
            return List.of(client.encoder.encodeEvent(id, published.event(), null));
        }
        return List.of(
                client.encoder.usesJointOffset() && positions.size() > 1
                        ? client.encoder.encodeEvent(id, published.event(), new ClientOffset(positions).toString())
                        : published.encode(id, client.encoder));
    }

    /** Updates the client's frame groups after its rooms, and so perhaps its offsets, have changed. */
    private static void regroup(Client client) {
        for (Subscription subscription : client.subscriptions()) {
            if (subscription.isActive()) {
                subscription.room.regroup(subscription);
            }
        }
    }

    private Room room(RoomId id) {
        Room existing = rooms.get(id);
        if (existing != null) {
            return existing;
        }
        Room room = new Room(id, this);
        rooms.put(id, room);
        roomSource.subscribe(room);
        return room;
    }

    /** Records that an event was sent to all members on this loop. */
    void recordDelivery(RoomType type, LogPosition position) {
        metrics.recordDelivery(type, position);
    }

    /** Closes stalled clients and publishes the statistics. */
    private void checkClients() {
        long now = System.nanoTime();
        List.copyOf(clients.values()).forEach(client -> client.sendQueue.closeIfStalled(now));
        metrics.recordSendStats(stats);
    }

    int rooms() {
        return rooms.size();
    }

    long queuedFrames() {
        return stats.queuedFrames;
    }

    long queuedBytes() {
        return stats.queuedBytes;
    }
}
