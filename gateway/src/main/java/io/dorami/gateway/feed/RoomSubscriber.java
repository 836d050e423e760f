package io.dorami.gateway.feed;

import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayInstance;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.auth.AuthenticatedConnections;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.ClientRegistry;
import io.dorami.gateway.hub.PublishedEvent;
import io.dorami.gateway.hub.Replay;
import io.dorami.gateway.hub.Room;
import io.dorami.gateway.hub.RoomSource;
import io.dorami.gateway.transport.EventLoop;
import io.dorami.presence.Presence;
import io.dorami.service.messaging.EventBus;
import io.quarkus.redis.client.RedisClientName;
import io.quarkus.runtime.ShutdownEvent;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One raw Redis connection that receives the events of all rooms with members here, replies to this gateway's clients,
 * and revocation notices. A message is decoded once and passed to the event loops that have members of its room. A
 * connection that broke, or on which not even the gateway's own heartbeat arrives, is replaced. Then each room's log is
 * read from its last position, so that clients which stayed connected miss no logged event. Has its own event loop and
 * is touched only there.
 */
@ApplicationScoped
public class RoomSubscriber implements RoomSource {

    /**
     * A third of the idle time after which the connection is closed: {@code quarkus.redis.feed.tcp.read-idle-timeout}.
     */
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(1);

    private static final Duration RECONNECT_DELAY = Duration.ofMillis(250);

    /** Log entries per read: at about 500 bytes each, 128 KB. */
    private static final int PAGE_SIZE = 256;

    /** Maximum live events of one room that are buffered while its log is read: 20 s of the busiest room. */
    private static final int MAX_BUFFERED_EVENTS = 1_000;

    /** Time to keep the older part of a log after it was read. Clients of a lost gateway reconnect within this time. */
    private static final Duration OLDER_EVENTS_RETENTION = Duration.ofSeconds(30);

    private static final String HEARTBEAT_MESSAGE = "beat";
    private static final Logger LOG = Logger.getLogger(RoomSubscriber.class);

    private final Redis subscriptionRedis;
    private final Redis commands;
    private final EventBus bus;
    private final Presence presence;
    private final ClientRegistry clients;
    private final AuthenticatedConnections authenticatedConnections;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;
    private final EventLoop loop;
    private final String ownChannel;
    private final Map<RoomId, RoomLogTail> logs = new HashMap<>();

    private @Nullable RedisConnection currentConnection;
    private volatile boolean isConnected;
    private volatile boolean isStopped;

    RoomSubscriber(
            @RedisClientName("feed") Redis subscriptionRedis,
            Redis commands,
            EventBus bus,
            Presence presence,
            ClientRegistry clients,
            AuthenticatedConnections authenticatedConnections,
            GatewayInstance instance,
            Vertx vertx,
            GatewayConfig config,
            GatewayMetrics metrics) {
        this.subscriptionRedis = subscriptionRedis;
        this.commands = commands;
        this.bus = bus;
        this.presence = presence;
        this.clients = clients;
        this.authenticatedConnections = authenticatedConnections;
        this.config = config;
        this.metrics = metrics;
        this.loop = new EventLoop(vertx);
        this.ownChannel = RedisKeys.gatewayChannel(instance.id());
    }

    /** A room that is subscribed, or about to be, and the end of its log. */
    private static final class RoomLogTail {
        final RoomId id;

        /** The room's parts on the event loops that have members. */
        final Set<Room> rooms = new LinkedHashSet<>();

        /** Work to run once the log is caught up. */
        final List<Runnable> deferredWork = new ArrayList<>(1);

        /** The last delivered events; null until the log was read. */
        @Nullable
        ReplayBuffer replayBuffer;

        /** Live events that arrive while the log is read; null if no read is pending. */
        @Nullable
        Queue<PublishedEvent> liveEvents;

        /** Callbacks for the pending read of older events; null if no read is pending. */
        @Nullable
        List<Consumer<Boolean>> olderReadCallbacks;

