package io.dorami.gateway.hub;

import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.feed.RoomSubscriber;
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
 * The connections of one event loop and the rooms that they are in. Everything here is touched on that loop alone, so it
 * needs no lock, and a client's memberships, its queue and its socket never meet another thread.
 *
 * <p>The write to a socket is the cost, so what waits is written together: a room that speaks when the loop is idle is heard
 * at once; after a pass the next one begins no sooner than a multiple of the time that the last one took, which bounds the
 * share of the loop that passes take. What must not wait goes at once, and with it all that waits in that room before it.
 */
public final class Shard {

    private static final Duration TICK = Duration.ofMillis(250);
    private static final int TICKS_A_SECOND = 4;

    public final EventLoop loop;
    final SendStats tally = new SendStats();

    private final Map<String, Client> clients = new HashMap<>();
    private final Map<RoomId, Room> rooms = new HashMap<>();
    private final RoomSubscriber feed;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;
    private final SendQueue.Limits bounds;
    private final int coalesce;
    private final long coalesceAtMost;

    /** Rooms of which something waits. */
    private Set<Room> speaking = new LinkedHashSet<>();

    private long tickedAt = System.nanoTime();
    private int ticks;
    private boolean passPlanned;

    /** When the next pass may begin, unless it must not wait. */
    private long nextPass = System.nanoTime();

    Shard(EventLoop loop, RoomSubscriber feed, GatewayConfig config, GatewayMetrics metrics) {
        this.loop = loop;
        this.feed = feed;
        this.config = config;
        this.metrics = metrics;
        this.bounds = new SendQueue.Limits(
                config.outboxFrames(), Math.toIntExact(config.outboxBytes().asLongValue()), config.outboxPatience());
        this.coalesce = config.coalesce();
        this.coalesceAtMost = config.coalesceAtMost().toNanos();
        room(RoomId.EVERYBODY);
        room(RoomId.ALL_ADMINS);
        loop.every(TICK, this::tick);
    }

    /** The queue of a connection that is on this loop. */
    public SendQueue outbox(Transport transport, SendQueue.Owner owner) {
        return new SendQueue(transport, owner, bounds, tally);
    }

    void add(Client client) {
        clients.put(client.id, client);
    }

    boolean has(Client client) {
        return clients.containsKey(client.id);
    }

    /** Takes the client out of everything; answers the rooms that it was in, or coming into. */
    List<RoomId> remove(Client client) {
        clients.remove(client.id);
        List<RoomId> left = client.memberships().stream()
                .map(membership -> membership.room.id)
                .toList();
        left.forEach(room -> leave(client, room));
        return left;
    }

    /**
     * From now on, what the room says is kept for the client until it is let in.
     *
     * @return what the client is to the room, also where it was that before; nothing where it has closed meanwhile
     */
    public Optional<Subscription> hold(Client client, RoomId id) {
        if (!has(client)) {
            return Optional.empty();
        }
        Subscription present = client.in(id);
        if (present != null) {
            return Optional.of(present);
        }
        Subscription membership = new Subscription(client, room(id));
        client.add(membership);
        membership.room.hold(membership);
        return Optional.of(membership);
    }

    /** Puts the client into a room from here on, without an answer, unless it is in it or on its way. */
    void enter(Client client, RoomId id) {
        if (client.in(id) != null) {
            return;
        }
        hold(client, id).ifPresent(membership -> {
            membership.letIn();
            placeAnew(client);
        });
    }

    /** The client is in no longer. */
    public void leave(Client client, RoomId id) {
        Subscription membership = client.in(id);
        if (membership == null) {
            return;
        }
        client.remove(membership);
        membership.room.remove(membership);
        placeAnew(client);
        if (membership.room.isEmpty() && id.type().joinable()) {
            rooms.remove(id);
            feed.unwatch(membership.room);
        }
    }

    /** Keeps what a room said for one who is coming in; one for whom that is too much may try again. */
    void hold(Subscription coming, PublishedEvent heard) {
        if (coming.hold(heard) > config.heldFrames()) {
            leave(coming.client, coming.room.id);
            coming.client.refuse(
                    coming.room.id, null, ErrorCode.BUSY, "The room's history did not come in time; join again");
        }
    }

    /** Where a room's members on this loop are; nothing where that is not known. */
    @Nullable
    LogPosition last(RoomId id) {
        Room room = rooms.get(id);
        return room == null ? null : room.last();
    }

    /** Gives a room's event to all who are in it, now or together with the next ones. */
    public void deliver(Room room, PublishedEvent heard) {
        room.say(heard);
        if (heard.event().delivery() == Delivery.RELIABLE) {
            pass(Set.of(room));
        } else if (room.isSpeaking()) {
            passSoon(room);
        }
    }

    /** At once, or when the time has come since the last pass. */
    void passSoon(Room room) {
        speaking.add(room);
        if (passPlanned) {
            return;
        }
        long wait = nextPass - System.nanoTime();
        if (wait <= 0) {
            passAll();
        } else {
            passPlanned = true;
            loop.after(Duration.ofNanos(wait), () -> {
                passPlanned = false;
                passAll();
            });
        }
    }

    private void passAll() {
        Set<Room> now = speaking;
        speaking = new LinkedHashSet<>();
        pass(now);
    }

    private void pass(Set<Room> now) {
        long start = System.nanoTime();
        for (Room room : now) {
            speaking.remove(room);
            room.pass();
        }
        long end = System.nanoTime();
        long pause = Math.min(coalesceAtMost, (end - start) * coalesce);
        nextPass = Math.max(nextPass, end + pause);
    }

