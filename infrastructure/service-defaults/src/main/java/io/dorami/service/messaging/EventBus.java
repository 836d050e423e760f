package io.dorami.service.messaging;

import io.dorami.contracts.Json;
import io.dorami.contracts.commands.InboxAddress;
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

/** The messaging between services: events to rooms, messages to inboxes, replies to connections. */
@ApplicationScoped
public class EventBus {

    private static final RedisScript PUBLISH = RedisScript.load("publish");
    private static final RedisScript OPEN_LOG = RedisScript.load("open-log");
    private static final RedisScript PUBLISH_IN_ORDER = RedisScript.load("publish-in-order");
    private static final RedisScript ENQUEUE = RedisScript.load("enqueue");
    private static final int NO_LIMIT = 0;
    private static final int NO_EXPIRY = 0;
    private static final Duration UNUSED_LOG_RETENTION = Duration.ofHours(1);

    /** Clients wait 1 s for an error that they can handle. */
    private static final Duration ENQUEUE_TIMEOUT = Duration.ofMillis(900);

    private final Redis redis;
    private final SequentialRedisConnection commands;
    private final DoramiConfig config;
    private final @Nullable SequentialRequests requests;

    @Inject
    public EventBus(Redis redis, DoramiConfig config) {
        this(redis, new SequentialRedisConnection(redis.getDelegate()), config, null);
    }

    private EventBus(
            Redis redis,
            SequentialRedisConnection commands,
            DoramiConfig config,
            @Nullable SequentialRequests requests) {
        this.redis = redis;
        this.commands = commands;
        this.config = config;
        this.requests = requests;
    }

    /** Returns an event bus that publishes and replies in the order of the sequential requests. */
    public EventBus withRequests(SequentialRequests requests) {
        return new EventBus(redis, commands, config, requests);
    }

    /** Creates sequential requests, for work outside of an inbox that must keep its order. */
    public SequentialRequests newSequentialRequests() {
        return commands.newSequentialRequests();
    }

    /** Encodes the event as a frame. */
    public static EventFrame toFrame(ClientEvent event) {
        return EventFrame.of(event, Json.write(event));
    }

    /** Encodes the event for a room, which must have the event's room type. */
    static EventFrame toFrame(RoomId room, RoomEvent event) {
        if (room.type() != event.roomType()) {
            throw new IllegalArgumentException(
                    event.name() + ": expected a room of type " + event.roomType() + ", found " + room);
        }
        return toFrame(event);
    }

    /** Publishes an event to a room. The delivery class decides on logging. */
    public Uni<Void> publish(RoomKeys keys, RoomEvent event) {
        return publish(keys, toFrame(keys.room(), event), null).replaceWithVoid();
    }

    /**
     * Publishes an event at most once within {@link DoramiConfig#dedupeWindow()}.
     *
     * @param dedupeKey identical for every repeat of the event in this room, at most 200 characters
     * @return the event's position in the room's log; for a repeat, the position of the first publication
     */
    public Uni<String> publishOnce(RoomKeys keys, RoomEvent event, String dedupeKey) {
        if (!event.delivery().isLogged()) {
            throw new IllegalArgumentException("Only logged events can be deduplicated: " + event.name());
        }
        return publish(keys, toFrame(keys.room(), event), dedupeKey);
    }

    /**
     * Returns the latest position in a room's log and creates the log if it does not exist. A log without events
     * expires after 1 h, because any client may request any room. Those of the whole platform's rooms do not: a client
     * resumes in all of its rooms or in none, so a room without events must not keep it from resuming.
     */
    public Uni<String> openLog(RoomKeys keys) {
        long expirySeconds = keys.room().type().isJoinable() ? UNUSED_LOG_RETENTION.toSeconds() : NO_EXPIRY;
        return OPEN_LOG.run(
                        redis,
                        List.of(keys.log()),
                        List.of(
                                config.publishCommand(),
                                keys.channel(),
                                EventFrame.MARKER.body(),
                                String.valueOf(expirySeconds)))
                .map(Response::toString);
    }