        /** Time until which the older events are kept. */
        long olderEventsExpireAt = System.nanoTime();

        RoomLogTail(RoomId id) {
            this.id = id;
        }
    }

    void start(@Observes StartupEvent event) {
        loop.execute(this::connect);
        loop.schedulePeriodically(HEARTBEAT_INTERVAL, this::sendHeartbeat);
    }

    /** The Redis client closes its connections after this event, which is not a loss. */
    void stop(@Observes ShutdownEvent event) {
        isStopped = true;
    }

    /** Returns true while the subscription connection to Redis works. */
    boolean isConnected() {
        return isConnected;
    }

    /**
     * Subscribes the part of a room on one event loop. Reports the start position to the part, then passes on every
     * later event.
     */
    @Override
    public void subscribe(Room room) {
        loop.execute(() -> {
            RoomLogTail log = logs.get(room.id);
            if (log == null) {
                log = new RoomLogTail(room.id);
                logs.put(room.id, log);
                subscribeChannel(room.id);
            }
            RoomLogTail subscribed = log;
            whenCaughtUp(subscribed, buffer -> {
                subscribed.rooms.add(room);
                LogPosition position = buffer.lastPosition();
                room.shard.loop.execute(() -> room.onSubscribed(position));
            });
        });
    }

    /**
     * Unsubscribes the part of a room on one event loop. After the last part, the room is unsubscribed from Redis with
     * a delay, unless a client joins.
     */
    @Override
    public void unsubscribe(Room room) {
        loop.execute(() -> {
            RoomLogTail log = logs.get(room.id);
            if (log != null) {
                whenCaughtUp(log, buffer -> {
                    log.rooms.remove(room);
                    scheduleUnsubscribe(log);
                });
            }
        });
    }

    private void scheduleUnsubscribe(RoomLogTail log) {
        loop.schedule(config.unsubscribeDelay(), () -> {
            if (log.rooms.isEmpty() && log.deferredWork.isEmpty() && logs.remove(log.id, log)) {
                send(Command.UNSUBSCRIBE, RedisKeys.roomChannel(log.id));
            }
        });
    }

    /**
     * Finds the events of a subscribed room after a position. Served from memory. If the replay buffer does not reach
     * back to the position, older events are read from Redis, once for all concurrent callers.
     *
     * @return empty if the log no longer contains the position, or never did; emitted on this subscriber's loop
     */
    public Uni<Optional<Replay>> replaySince(RoomId id, LogPosition since) {
        return Uni.createFrom()
                .emitter(emitter -> loop.execute(() -> {
                    RoomLogTail log = logs.get(id);
                    if (log == null) {
                        emitter.complete(Optional.empty());
                    } else {
                        whenCaughtUp(log, buffer -> replaySince(log, buffer, since, true, emitter));
                    }
                }));
    }

    private void replaySince(
            RoomLogTail log,
            ReplayBuffer buffer,
            LogPosition since,
            boolean canReadLog,
            UniEmitter<? super Optional<Replay>> emitter) {
        boolean isNewer = since.isAfter(buffer.lastPosition());
        boolean isOlder = buffer.startPosition().isAfter(since);
        if (canReadLog && isNewer) { // another gateway received the event first
            startCatchUp(log);
            whenCaughtUp(log, current -> replaySince(log, current, since, false, emitter));
        } else if (canReadLog && isOlder && !buffer.reachesLogStart()) {
            readOlder(
                    log,
                    buffer,
                    success -> whenCaughtUp(log, current -> replaySince(log, current, since, success, emitter)));
        } else {
            emitter.complete(isNewer || isOlder ? Optional.empty() : buffer.replayAfter(since));
        }
    }