    /** Carries out what a service answered to one client, if it is still there, in its place among the room's events. */
    public void answer(Client client, Reply answer) {
        RoomId id = answer.room();
        Subscription membership = client.in(id);
        boolean joined = answer.effect() == Reply.MembershipChange.JOINED;
        if (!has(client) || (joined && membership == null)) {
            return; // closed, or given up
        }
        LogPosition position = answer.position() == null ? null : LogPosition.parse(answer.position());
        Room room = rooms.get(id);
        if (room != null && room.isBefore(position)) {
            room.afterPass(() -> answer(client, answer));
            return;
        }
        String requestId = answer.to().requestId();
        List<Frame> frames = new ArrayList<>();
        for (EventFrame event : answer.snapshot()) {
            frames.add(client.format.answer(FrameEncoder.DirectMessage.of(id, event, requestId)));
        }
        Boolean recovered = null;
        String offset = null;
        if (joined && membership != null) {
            Replay nothing = new Replay(position == null ? LogPosition.BEGINNING : position, List.of());
            Set<String> told = answer.snapshot().stream().map(EventFrame::name).collect(Collectors.toSet());
            frames.addAll(letIn(client, Map.of(id, nothing), told));
            recovered = membership.afresh ? Boolean.FALSE : null;
            offset = offset(client, membership);
        } else if (answer.effect() == Reply.MembershipChange.LEFT) {
            leave(client, id);
            offset = client.format.jointOffset() ? new ClientOffset(client.positions()).toString() : null;
        }
        frames.add(client.format.answer(
                new FrameEncoder.DirectMessage(id, answer.result(), requestId, offset, recovered)));
        client.outbox.send(frames);
    }

    /**
     * Lets a client into rooms where it goes on from where it was: what it missed, then what was held for it, and all that
     * in one write with what comes before and after.
     *
     * @param last made when the client is in
     */
    public void resume(Client client, List<Frame> first, Map<RoomId, Replay> rooms, Supplier<List<Frame>> last) {
        for (Map.Entry<RoomId, Replay> entry : rooms.entrySet()) {
            Subscription membership = client.in(entry.getKey());
            if (!has(client) || membership == null) {
                return; // closed, or given up
            }
            if (membership.room.isBefore(entry.getValue().end())) {
                membership.room.afterPass(() -> resume(client, first, rooms, last));
                return;
            }
        }
        List<Frame> frames = new ArrayList<>(first);
        frames.addAll(letIn(client, rooms, Set.of()));
        frames.addAll(last.get());
        client.outbox.send(frames);
    }

    /** Where the client is since it came into a room, for it to come back with. */
    @Nullable
    public String offset(Client client, Subscription membership) {
        if (client.format.jointOffset()) {
            return new ClientOffset(client.positions()).toString();
        }
        LogPosition last = membership.room.last();
        return last == null ? null : last.toString();
    }

    /**
     * @param told names of events without a position that the client was told itself and that need not be repeated
     * @return what it missed and what was held for it
     */
    private List<Frame> letIn(Client client, Map<RoomId, Replay> rooms, Set<String> told) {
        List<Frame> frames = new ArrayList<>();
        Map<RoomId, LogPosition> positions = client.positions();
        rooms.forEach((id, replay) -> positions.put(id, replay.since()));
        rooms.forEach((id, replay) -> {
            Subscription membership = client.in(id);
            if (membership != null) {
                replay.missed().forEach(heard -> frames.addAll(frame(client, id, heard, positions)));
                for (PublishedEvent heard : membership.letIn()) {
                    LogPosition position = heard.position();
                    if (position == null ? !told.contains(heard.event().name()) : position.after(replay.end())) {
                        frames.addAll(frame(client, id, heard, positions));
                    }
                }
            }
        });
        placeAnew(client);
        return frames;
    }

    private static List<Frame> frame(
            Client client, RoomId id, PublishedEvent heard, Map<RoomId, LogPosition> positions) {
        if (heard.event().isMarker()) {
            return List.of();
        }
        LogPosition position = heard.position();
        if (position == null) {
            return List.of(client.format.event(id, heard.event(), null));
        }
        positions.put(id, position);
        return List.of(
                client.format.jointOffset() && positions.size() > 1
                        ? client.format.event(id, heard.event(), new ClientOffset(positions).toString())
                        : heard.frame(id, client.format));
    }

    /** Its rooms changed, and so, perhaps, what its offsets speak of. */
    private static void placeAnew(Client client) {
        for (Subscription membership : client.memberships()) {
            if (membership.inside()) {
                membership.room.place(membership);
            }
        }
    }

    private Room room(RoomId id) {
        Room present = rooms.get(id);
        if (present != null) {
            return present;
        }
        Room room = new Room(id, this);
        rooms.put(id, room);
        feed.watch(room);
        return room;
    }

    /** A room's event was given to all who are here. */
    void delivered(LogPosition position) {
        metrics.delivered(position);
    }

    /** Measures how late the loop is, and once a second looks after what moves slowly. */
    private void tick() {
        long now = System.nanoTime();
        metrics.loopLag(now - tickedAt - TICK.toNanos());
        tickedAt = now;
        if (++ticks % TICKS_A_SECOND == 0) {
            List.copyOf(clients.values()).forEach(client -> client.outbox.checkPatience(now));
            metrics.add(tally);
        }
    }

    public int rooms() {
        return rooms.size();
    }

    public long queuedFrames() {
        return tally.queuedFrames;
    }

    public long queuedBytes() {
        return tally.queuedBytes;
    }
}
