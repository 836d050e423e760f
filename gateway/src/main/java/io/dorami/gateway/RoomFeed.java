package io.dorami.gateway;

import io.dorami.contracts.Answer;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.Position;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.Topics;
import io.quarkus.redis.client.RedisClientName;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.RedisConnection;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One raw Redis connection that carries all rooms with members here, and this gateway's answers. A link that broke, or
 * that is silent though the gateway's own heartbeat went out, is made anew; then each room's log is read from its last
 * position, so that clients which stayed connected miss nothing that was logged. State is touched only on the hub's loop.
 */
@ApplicationScoped
class RoomFeed {

    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    /** Three heartbeats: a half-open link is noticed within this. */
    private static final Duration SILENCE = Duration.ofSeconds(3);

    private static final Duration RECONNECT = Duration.ofMillis(250);

    /** What a gap is filled with in one read; well below a client's outbox, for it goes out at once. */
    private static final int GAP_PAGE = 100;

    /** Live events of one room that may wait while its log is read: 20 s of the busiest room. */
    private static final int BEHIND = 1_000;

    private static final String BEAT = "beat";
    private static final Logger LOG = Logger.getLogger(RoomFeed.class);

    private final Redis feed;
    private final Redis commands;
    private final Hub hub;
    private final Vertx vertx;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;
    private final String ownChannel;
    private final Map<RoomId, Room> rooms = new HashMap<>();

    private @Nullable RedisConnection link;
    private volatile long heardAt;
    private volatile boolean up;

    RoomFeed(
            @RedisClientName("feed") Redis feed,
            Redis commands,
            Hub hub,
            Boot boot,
            Vertx vertx,
            GatewayConfig config,
            GatewayMetrics metrics) {
        this.feed = feed;
        this.commands = commands;
        this.hub = hub;
        this.vertx = vertx;
        this.config = config;
        this.metrics = metrics;
        this.ownChannel = Topics.gateway(boot.id());
    }

    /** A room that is subscribed, or about to be. */
    private static final class Room {
        final RoomId id;
        final List<UniEmitter<? super Void>> waiting = new ArrayList<>();

        /** Where what was delivered ends; unknown until the log was read. */
        @Nullable
        Position last;

        /** Live frames that arrived while the log is read; null when nothing is read. */
        @Nullable
        Queue<EventFrame> behind;

        Room(RoomId id) {
            this.id = id;
        }
    }

    void start(@Observes StartupEvent event) {
        hub.run(this::connect);
        vertx.setPeriodic(HEARTBEAT.toMillis(), timer -> beat());
    }

    /** Whether events flow. */
    boolean up() {
        return up;
    }

    /** Completes, on the hub's loop, once everything that the room says from then on arrives here. */
    Uni<Void> watch(RoomId id) {
        return Uni.createFrom().emitter(emitter -> {
            Room room = rooms.get(id);
            if (room == null) {
                room = new Room(id);
                rooms.put(id, room);
                room.waiting.add(emitter);
                subscribe(id);
            } else if (room.last == null) {
                room.waiting.add(emitter);
            } else {
                emitter.complete(null);
            }
        });
    }

    /** The last one left: the room is let go after a while, if nobody came. */
    void unwatch(RoomId id) {
        vertx.setTimer(
                config.roomLinger().toMillis(),
                timer -> hub.run(() -> {
                    Room room = rooms.get(id);
                    if (room != null && room.waiting.isEmpty() && !hub.hasMembers(id)) {
                        rooms.remove(id);
                        send(Command.UNSUBSCRIBE, Topics.roomChannel(id));
                    }
                }));
    }

    private void connect() {
        feed.connect().emitOn(work -> hub.run(work)).subscribe().with(this::connected, e -> {
            LOG.warnf("No link to Redis: %s", e.getMessage());
            reconnectLater();
        });
    }

    private void connected(RedisConnection connection) {
        link = connection;
        heardAt = System.nanoTime();
        connection.handler(message -> hub.run(() -> heard(connection, message)));
        connection.exceptionHandler(e -> hub.run(() -> lost(connection, e.getMessage())));
        connection.endHandler(() -> hub.run(() -> lost(connection, "closed")));
        send(Command.SUBSCRIBE, ownChannel);
        rooms.keySet().forEach(this::subscribe);
    }

    private void lost(RedisConnection connection, @Nullable String reason) {
        if (!connection.equals(link)) {
            return; // said already
        }
        LOG.warnf("The link for subscriptions broke (%s); it is made anew", reason);
        link = null;
        up = false;
        metrics.resubscribed();
        connection.close().subscribe().with(done -> {}, e -> LOG.debug("closing a broken link", e));
        reconnectLater();
    }

    private void reconnectLater() {
        vertx.setTimer(RECONNECT.toMillis(), timer -> hub.run(this::connect));
    }

    private void subscribe(RoomId id) {
        send(Command.SUBSCRIBE, Topics.roomChannel(id));
    }