    /**
     * Reads the events before the replay buffer, once for all concurrent callers. Reports to each whether the read
     * succeeded.
     */
    private void readOlder(RoomLogTail log, ReplayBuffer buffer, Consumer<Boolean> callback) {
        if (log.olderReadCallbacks != null) {
            log.olderReadCallbacks.add(callback);
            return;
        }
        log.olderReadCallbacks = new ArrayList<>(List.of(callback));
        log.olderEventsExpireAt = System.nanoTime() + OLDER_EVENTS_RETENTION.toNanos();
        commands.send(Request.cmd(Command.XREVRANGE)
                        .arg(RedisKeys.roomKeys(log.id).log())
                        .arg(buffer.startPosition().toString())
                        .arg("-")
                        .arg("COUNT")
                        .arg(PAGE_SIZE))
                .emitOn(loop::execute)
                .subscribe()
                .with(
                        entries -> {
                            buffer.addOlder(decodeEvents(log.id, entries), entries.size() < PAGE_SIZE);
                            notifyOlderRead(log, true);
                        },
                        e -> {
                            LOG.warnf("Room log read failed: room=%s reason=%s", log.id, e.getMessage());
                            notifyOlderRead(log, false);
                        });
    }

    private static void notifyOlderRead(RoomLogTail log, boolean success) {
        List<Consumer<Boolean>> callbacks = log.olderReadCallbacks;
        log.olderReadCallbacks = null;
        if (callbacks != null) {
            callbacks.forEach(callback -> callback.accept(success));
        }
    }

    /** Runs the work at once, or as soon as the log is caught up. */
    private void whenCaughtUp(RoomLogTail log, Consumer<ReplayBuffer> work) {
        if (log.replayBuffer != null && log.liveEvents == null) {
            work.accept(log.replayBuffer);
        } else {
            log.deferredWork.add(() -> whenCaughtUp(log, work));
        }
    }

    private void connect() {
        subscriptionRedis.connect().emitOn(loop::execute).subscribe().with(this::onConnected, e -> {
            LOG.warnf("Redis subscription connection failed: reason=%s", e.getMessage());
            loop.schedule(RECONNECT_DELAY, this::connect);
        });
    }

    private void onConnected(RedisConnection connection) {
        currentConnection = connection;
        connection.handler(message -> loop.execute(() -> onMessage(connection, message)));
        connection.exceptionHandler(e -> loop.execute(() -> onDisconnected(connection, e.getMessage())));
        connection.endHandler(() -> loop.execute(() -> onDisconnected(connection, "closed")));
        send(Command.SUBSCRIBE, ownChannel);
        RedisKeys.revocationPatterns().forEach(pattern -> send(Command.PSUBSCRIBE, pattern));
        logs.keySet().forEach(this::subscribeChannel);
    }

    private void onDisconnected(RedisConnection connection, @Nullable String reason) {
        if (isStopped || !connection.equals(currentConnection)) {
            return; // expected, or already reported
        }
        LOG.warnf("Redis subscription connection lost, reconnecting: reason=%s", reason);
        currentConnection = null;
        isConnected = false;
        metrics.recordResubscription();
        connection.close().subscribe().with(done -> {}, e -> LOG.debug("Closing a broken Redis connection failed", e));
        loop.schedule(RECONNECT_DELAY, this::connect);
    }

    private void subscribeChannel(RoomId id) {
        send(Command.SUBSCRIBE, RedisKeys.roomChannel(id));
    }

    private void send(Command command, String channel) {
        RedisConnection connection = currentConnection;
        if (connection != null) { // otherwise all rooms are subscribed on connecting
            connection
                    .send(Request.cmd(command).arg(channel))
                    .subscribe()
                    .with(sent -> {}, e -> loop.execute(() -> onDisconnected(connection, e.getMessage())));
        }
    }

    /** Publishes a heartbeat to our own channel, so that a live connection is never idle and an idle one is closed. */
    private void sendHeartbeat() {
        commands.send(Request.cmd(Command.PUBLISH).arg(ownChannel).arg(HEARTBEAT_MESSAGE))
                .subscribe()
                .with(sent -> {}, e -> LOG.debugf("Heartbeat failed: reason=%s", e.getMessage()));
        logs.values().forEach(this::trim);
    }

