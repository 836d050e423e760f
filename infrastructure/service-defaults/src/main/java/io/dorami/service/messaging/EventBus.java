package io.dorami.service.messaging;

import io.dorami.contracts.Json;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.ClientEvent;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RedisKeys.RoomKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.redis.RedisScript;
import io.dorami.service.redis.SequentialRedisConnection;
import io.dorami.service.redis.SequentialRequests;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.service.runtime.Timeouts;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one way in which services talk: events to rooms, messages to inboxes, answers to connections. */
@ApplicationScoped
public class EventBus {

    private static final RedisScript PUBLISH = RedisScript.load("publish");
    private static final RedisScript BEGIN = RedisScript.load("begin");
    private static final RedisScript RELAY = RedisScript.load("relay");
    private static final RedisScript ENQUEUE = RedisScript.load("enqueue");
    private static final int UNLIMITED = 0;
    private static final Duration UNUSED_LOG = Duration.ofHours(1);

    /** A client waits a second for an error that it can do something about. */
    private static final Duration ENQUEUE_PATIENCE = Duration.ofMillis(900);

    private final Redis redis;
    private final SequentialRedisConnection commands;
    private final DoramiConfig config;
    private final @Nullable SequentialRequests lane;

    @Inject
    public EventBus(Redis redis, DoramiConfig config) {
        this(redis, new SequentialRedisConnection(redis.getDelegate()), config, null);
    }

    private EventBus(
            Redis redis, SequentialRedisConnection commands, DoramiConfig config, @Nullable SequentialRequests lane) {
        this.redis = redis;
        this.commands = commands;
        this.config = config;
        this.lane = lane;
    }

    /** The same, where what is published and answered keeps its place in a lane. */
    public EventBus in(SequentialRequests lane) {
        return new EventBus(redis, commands, config, lane);
    }

    /** A lane for what keeps its order outside of an inbox too. */
    public SequentialRequests lane() {
        return commands.lane();
    }

    /** The event as it travels. */
    public static EventFrame frame(ClientEvent event) {
        return EventFrame.of(event, Json.write(event));
    }

    /** The same for one room, whose kind must be the event's. */
    static EventFrame frame(RoomId room, RoomEvent event) {
        if (room.type() != event.channel()) {
            throw new IllegalArgumentException(event.name() + " does not happen in " + room);
        }
        return frame(event);
    }

    /** Publishes an event to a room; logged or not as its delivery class says. */
    public Uni<Void> publish(RoomKeys topic, RoomEvent event) {
        return publish(topic, frame(topic.room(), event), null).replaceWithVoid();
    }

    /**
     * Publishes an event once for all time that {@link DoramiConfig#onceTime()} remembers.
     *
     * @param dedupe the same for every repeat of the same event in this room, at most 200 characters
     * @return the event's position in the room's log, of the first time for a repeat
     */
    public Uni<String> publishOnce(RoomKeys topic, RoomEvent event, String dedupe) {
        if (!event.delivery().logged()) {
            throw new IllegalArgumentException("Only a logged event has a memory: " + event.name());
        }
        return publish(topic, frame(topic.room(), event), dedupe);
    }

    /**
     * Answers the newest position in a room's log, which has one from then on. A log to which nothing is added is kept for
     * an hour, for anybody may ask for any room.
     */
    public Uni<String> begin(RoomKeys topic) {
        return BEGIN.run(
                        redis,
                        List.of(topic.log()),
                        List.of(
                                config.publishVerb(),
                                topic.channel(),
                                EventFrame.MARKER.body(),
                                String.valueOf(UNUSED_LOG.toSeconds())))
                .map(Response::toString);
    }

