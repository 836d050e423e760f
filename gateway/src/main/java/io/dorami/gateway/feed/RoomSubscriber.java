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
import io.dorami.gateway.transport.EventLoop;
import io.dorami.presence.Presence;
import io.dorami.service.messaging.EventBus;
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
 * One raw Redis connection that carries all rooms with members here, this gateway's answers, and word of revocations. A
 * message is read once and handed to the event loops that have members of its room. A link that broke, or on which not even
 * the gateway's own heartbeat comes, is made anew; then each room's log is read from its last position, so that clients which
 * stayed connected miss nothing that was logged. Has a loop of its own and is touched only there.
 */
@ApplicationScoped
public class RoomSubscriber {

    /** A third of the silence after which the link is closed: {@code quarkus.redis.feed.tcp.read-idle-timeout}. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private static final Duration RECONNECT = Duration.ofMillis(250);

    /** What is read of a log at once: at about 500 bytes each, 128 KB. */
    private static final int PAGE = 256;

    /** Live events of one room that may wait while its log is read: 20 s of the busiest room. */
    private static final int BEHIND = 1_000;

    /** How long the older part of a log, once it was asked for, stays: clients of a lost gateway are back within this. */
    private static final Duration OLDER_STAYS = Duration.ofSeconds(30);

    private static final String BEAT = "beat";
    private static final Logger LOG = Logger.getLogger(RoomSubscriber.class);

    private final Redis feed;
    private final Redis commands;
    private final EventBus bus;
    private final Presence presence;
    private final ClientRegistry clients;
    private final AuthenticatedConnections sessions;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;
    private final EventLoop loop;
    private final String ownChannel;
    private final Map<RoomId, RoomLogTail> logs = new HashMap<>();

    private @Nullable RedisConnection link;
    private volatile boolean up;

    RoomSubscriber(
            @RedisClientName("feed") Redis feed,
            Redis commands,
            EventBus bus,
            Presence presence,
            ClientRegistry clients,
            AuthenticatedConnections sessions,
            GatewayInstance boot,
            Vertx vertx,
            GatewayConfig config,
            GatewayMetrics metrics) {
        this.feed = feed;
        this.commands = commands;
        this.bus = bus;
        this.presence = presence;
        this.clients = clients;
        this.sessions = sessions;
        this.config = config;
        this.metrics = metrics;
        this.loop = new EventLoop(vertx);
        this.ownChannel = RedisKeys.gateway(boot.id());
    }

    /** A room that is subscribed, or about to be. */
    private static final class RoomLogTail {
        final RoomId id;

        /** Where its members are. */
        final Set<Room> parts = new LinkedHashSet<>();

        /** What is to be done once nothing is read of it. */
        final List<Runnable> waiting = new ArrayList<>(1);

        /** What was delivered last; unknown until the log was read. */
        @Nullable
        ReplayBuffer recent;

        /** Live frames that arrived while the log is read; null when nothing is read. */
        @Nullable
        Queue<PublishedEvent> behind;

        /** What is to be done once an older part has come; null when none is read. */
        @Nullable
        List<Consumer<Boolean>> older;

        /** Until when the older part is kept. */
        long olderUntil = System.nanoTime();

        RoomLogTail(RoomId id) {
            this.id = id;
        }
    }

    void start(@Observes StartupEvent event) {
        loop.run(this::connect);
        loop.every(HEARTBEAT, this::beat);
    }

    /** Whether events flow. */
    boolean up() {
        return up;
    }

    /** From now on every event of the room is given to this part of it, once that has been told where they begin. */
    public void watch(Room part) {
        loop.run(() -> {
            RoomLogTail log = logs.get(part.id);
            if (log == null) {
                log = new RoomLogTail(part.id);
                logs.put(part.id, log);
                subscribe(part.id);
            }
            RoomLogTail there = log;
            whenSettled(there, recent -> {
                there.parts.add(part);
                LogPosition position = recent.last();
                part.shard.loop.run(() -> part.watched(position));
            });
        });
    }