    Uni<String> publish(RoomKeys keys, EventFrame frame, @Nullable String dedupeKey) {
        if (!frame.delivery().isLogged()) {
            return send(Command.PUBLISH, keys.channel(), frame.encode()).map(subscribers -> "");
        }
        List<String> redisKeys =
                dedupeKey == null ? List.of(keys.log()) : List.of(keys.log(), RedisKeys.dedupe(keys.room(), dedupeKey));
        return run(
                        PUBLISH,
                        redisKeys,
                        List.of(
                                config.publishCommand(),
                                keys.channel(),
                                frame.body(),
                                String.valueOf(keys.room().type().logEntries()),
                                String.valueOf(config.logRetention().toSeconds()),
                                String.valueOf(config.dedupeWindow().toSeconds())))
                .map(Response::toString);
    }

    /**
     * An event from an outbox.
     *
     * @param number rises with every event about the same subject; an event whose number is not higher is skipped
     * @param subject the entity that the event is about
     */
    record OutboxEvent(long number, String subject, String dedupeKey, EventFrame frame) {}

    /** Publishes logged events of one room in order and atomically; skips events that were published before. */
    Uni<Void> publishInOrder(RoomKeys keys, List<OutboxEvent> events) {
        List<String> redisKeys = new ArrayList<>(List.of(keys.log()));
        List<String> arguments = new ArrayList<>(List.of(
                config.publishCommand(),
                keys.channel(),
                String.valueOf(keys.room().type().logEntries()),
                String.valueOf(config.logRetention().toSeconds()),
                String.valueOf(config.dedupeWindow().toSeconds())));
        for (OutboxEvent event : events) {
            redisKeys.add(RedisKeys.dedupe(keys.room(), event.dedupeKey()));
            redisKeys.add(RedisKeys.latestEventNumber(keys.room(), event.subject()));
            arguments.add(String.valueOf(event.number()));
            arguments.add(event.frame().body());
        }
        return PUBLISH_IN_ORDER.run(redis, redisKeys, arguments).replaceWithVoid();
    }

    /**
     * Sends a message to a service's inbox. Messages arrive in the order in which this process sent them.
     *
     * @return fails with {@link ErrorCode#BUSY} if the inbox is full
     */
    public <M extends InboxMessage> Uni<Void> send(InboxAddress<M> inbox, M message) {
        return enqueue(inbox.service(), message, config.inboxLimit());
    }

    /** Sends a lifecycle event to every subscribing service; never rejected, because no service may miss it. */
    public Uni<Void> publish(StreamLifecycle event) {
        return Multi.createFrom()
                .iterable(InboxAddress.LIFECYCLE_LISTENERS)
                .onItem()
                .transformToUniAndConcatenate(inbox -> enqueue(inbox.service(), event, NO_LIMIT))
                .onItem()
                .ignoreAsUni();
    }

    /** Works like {@link #send} without the limit, because the database already has the message. */
    <M extends InboxMessage> Uni<Void> sendWithoutLimit(InboxAddress<M> inbox, M message) {
        return enqueue(inbox.service(), message, NO_LIMIT);
    }

    /** Sends a reply to one connection. The reply is lost if its gateway has stopped. */
    public Uni<Void> reply(Reply reply) {
        return send(Command.PUBLISH, RedisKeys.gatewayChannel(reply.to().gateway()), reply.encode())
                .replaceWithVoid();
    }

    private Uni<Void> enqueue(ServiceName service, InboxMessage message, int limit) {
        String inbox = RedisKeys.inbox(service, message.stream().partition());
        return Timeouts.failAfter(
                        ENQUEUE_TIMEOUT,
                        ENQUEUE.run(commands, List.of(inbox), List.of(String.valueOf(limit), Json.write(message))))
                .onFailure(TimeoutException.class)
                .transform(e -> new DoramiException(ErrorCode.BUSY, "Service temporarily unavailable; retry in 1 s"))
                .onItem()
                .ifNull()
                .failWith(() -> new DoramiException(ErrorCode.BUSY, "Service overloaded; retry in 1 s"))
                .replaceWithVoid();
    }

    private Uni<Response> run(RedisScript script, List<String> keys, List<String> arguments) {
        return requests == null ? script.run(redis, keys, arguments) : script.run(requests, keys, arguments);
    }

    private Uni<Response> send(Command command, String key, String value) {
        Request request = Request.cmd(command).arg(key).arg(value);
        return requests == null ? redis.send(request) : requests.send(request);
    }
}
