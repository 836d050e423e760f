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

/** Records everything that is published on a channel from now on; static methods read logs and inboxes. */
public final class RedisSubscriber implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final RedisConnection connection;

    /** Subscribes, and returns when Redis has confirmed the subscription. */
    public RedisSubscriber(Redis redis, String channel) {
        List<String> confirmed = new CopyOnWriteArrayList<>();
        connection = redis.connectAndAwait();
        connection.handler(push -> {
            switch (push.get(0).toString()) {
                case "subscribe" -> confirmed.add(channel);
                case "message" -> messages.add(push.get(2).toString());
                default -> {} // no other push type is expected
            }
        });
        connection.sendAndForget(Request.cmd(Command.SUBSCRIBE).arg(channel));
        Awaitility.await("subscription").atMost(TIMEOUT).until(() -> !confirmed.isEmpty());
    }

    /** Subscribes to the channel of a room. */
    public static RedisSubscriber toRoom(Redis redis, RoomId room) {
        return new RedisSubscriber(redis, RedisKeys.roomChannel(room));
    }

    /** Messages published so far, in order. */
    public List<String> messages() {
        return List.copyOf(messages);
    }

    /** Events published so far, in order. */
    public List<EventFrame> events() {
        return messages.stream().map(EventFrame::decode).toList();
    }

    /** Event names in the log of a room, oldest first. */
    public static List<String> loggedEventNames(Redis redis, RoomId room) {
        return loggedEvents(redis, room).stream().map(EventFrame::name).toList();
    }

    /** Messages in the inbox of a service about a stream, handled ones included, as they were written; oldest first. */
    public static List<String> inboxMessages(Redis redis, ServiceName service, StreamKey key) {
        return entries(redis, RedisKeys.inbox(service, key.partition()))
                .map(entry -> entry.get(1).get(1).toString())
                .filter(message -> message.contains(key.value()))
                .toList();
    }

    /** Events in the log of a room, oldest first. */
    public static List<EventFrame> loggedEvents(Redis redis, RoomId room) {
        return entries(redis, RedisKeys.roomKeys(room).log())
                .map(entry -> EventFrame.decode(
                        entry.get(0).toString(), entry.get(1).get(1).toString()))
                .toList();
    }

    private static Stream<Response> entries(Redis redis, String stream) {
        Response entries = redis.send(
                        Request.cmd(Command.XRANGE).arg(stream).arg("-").arg("+"))
                .await()
                .atMost(TIMEOUT);
        return StreamSupport.stream(entries.spliterator(), false);
    }

    @Override
    public void close() {
        connection.closeAndForget();
    }
}