    private void onMessage(RedisConnection connection, @Nullable Response message) {
        if (!connection.equals(currentConnection) || message == null || message.size() < 3) {
            return;
        }
        String channel = message.get(1).toString();
        switch (message.get(0).toString()) {
            case "subscribe" -> onSubscribed(channel);
            case "message" -> onPublished(channel, message.get(2).toString());
            case "psubscribe" -> authenticatedConnections.onNoticesSubscribed();
            case "pmessage" ->
                authenticatedConnections.signOutRevoked(
                        RedisKeys.keyFromNotification(message.get(2).toString()));
            default -> {} // unsubscribed
        }
    }

    private void onSubscribed(String channel) {
        if (channel.equals(ownChannel)) {
            isConnected = true;
            LOG.info("Redis subscription connection ready");
            return;
        }
        RoomLogTail log = logs.get(RedisKeys.roomFromChannel(channel));
        if (log != null) {
            if (log.replayBuffer != null && log.id.type() == RoomType.STREAM) {
                republishViewerCount(log.id.key());
            }
            startCatchUp(log);
        }
    }

    /**
     * Publishes the viewer count again, because counts are not logged and may have been missed during the disconnect.
     */
    private void republishViewerCount(StreamKey key) {
        presence.republishCount(key)
                .onFailure()
                .retry()
                .withBackOff(RECONNECT_DELAY)
                .atMost(3)
                .subscribe()
                .with(
                        done -> {},
                        e -> LOG.warnf("Viewer count not republished: stream=%s reason=%s", key, e.getMessage()));
    }

    private void onPublished(String channel, String text) {
        if (!channel.equals(ownChannel)) {
            RoomLogTail log = logs.get(RedisKeys.roomFromChannel(channel));
            if (log != null) {
                receive(log, PublishedEvent.of(log.id, EventFrame.decode(text)));
            }
        } else if (!text.equals(HEARTBEAT_MESSAGE)) {
            Reply reply = Reply.decode(text);
            Client client = clients.get(reply.to().connection());
            if (client != null) {
                client.shard.loop.execute(() -> client.shard.reply(client, reply));
            }
        }
    }

    private void receive(RoomLogTail log, PublishedEvent published) {
        if (log.liveEvents == null) {
            deliver(log, published);
            return;
        }
        log.liveEvents.add(published);
        if (log.liveEvents.size() > MAX_BUFFERED_EVENTS) {
            startCatchUp(log); // the log contains them
        }
    }

    private void deliver(RoomLogTail log, PublishedEvent published) {
        ReplayBuffer buffer = log.replayBuffer;
        LogPosition position = published.position();
        if (position != null && buffer != null) {
            if (!position.isAfter(buffer.lastPosition())) {
                return; // already read from the log
            }
            buffer.add(published, position);
            trim(log);
        }
        forward(log, published);
    }

    private static void forward(RoomLogTail log, PublishedEvent published) {
        for (Room room : log.rooms) {
            room.shard.loop.execute(() -> room.shard.deliver(room, published));
        }
    }

    private void trim(RoomLogTail log) {
        ReplayBuffer buffer = log.replayBuffer;
        if (buffer != null && System.nanoTime() - log.olderEventsExpireAt > 0) {
            buffer.trim(config.maxReplayEvents(), config.maxReplayBytes().asLongValue());
        }
    }

    private void startCatchUp(RoomLogTail log) {
        Queue<PublishedEvent> liveEvents = new ArrayDeque<>();
        log.liveEvents = liveEvents;
        catchUp(log, liveEvents);
    }