    /** No more of that. The last one left: the room is let go after a while, if nobody comes. */
    public void unwatch(Room part) {
        loop.run(() -> {
            RoomLogTail log = logs.get(part.id);
            if (log != null) {
                whenSettled(log, recent -> {
                    log.parts.remove(part);
                    letGoLater(log);
                });
            }
        });
    }

    private void letGoLater(RoomLogTail log) {
        loop.after(config.roomLinger(), () -> {
            if (log.parts.isEmpty() && log.waiting.isEmpty() && logs.remove(log.id, log)) {
                send(Command.UNSUBSCRIBE, RedisKeys.roomChannel(log.id));
            }
        });
    }

    /**
     * What a room's log has since a position; for a room that is watched. Served from memory; where that does not reach
     * back, the older part is read from Redis once for all who ask.
     *
     * @return nothing where the position is not in the log any more, or never was; on this feed's loop
     */
    public Uni<Optional<Replay>> since(RoomId id, LogPosition since) {
        return Uni.createFrom()
                .emitter(emitter -> loop.run(() -> {
                    RoomLogTail log = logs.get(id);
                    if (log == null) {
                        emitter.complete(Optional.empty());
                    } else {
                        whenSettled(log, recent -> since(log, recent, since, true, emitter));
                    }
                }));
    }

    private void since(
            RoomLogTail log,
            ReplayBuffer recent,
            LogPosition since,
            boolean ask,
            UniEmitter<? super Optional<Replay>> emitter) {
        boolean newer = since.after(recent.last());
        boolean older = recent.floor().after(since);
        if (ask && newer) { // another gateway heard of it before this one
            catchUpAnew(log);
            whenSettled(log, then -> since(log, then, since, false, emitter));
        } else if (ask && older && !recent.isWhole()) {
            readOlder(log, recent, read -> whenSettled(log, then -> since(log, then, since, read, emitter)));
        } else {
            emitter.complete(newer || older ? Optional.empty() : recent.after(since));
        }
    }

    /** Reads what comes before the part in memory, once for all who want it; tells them whether that worked. */
    private void readOlder(RoomLogTail log, ReplayBuffer recent, Consumer<Boolean> then) {
        if (log.older != null) {
            log.older.add(then);
            return;
        }
        log.older = new ArrayList<>(List.of(then));
        log.olderUntil = System.nanoTime() + OLDER_STAYS.toNanos();
        commands.send(Request.cmd(Command.XREVRANGE)
                        .arg(RedisKeys.roomEvents(log.id).log())
                        .arg(recent.floor().toString())
                        .arg("-")
                        .arg("COUNT")
                        .arg(PAGE))
                .emitOn(loop::run)
                .subscribe()
                .with(
                        entries -> {
                            recent.addOlder(heard(entries), entries.size() < PAGE);
                            olderRead(log, true);
                        },
                        e -> {
                            LOG.warnf("The log of a room could not be read: %s", e.getMessage());
                            olderRead(log, false);
                        });
    }

    private static void olderRead(RoomLogTail log, boolean done) {
        List<Consumer<Boolean>> waiting = log.older;
        log.older = null;
        if (waiting != null) {
            waiting.forEach(then -> then.accept(done));
        }
    }

    /** At once, or when what is read of the log has come. */
    private void whenSettled(RoomLogTail log, Consumer<ReplayBuffer> work) {
        if (log.recent != null && log.behind == null) {
            work.accept(log.recent);
        } else {
            log.waiting.add(() -> whenSettled(log, work));
        }
    }

    private void connect() {
        feed.connect().emitOn(loop::run).subscribe().with(this::connected, e -> {
            LOG.warnf("No link to Redis: %s", e.getMessage());
            loop.after(RECONNECT, this::connect);
        });
    }