    private void send(Command command, String channel) {
        RedisConnection connection = link;
        if (connection != null) { // else all is subscribed on connecting
            connection
                    .send(Request.cmd(command).arg(channel))
                    .subscribe()
                    .with(sent -> {}, e -> hub.run(() -> lost(connection, e.getMessage())));
        }
    }

    /** Sends oneself a word; where it does not come back the link is dead, though nothing said so. */
    private void beat() {
        commands.send(Request.cmd(Command.PUBLISH).arg(ownChannel).arg(BEAT))
                .subscribe()
                .with(
                        sent -> hub.run(() -> {
                            RedisConnection connection = link;
                            if (connection != null && System.nanoTime() - heardAt > SILENCE.toNanos()) {
                                lost(connection, "silent");
                            }
                        }),
                        e -> LOG.debugf("no heartbeat: %s", e.getMessage()));
    }

    private void heard(RedisConnection connection, @Nullable Response message) {
        if (!connection.equals(link) || message == null || message.size() < 3) {
            return;
        }
        heardAt = System.nanoTime();
        String channel = message.get(1).toString();
        switch (message.get(0).toString()) {
            case "subscribe" -> subscribed(channel);
            case "message" -> received(channel, message.get(2).toString());
            default -> {} // unsubscribed
        }
    }

    private void subscribed(String channel) {
        if (channel.equals(ownChannel)) {
            up = true;
            LOG.info("Linked to Redis");
            return;
        }
        Room room = rooms.get(Topics.roomOf(channel));
        if (room != null) {
            catchUpAnew(room);
        }
    }

    private void received(String channel, String text) {
        if (!channel.equals(ownChannel)) {
            Room room = rooms.get(Topics.roomOf(channel));
            if (room != null) {
                EventFrame frame = EventFrame.decode(text);
                if (room.behind != null) {
                    room.behind.add(frame);
                    if (room.behind.size() > BEHIND) {
                        catchUpAnew(room); // the log has them
                    }
                } else {
                    deliver(room, frame);
                }
            }
        } else if (!text.equals(BEAT)) {
            hub.answer(Answer.decode(text));
        }
    }

    private void deliver(Room room, EventFrame frame) {
        if (frame.position() != null) {
            Position position = Position.parse(frame.position());
            if (room.last != null && !position.after(room.last)) {
                return; // the log said it already
            }
            room.last = position;
        }
        hub.deliver(room.id, frame);
    }

    private void catchUpAnew(Room room) {
        Queue<EventFrame> behind = new ArrayDeque<>();
        room.behind = behind;
        catchUp(room, behind);
    }

    /**
     * Reads what the log has beyond the last position; a room that is new here only learns where its log ends.
     *
     * @param behind what arrives meanwhile; once the room has another such queue, this reading is out of date
     */
    private void catchUp(Room room, Queue<EventFrame> behind) {
        Position last = room.last;
        String log = Topics.roomEvents(room.id).log();
        Request read = last == null
                ? Request.cmd(Command.XREVRANGE)
                        .arg(log)
                        .arg("+")
                        .arg("-")
                        .arg("COUNT")
                        .arg(1)
                : Request.cmd(Command.XRANGE)
                        .arg(log)
                        .arg("(" + last)
                        .arg("+")
                        .arg("COUNT")
                        .arg(GAP_PAGE);
        commands.send(read)
                .emitOn(work -> hub.run(work))
                .subscribe()
                .with(
                        entries -> {
                            if (outdated(room, behind)) {
                                return;
                            }
                            if (last == null) {
                                room.last = entries.size() == 0
                                        ? Position.BEGINNING
                                        : Position.parse(entries.get(0).get(0).toString());
                            } else {
                                entries.forEach(entry -> deliver(
                                        room,
                                        EventFrame.decode(
                                                entry.get(0).toString(),
                                                entry.get(1).get(1).toString())));
                                if (entries.size() == GAP_PAGE) {
                                    catchUp(room, behind);
                                    return;
                                }
                            }
                            caughtUp(room, behind);
                        },
                        e -> {
                            LOG.warnf("The log of a room could not be read: %s", e.getMessage());
                            vertx.setTimer(
                                    RECONNECT.toMillis(),
                                    timer -> hub.run(() -> {
                                        if (!outdated(room, behind)) {
                                            catchUp(room, behind);
                                        }
                                    }));
                        });
    }

    private void caughtUp(Room room, Queue<EventFrame> behind) {
        room.behind = null;
        behind.forEach(frame -> deliver(room, frame));
        room.waiting.forEach(waiting -> waiting.complete(null));
        room.waiting.clear();
        if (!hub.hasMembers(room.id)) {
            unwatch(room.id); // those who waited have given up
        }
    }

    @SuppressWarnings("ReferenceEquality") // which queue it is, not what is in it
    private static boolean outdated(Room room, Queue<EventFrame> behind) {
        return room.behind != behind;
    }
}