    /**
     * Reads the log after the last position; for a new room, reads only the last position.
     *
     * @param liveEvents buffer of events that arrive during the read; the read is outdated once the log has another
     *     buffer
     */
    private void catchUp(RoomLogTail log, Queue<PublishedEvent> liveEvents) {
        ReplayBuffer buffer = log.replayBuffer;
        Uni<Boolean> lastPageRead =
                buffer == null ? readLastPosition(log, liveEvents) : readNextPage(log, buffer, liveEvents);
        lastPageRead
                .emitOn(loop::execute)
                .subscribe()
                .with(
                        isLastPage -> {
                            if (isOutdated(log, liveEvents)) {
                                return;
                            }
                            if (isLastPage) {
                                finishCatchUp(log, liveEvents);
                            } else {
                                catchUp(log, liveEvents);
                            }
                        },
                        e -> {
                            LOG.warnf("Room log read failed: room=%s reason=%s", log.id, e.getMessage());
                            loop.schedule(RECONNECT_DELAY, () -> {
                                if (!isOutdated(log, liveEvents)) {
                                    catchUp(log, liveEvents);
                                }
                            });
                        });
    }

    /**
     * Reads the log's last position, and creates the log if the room has none. If the log was lost, the members'
     * position is replaced too, because a client could not resume from one of the lost log.
     */
    private Uni<Boolean> readLastPosition(RoomLogTail log, Queue<PublishedEvent> liveEvents) {
        return bus.openLog(RedisKeys.roomKeys(log.id)).emitOn(loop::execute).map(position -> {
            if (!isOutdated(log, liveEvents)) {
                log.replayBuffer = new ReplayBuffer(LogPosition.parse(position));
                forward(log, PublishedEvent.of(log.id, EventFrame.decode(position, EventFrame.MARKER.body())));
            }
            return true;
        });
    }

    /** Delivers the next page of the log. Returns true if the page was the last. */
    private Uni<Boolean> readNextPage(RoomLogTail log, ReplayBuffer buffer, Queue<PublishedEvent> liveEvents) {
        return commands.send(Request.cmd(Command.XRANGE)
                        .arg(RedisKeys.roomKeys(log.id).log())
                        .arg(buffer.lastPosition().toString()) // inclusive, to check that the log still contains it
                        .arg("+")
                        .arg("COUNT")
                        .arg(PAGE_SIZE))
                .emitOn(loop::execute)
                .chain(entries -> {
                    if (isOutdated(log, liveEvents)) {
                        return Uni.createFrom().item(true);
                    }
                    List<PublishedEvent> events = decodeEvents(log.id, entries);
                    boolean isContinuous = !events.isEmpty()
                            && buffer.lastPosition().equals(events.getFirst().position());
                    if (!isContinuous) {
                        LOG.warnf("Room log was trimmed before it was read: room=%s", log.id);
                        metrics.recordTrimmedLog();
                        log.replayBuffer = null;
                        if (events.isEmpty()) {
                            return readLastPosition(log, liveEvents);
                        }
                        PublishedEvent first = events.getFirst();
                        forward(log, first);
                        log.replayBuffer = new ReplayBuffer(Objects.requireNonNull(first.position()));
                    }
                    events.forEach(event -> deliver(log, event));
                    return Uni.createFrom().item(entries.size() < PAGE_SIZE);
                });
    }

    private void finishCatchUp(RoomLogTail log, Queue<PublishedEvent> liveEvents) {
        log.liveEvents = null;
        liveEvents.forEach(published -> deliver(log, published));
        List<Runnable> deferred = List.copyOf(log.deferredWork);
        log.deferredWork.clear();
        deferred.forEach(Runnable::run);
    }

    private static List<PublishedEvent> decodeEvents(RoomId room, Response entries) {
        List<PublishedEvent> events = new ArrayList<>(entries.size());
        entries.forEach(entry -> events.add(PublishedEvent.of(
                room,
                EventFrame.decode(entry.get(0).toString(), entry.get(1).get(1).toString()))));
        return events;
    }

    @SuppressWarnings("ReferenceEquality") // identity of the queue, not its content
    private static boolean isOutdated(RoomLogTail log, Queue<PublishedEvent> liveEvents) {
        return log.liveEvents != liveEvents;
    }
}