    private void connected(RedisConnection connection) {
        link = connection;
        connection.handler(message -> loop.run(() -> heard(connection, message)));
        connection.exceptionHandler(e -> loop.run(() -> lost(connection, e.getMessage())));
        connection.endHandler(() -> loop.run(() -> lost(connection, "closed")));
        send(Command.SUBSCRIBE, ownChannel);
        RedisKeys.revocationNotices().forEach(pattern -> send(Command.PSUBSCRIBE, pattern));
        logs.keySet().forEach(this::subscribe);
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
        loop.after(RECONNECT, this::connect);
    }

    private void subscribe(RoomId id) {
        send(Command.SUBSCRIBE, RedisKeys.roomChannel(id));
    }

    private void send(Command command, String channel) {
        RedisConnection connection = link;
        if (connection != null) { // else all is subscribed on connecting
            connection
                    .send(Request.cmd(command).arg(channel))
                    .subscribe()
                    .with(sent -> {}, e -> loop.run(() -> lost(connection, e.getMessage())));
        }
    }

    /** Sends oneself a word, so that a link which lives is never silent: one that is silent gets closed. */
    private void beat() {
        commands.send(Request.cmd(Command.PUBLISH).arg(ownChannel).arg(BEAT))
                .subscribe()
                .with(sent -> {}, e -> LOG.debugf("no heartbeat: %s", e.getMessage()));
        logs.values().forEach(this::trim);
    }

    private void heard(RedisConnection connection, @Nullable Response message) {
        if (!connection.equals(link) || message == null || message.size() < 3) {
            return;
        }
        String channel = message.get(1).toString();
        switch (message.get(0).toString()) {
            case "subscribe" -> subscribed(channel);
            case "message" -> received(channel, message.get(2).toString());
            case "psubscribe" -> sessions.listening();
            case "pmessage" -> sessions.revoked(RedisKeys.keyOf(message.get(2).toString()));
            default -> {} // unsubscribed
        }
    }

    private void subscribed(String channel) {
        if (channel.equals(ownChannel)) {
            up = true;
            LOG.info("Linked to Redis");
            return;
        }
        RoomLogTail log = logs.get(RedisKeys.roomOf(channel));
        if (log != null) {
            if (log.recent != null && log.id.type() == RoomType.STREAM) {
                tellCountAgain(log.id.key());
            }
            catchUpAnew(log);
        }
    }

    /** Counts are in no log: what was told while the link was broken is told again. */
    private void tellCountAgain(StreamKey key) {
        presence.tellAgain(key)
                .onFailure()
                .retry()
                .withBackOff(RECONNECT)
                .atMost(3)
                .subscribe()
                .with(done -> {}, e -> LOG.warnf("A room may have missed its count: %s", e.getMessage()));
    }

    private void received(String channel, String text) {
        if (!channel.equals(ownChannel)) {
            RoomLogTail log = logs.get(RedisKeys.roomOf(channel));
            if (log != null) {
                received(log, PublishedEvent.of(EventFrame.decode(text)));
            }
        } else if (!text.equals(BEAT)) {
            Reply answer = Reply.decode(text);
            Client client = clients.get(answer.to().connection());
            if (client != null) {
                client.shard.loop.run(() -> client.shard.answer(client, answer));
            }
        }
    }

    private void received(RoomLogTail log, PublishedEvent heard) {
        if (log.behind == null) {
            deliver(log, heard);
            return;
        }
        log.behind.add(heard);
        if (log.behind.size() > BEHIND) {
            catchUpAnew(log); // the log has them
        }
    }

    private void deliver(RoomLogTail log, PublishedEvent heard) {
        ReplayBuffer recent = log.recent;
        LogPosition position = heard.position();
        if (position != null && recent != null) {
            if (!position.after(recent.last())) {
                return; // the log said it already
            }
            recent.add(heard, position);
            trim(log);
        }
        tell(log, heard);
    }

    private static void tell(RoomLogTail log, PublishedEvent heard) {
        for (Room part : log.parts) {
            part.shard.loop.run(() -> part.shard.deliver(part, heard));
        }
    }

