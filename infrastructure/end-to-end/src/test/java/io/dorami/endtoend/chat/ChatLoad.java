package io.dorami.endtoend.chat;

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
 * Plays a gateway: adds 100 messages per second, from 200 users in eight new rooms, directly to the inboxes. A message
 * that Redis did not accept is sent again, as the client does.
 */
public final class ChatLoad implements AutoCloseable {

    private static final int USERS = 200; // five messages per user in 10 s: below the limit of 20
    private static final Duration MESSAGE_INTERVAL = Duration.ofMillis(10);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LOG_TIMEOUT = Duration.ofSeconds(30);

    private final List<StreamKey> rooms = Stream.generate(
                    () -> new StreamKey(UUID.randomUUID().toString()))
            .limit(8)
            .toList();
    private final String gateway = UUID.randomUUID().toString();
    private final Map<String, Long> sentAt = new ConcurrentHashMap<>();
    private final Map<String, Long> loggedAt = new ConcurrentHashMap<>();
    private final Map<StreamKey, String> nextPosition = new HashMap<>();
    private final Redis redis;
    private final Thread sender = new Thread(this::sendMessages, "sender");
    private final Thread logReader = new Thread(this::readLogs, "log reader");
    private volatile boolean stopped;
    private volatile boolean closed;

    private ChatLoad(Redis redis) {
        this.redis = redis;
    }

    public static ChatLoad start(Redis redis) {
        ChatLoad load = new ChatLoad(redis);
        load.sender.start();
        load.logReader.start();
        return load;
    }

    public List<StreamKey> rooms() {
        return rooms;
    }

    /** Number of messages in the logs. */
    public int loggedCount() {
        return loggedAt.size();
    }

    public void awaitLogged(int count) {
        await("messages in the logs").atMost(LOG_TIMEOUT).until(() -> loggedCount() >= count);
    }

    /** Stops sending, and waits until all sent messages are in the logs. */
    public void stop() {
        stopped = true;
        try {
            sender.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        awaitLogged(sentAt.size());
    }

    public void assertLoggedOnceInOrder() {
        List<ChatPosted> all = rooms.stream().flatMap(key -> messages(key, "-")).toList();
        assertThat(all).extracting(ChatPosted::message).doesNotHaveDuplicates().hasSize(sentAt.size());
        Map<String, Integer> last = new HashMap<>();
        all.forEach(message -> {
            int number = Integer.parseInt(message.message());
            Integer previous = last.put(message.userId(), number);
            assertThat(previous == null || previous < number)
                    .as("%s sent %d after %d", message.userId(), number, previous)
                    .isTrue();
        });
    }

    /** Longest time from sending a message until this client read it from the log. */
    Duration maxLatency() {
        return sentAt.entrySet().stream()
                .map(sent -> Duration.ofNanos(Objects.requireNonNull(loggedAt.get(sent.getKey())) - sent.getValue()))
                .max(Duration::compareTo)
                .orElseThrow();
    }

    @Override
    public void close() {
        stopped = true;
        closed = true;
    }

    /** A user is in one room only, so that the order of its messages is their order in that room's log. */
    private void sendMessages() {
        try {
            for (StreamKey key : rooms) {
                enqueue(new StreamLifecycle.StreamRegistered(key, "host", Instant.now()));
            }
            for (int i = 0; !stopped; i++) {
                int user = i % USERS;
                String text = String.valueOf(i);
                sentAt.put(text, System.nanoTime());
                enqueue(new SendChat(
                        rooms.get(user % rooms.size()),
                        new User("u" + user, "User " + user, User.Role.USER),
                        new ReplyTo(gateway, "c" + user, text),
                        UUID.randomUUID().toString(),
                        text,
                        text));
                pause(MESSAGE_INTERVAL);
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
                redis.send(request).await().atMost(COMMAND_TIMEOUT);
                return;
            } catch (RuntimeException e) {
                pause(MESSAGE_INTERVAL.multipliedBy(10)); // Redis is down
            }
        }
    }

    private void readLogs() {
        try {
            while (!closed) {
                try {
                    rooms.forEach(key -> messages(key, nextPosition.getOrDefault(key, "-"))
                            .forEach(message -> loggedAt.putIfAbsent(message.message(), System.nanoTime())));
                } catch (RuntimeException e) {
                    pause(MESSAGE_INTERVAL.multipliedBy(10)); // Redis is down
                }
                pause(MESSAGE_INTERVAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Messages of a room's log from a position. */
    private Stream<ChatPosted> messages(StreamKey key, String from) {
        Response entries = redis.send(Request.cmd(Command.XRANGE)
                        .arg(RedisKeys.roomKeys(new RoomId(RoomType.CHAT, key)).log())
                        .arg(from)
                        .arg("+"))
                .await()
                .atMost(COMMAND_TIMEOUT);
        List<ChatPosted> messages = new ArrayList<>();
        entries.forEach(entry -> {
            String position = entry.get(0).toString();
            EventFrame frame = EventFrame.decode(position, entry.get(1).get(1).toString());
            if (frame.name().equals(ChatPosted.NAME)) {
                messages.add(Json.read(frame.data(), ChatPosted.class));
            }
            nextPosition.put(key, "(" + position);
        });
        return messages.stream();
    }

    private static void pause(Duration time) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
    }
}
