package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A gateway's part: 100 messages a second, from 200 people in eight new rooms, straight into the inboxes. One that Redis
 * did not take is sent again, as the client does it.
 */
final class ChatLoad implements AutoCloseable {

    private static final int PEOPLE = 200; // five messages of each in 10 s: below the limit of 20
    private static final Duration BETWEEN = Duration.ofMillis(10);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<StreamKey> rooms = Stream.generate(
                    () -> new StreamKey(UUID.randomUUID().toString()))
            .limit(8)
            .toList();
    private final String gateway = UUID.randomUUID().toString();
    private final Map<String, Long> sentAt = new ConcurrentHashMap<>();
    private final Map<String, Long> saidAt = new ConcurrentHashMap<>();
    private final Map<StreamKey, String> readUpTo = new HashMap<>();
    private final Redis redis;
    private final Thread talking = new Thread(this::talk, "talking");
    private final Thread watching = new Thread(this::watch, "watching");
    private volatile boolean stopped;
    private volatile boolean closed;

    private ChatLoad(Redis redis) {
        this.redis = redis;
    }

    static ChatLoad start(Redis redis) {
        ChatLoad load = new ChatLoad(redis);
        load.talking.start();
        load.watching.start();
        return load;
    }

    List<StreamKey> rooms() {
        return rooms;
    }

    /** How many messages are in the logs. */
    int said() {
        return saidAt.size();
    }

    void awaitSaid(int count) {
        await("messages in the logs").atMost(PATIENCE).until(() -> said() >= count);
    }

    /** Says no more, and waits until nothing waits. */
    void stop() {
        stopped = true;
        try {
            talking.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        awaitSaid(sentAt.size());
    }

    void assertAllIsThereOnceAndInOrder() {
        List<ChatPosted> all = rooms.stream().flatMap(key -> messages(key, "-")).toList();
        assertThat(all).extracting(ChatPosted::message).doesNotHaveDuplicates().hasSize(sentAt.size());
        Map<String, Integer> last = new HashMap<>();
        all.forEach(message -> {
            int number = Integer.parseInt(message.message());
            Integer before = last.put(message.userId(), number);
            assertThat(before == null || before < number)
                    .as("%s said %d after %d", message.userId(), number, before)
                    .isTrue();
        });
    }

    /** From the inbox to the log, as seen from here, at the longest. */
    Duration longestWait() {
        return sentAt.entrySet().stream()
                .map(sent -> Duration.ofNanos(Objects.requireNonNull(saidAt.get(sent.getKey())) - sent.getValue()))
                .max(Duration::compareTo)
                .orElseThrow();
    }

    @Override
    public void close() {
        stopped = true;
        closed = true;
    }

    /** A person is in one room, so that the order of what it said is the order in that room's log. */
    private void talk() {
        try {
            for (StreamKey key : rooms) {
                enqueue(new StreamLifecycle.StreamRegistered(key, "host", Instant.now()));
            }
            for (int i = 0; !stopped; i++) {
                int person = i % PEOPLE;
                String text = String.valueOf(i);
                sentAt.put(text, System.nanoTime());
                enqueue(new SendChat(
                        rooms.get(person % rooms.size()),
                        new User("u" + person, "Person " + person, User.Role.USER),
                        new ReplyTo(gateway, "c" + person, text),
                        UUID.randomUUID().toString(),
                        text,
                        text));
                pause(BETWEEN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void enqueue(InboxMessage message) throws InterruptedException {
        Request request = Request.cmd(Command.XADD)
                .arg(RedisKeys.inbox(ServiceName.CHAT, message.stream().partition()))
                .arg("*")
                .arg("m")
                .arg(Json.write(message));
        while (!closed) {
            try {
                redis.send(request).await().atMost(TRY_AGAIN);
                return;
            } catch (RuntimeException e) {
                pause(BETWEEN.multipliedBy(10)); // Redis is down
            }
        }
    }

    private void watch() {
        try {
            while (!closed) {
                try {
                    rooms.forEach(key -> messages(key, readUpTo.getOrDefault(key, "-"))
                            .forEach(message -> saidAt.putIfAbsent(message.message(), System.nanoTime())));
                } catch (RuntimeException e) {
                    pause(BETWEEN.multipliedBy(10)); // Redis is down
                }
                pause(BETWEEN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a room's log has from a position on. */
    private Stream<ChatPosted> messages(StreamKey key, String from) {
        Response entries = redis.send(Request.cmd(Command.XRANGE)
                        .arg(RedisKeys.roomEvents(new RoomId(RoomType.CHAT, key))
                                .log())
                        .arg(from)
                        .arg("+"))
                .await()
                .atMost(TRY_AGAIN);
        List<ChatPosted> messages = new ArrayList<>();
        entries.forEach(entry -> {
            String position = entry.get(0).toString();
            EventFrame frame = EventFrame.decode(position, entry.get(1).get(1).toString());
            if (frame.name().equals(ChatPosted.NAME)) {
                messages.add(Json.read(frame.data(), ChatPosted.class));
            }
            readUpTo.put(key, "(" + position);
        });
        return messages.stream();
    }

    private static void pause(Duration time) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
    }
}
