package io.dorami.testing;

import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.RedisConnection;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;

/** Hears everything that is published on a channel from its creation on, and reads rooms' logs. */
public final class RedisSubscriber implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final RedisConnection connection;

    /** Returns when Redis has confirmed the subscription. */
    public RedisSubscriber(Redis redis, String channel) {
        List<String> confirmed = new CopyOnWriteArrayList<>();
        connection = redis.connectAndAwait();
        connection.handler(push -> {
            switch (push.get(0).toString()) {
                case "subscribe" -> confirmed.add(channel);
                case "message" -> messages.add(push.get(2).toString());
                default -> {} // nothing else is asked for
            }
        });
        connection.sendAndForget(Request.cmd(Command.SUBSCRIBE).arg(channel));
        Awaitility.await("subscription").atMost(PATIENCE).until(() -> !confirmed.isEmpty());
    }

    /** Hears a room. */
    public static RedisSubscriber of(Redis redis, RoomId room) {
        return new RedisSubscriber(redis, RedisKeys.roomChannel(room));
    }

    /** What was published so far, in order. */
    public List<String> messages() {
        return List.copyOf(messages);
    }

    /** What was published so far, as events. */
    public List<EventFrame> events() {
        return messages.stream().map(EventFrame::decode).toList();
    }

    /** The names of the events in a room's log, oldest first. */
    public static List<String> logged(Redis redis, RoomId room) {
        return log(redis, room).stream().map(EventFrame::name).toList();
    }

    /** What waits in a service's inbox, or waited there, about a stream; as it was written, oldest first. */
    public static List<String> inbox(Redis redis, ServiceName service, StreamKey key) {
        return entries(redis, RedisKeys.inbox(service, key.partition()))
                .map(entry -> entry.get(1).get(1).toString())
                .filter(message -> message.contains(key.value()))
                .toList();
    }

    /** The events in a room's log, oldest first. */
    public static List<EventFrame> log(Redis redis, RoomId room) {
        return entries(redis, RedisKeys.roomEvents(room).log())
                .map(entry -> EventFrame.decode(
                        entry.get(0).toString(), entry.get(1).get(1).toString()))
                .toList();
    }

    private static Stream<Response> entries(Redis redis, String stream) {
        Response entries = redis.send(
                        Request.cmd(Command.XRANGE).arg(stream).arg("-").arg("+"))
                .await()
                .atMost(PATIENCE);
        return StreamSupport.stream(entries.spliterator(), false);
    }

    @Override
    public void close() {
        connection.closeAndForget();
    }
}