    private void trim(RoomLogTail log) {
        ReplayBuffer recent = log.recent;
        if (recent != null && System.nanoTime() - log.olderUntil > 0) {
            recent.trim(config.recentEvents(), config.recentBytes().asLongValue());
        }
    }

    private void catchUpAnew(RoomLogTail log) {
        Queue<PublishedEvent> behind = new ArrayDeque<>();
        log.behind = behind;
        catchUp(log, behind);
    }

    /**
     * Reads what the log has beyond the last position; of a room that is new here only where its log ends.
     *
     * @param behind what arrives meanwhile; once the log has another such queue, this reading is out of date
     */
    private void catchUp(RoomLogTail log, Queue<PublishedEvent> behind) {
        ReplayBuffer recent = log.recent;
        Uni<Boolean> all = recent == null ? begin(log, behind) : readOn(log, recent, behind);
        all.emitOn(loop::run)
                .subscribe()
                .with(
                        whole -> {
                            if (isOutdated(log, behind)) {
                                return;
                            }
                            if (whole) {
                                caughtUp(log, behind);
                            } else {
                                catchUp(log, behind);
                            }
                        },
                        e -> {
                            LOG.warnf("The log of a room could not be read: %s", e.getMessage());
                            loop.after(RECONNECT, () -> {
                                if (!isOutdated(log, behind)) {
                                    catchUp(log, behind);
                                }
                            });
                        });
    }

    /** Learns where the log ends; a room without one gets it. */
    private Uni<Boolean> begin(RoomLogTail log, Queue<PublishedEvent> behind) {
        return bus.begin(RedisKeys.roomEvents(log.id)).emitOn(loop::run).map(position -> {
            if (!isOutdated(log, behind)) {
                log.recent = new ReplayBuffer(LogPosition.parse(position));
            }
            return true;
        });
    }

    /** Delivers the next page of the log; answers whether it was the last one. */
    private Uni<Boolean> readOn(RoomLogTail log, ReplayBuffer recent, Queue<PublishedEvent> behind) {
        return commands.send(Request.cmd(Command.XRANGE)
                        .arg(RedisKeys.roomEvents(log.id).log())
                        .arg(recent.last().toString()) // itself too, which tells whether the log still has it
                        .arg("+")
                        .arg("COUNT")
                        .arg(PAGE))
                .emitOn(loop::run)
                .chain(entries -> {
                    if (isOutdated(log, behind)) {
                        return Uni.createFrom().item(true);
                    }
                    List<PublishedEvent> events = heard(entries);
                    boolean goesOn = !events.isEmpty()
                            && recent.last().equals(events.getFirst().position());
                    if (!goesOn) {
                        LOG.warnf("A log of kind %s lost its past", log.id.type());
                        metrics.pastLost();
                        log.recent = null;
                        if (events.isEmpty()) {
                            return begin(log, behind);
                        }
                        PublishedEvent first = events.getFirst();
                        tell(log, first);
                        log.recent = new ReplayBuffer(Objects.requireNonNull(first.position()));
                    }
                    events.forEach(event -> deliver(log, event));
                    return Uni.createFrom().item(entries.size() < PAGE);
                });
    }

    private void caughtUp(RoomLogTail log, Queue<PublishedEvent> behind) {
        log.behind = null;
        behind.forEach(heard -> deliver(log, heard));
        List<Runnable> waiting = List.copyOf(log.waiting);
        log.waiting.clear();
        waiting.forEach(Runnable::run);
    }

    private static List<PublishedEvent> heard(Response entries) {
        List<PublishedEvent> events = new ArrayList<>(entries.size());
        entries.forEach(entry -> events.add(PublishedEvent.of(
                EventFrame.decode(entry.get(0).toString(), entry.get(1).get(1).toString()))));
        return events;
    }

    @SuppressWarnings("ReferenceEquality") // which queue it is, not what is in it
    private static boolean isOutdated(RoomLogTail log, Queue<PublishedEvent> behind) {
        return log.behind != behind;
    }
}