    Uni<String> publish(RoomKeys topic, EventFrame frame, @Nullable String dedupe) {
        if (!frame.delivery().logged()) {
            return send(Command.PUBLISH, topic.channel(), frame.encode()).map(subscribers -> "");
        }
        List<String> keys =
                dedupe == null ? List.of(topic.log()) : List.of(topic.log(), RedisKeys.once(topic.room(), dedupe));
        return run(
                        PUBLISH,
                        keys,
                        List.of(
                                config.publishVerb(),
                                topic.channel(),
                                frame.body(),
                                String.valueOf(topic.room().type().logEntries()),
                                String.valueOf(config.logTime().toSeconds()),
                                String.valueOf(config.onceTime().toSeconds())))
                .map(Response::toString);
    }

    /**
     * One event on its way out of an outbox.
     *
     * @param number rises with every event about the same subject; one that is not higher than the last is left out
     * @param subject what the event is about
     */
    record OutboxEvent(long number, String subject, String dedupe, EventFrame frame) {}

    /** Publishes logged events of one room in their order, all or none; what was published before is left out. */
    Uni<Void> publishInOrder(RoomKeys topic, List<OutboxEvent> events) {
        List<String> keys = new ArrayList<>(List.of(topic.log()));
        List<String> arguments = new ArrayList<>(List.of(
                config.publishVerb(),
                topic.channel(),
                String.valueOf(topic.room().type().logEntries()),
                String.valueOf(config.logTime().toSeconds()),
                String.valueOf(config.onceTime().toSeconds())));
        for (OutboxEvent event : events) {
            keys.add(RedisKeys.once(topic.room(), event.dedupe()));
            keys.add(RedisKeys.newest(topic.room(), event.subject()));
            arguments.add(String.valueOf(event.number()));
            arguments.add(event.frame().body());
        }
        return RELAY.run(redis, keys, arguments).replaceWithVoid();
    }

    /**
     * Asks a service to decide. Commands reach its inbox in the order in which they were sent from here.
     *
     * @return fails with {@link ErrorCode#BUSY} where the inbox is full
     */
    public Uni<Void> send(ServiceName service, InboxMessage command) {
        return enqueue(service, command, config.inboxLimit());
    }

    /** Tells every service that has to do with streams; never refused, for it must not be missed. */
    public Uni<Void> tell(StreamLifecycle event) {
        return Multi.createFrom()
                .iterable(ServiceName.lifecycleListeners())
                .onItem()
                .transformToUniAndConcatenate(service -> enqueue(service, event, UNLIMITED))
                .onItem()
                .ignoreAsUni();
    }

    /** The same as {@link #send}, and never refused: it is in the database already. */
    Uni<Void> sendSurely(ServiceName service, InboxMessage message) {
        return enqueue(service, message, UNLIMITED);
    }

    /** Answers one connection; lost, as it must be, where its gateway is gone. */
    public Uni<Void> answer(Reply answer) {
        return send(Command.PUBLISH, RedisKeys.gateway(answer.to().gateway()), answer.encode())
                .replaceWithVoid();
    }

    private Uni<Void> enqueue(ServiceName service, InboxMessage message, int limit) {
        String inbox = RedisKeys.inbox(service, message.stream().partition());
        return Timeouts.within(
                        ENQUEUE_PATIENCE,
                        ENQUEUE.run(commands, List.of(inbox), List.of(String.valueOf(limit), Json.write(message))))
                .onFailure(TimeoutException.class)
                .transform(e -> new DoramiException(ErrorCode.BUSY, "Redis does not answer; try again in a second"))
                .onItem()
                .ifNull()
                .failWith(() -> new DoramiException(ErrorCode.BUSY, "Too much is waiting; try again in a second"))
                .replaceWithVoid();
    }

    private Uni<Response> run(RedisScript script, List<String> keys, List<String> arguments) {
        return lane == null ? script.run(redis, keys, arguments) : script.run(lane, keys, arguments);
    }

    private Uni<Response> send(Command command, String key, String value) {
        Request request = Request.cmd(command).arg(key).arg(value);
        return lane == null ? redis.send(request) : lane.send(request);
    }
}
