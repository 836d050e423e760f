package io.dorami.endtoend.chat;

import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.JoinChat;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.Reply;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.RedisConnection;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Plays a gateway in a benchmark: adds commands to the inboxes at a fixed rate, and subscribes to the rooms and to the
 * gateway's replies.
 */
final class ChatDriver implements AutoCloseable {

    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(30);

    /** More than the 100 messages that a join returns. */
    private static final int HISTORY_MESSAGES = 120;

    /** 10 s of the fastest run: if the machine pauses, replies are late, but no command fails. */
    private static final int MAX_WAITING_COMMANDS = 20_000;

    private final String gatewayId = UUID.randomUUID().toString();
    private final Vertx vertx = Vertx.vertx();
    private final RedisConnection commands;
    private final RedisConnection subscriber;
    private volatile Run currentRun = new Run(0);

    ChatDriver(String redis) {
        commands = Redis.createClient(
                        vertx,
                        new RedisOptions().setConnectionString(redis).setMaxWaitingHandlers(MAX_WAITING_COMMANDS))
                .connectAndAwait();
        subscriber = Redis.createClient(vertx, redis).connectAndAwait();
        subscriber.handler(this::receive);
        subscribe(RedisKeys.gatewayChannel(gatewayId));
    }

    /** Results of a run; latencies count from the time at which a message was due until it was received. */
    record MessageTimings(long[] latencyMicros, int lost, int duplicated, int outOfOrder, int rejected) {}

    /** State of one run, written by the connection's event loop. Read it only after {@link #awaitReplies}. */
    private static final class Run {
        /** Time at which each message was received; the text of a message is its number. */
        final long[] receivedAt;

        final Map<String, Integer> lastNumbers = new HashMap<>();
        int duplicated;
        int outOfOrder;
        int rejected;
        final AtomicInteger replies = new AtomicInteger();

        Run(int messages) {
            receivedAt = new long[messages];
        }

        void awaitReplies(int count) {
            await("replies")
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(REPLY_TIMEOUT)
                    .until(() -> replies.get() == count);
        }
    }

    /**
     * Sends messages to new rooms at a rate per second. The number of users equals the rate: each sends one per second.
     */
    MessageTimings sendMessages(int rate, int rooms, int seconds) throws InterruptedException {
        int count = rate * seconds;
        Run run = new Run(count);
        currentRun = run;
        List<StreamKey> keys = Stream.generate(this::newRoom).limit(rooms).toList();
        String name = UUID.randomUUID() + "-";
        long[] due = new long[count];
        long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
        for (int i = 0; i < count; i++) {
            due[i] = start + i * TimeUnit.SECONDS.toNanos(1) / rate;
            long wait = due[i] - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
            int user = i % rate;
            send(keys.get(user % rooms), name + user, i);
        }
        run.awaitReplies(count);
        long[] micros = IntStream.range(0, count)
                .filter(i -> run.receivedAt[i] > 0)
                .mapToLong(i -> (run.receivedAt[i] - due[i]) / 1_000)
                .toArray();
        return new MessageTimings(micros, count - micros.length, run.duplicated, run.outOfOrder, run.rejected);
    }

    /** Joins a room with a full history by many users at the same time; returns the duration in microseconds. */
    long joinAll(int count) {
        Run run = new Run(HISTORY_MESSAGES);
        currentRun = run;
        StreamKey key = newRoom();
        String name = UUID.randomUUID() + "-";
        IntStream.range(0, HISTORY_MESSAGES).forEach(i -> send(key, name + i, i));
        run.awaitReplies(HISTORY_MESSAGES);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            enqueue(new JoinChat(key, user(name + i), new ReplyTo(gatewayId, "c" + i, "join"), false));
        }
        run.awaitReplies(HISTORY_MESSAGES + count);
        return (System.nanoTime() - start) / 1_000;
    }

    @Override
    public void close() {
        commands.closeAndForget();
        subscriber.closeAndForget();
        vertx.closeAndAwait();
    }

    private StreamKey newRoom() {
        StreamKey key = new StreamKey(UUID.randomUUID().toString());
        subscribe(RedisKeys.roomChannel(new RoomId(RoomType.CHAT, key)));
        enqueue(new StreamLifecycle.StreamRegistered(key, "host", Instant.now()));
        return key;
    }

    private void send(StreamKey key, String userId, int number) {
        enqueue(new SendChat(
                key,
                user(userId),
                new ReplyTo(gatewayId, "c" + userId, String.valueOf(number)),
                UUID.randomUUID().toString(),
                String.valueOf(number),
                "m" + number));
    }

    private static User user(String id) {
        return new User(id, "A person", User.Role.USER);
    }

    private void subscribe(String channel) {
        subscriber.sendAndForget(Request.cmd(Command.SUBSCRIBE).arg(channel));
    }

    private void enqueue(InboxMessage message) {
        commands.sendAndForget(Request.cmd(Command.XADD)
                .arg(RedisKeys.inbox(ServiceName.CHAT, message.stream().partition()))
                .arg("*")
                .arg("m")
                .arg(Json.write(message)));
    }

    private void receive(Response push) {
        if (!push.get(0).toString().equals("message")) {
            return; // confirmation of a subscription
        }
        long now = System.nanoTime();
        Run run = currentRun;
        String text = push.get(2).toString();
        if (push.get(1).toString().equals(RedisKeys.gatewayChannel(gatewayId))) {
            run.rejected += Reply.decode(text).result().name().equals("error") ? 1 : 0;
            run.replies.incrementAndGet();
            return;
        }
        EventFrame frame = EventFrame.decode(text);
        if (frame.name().equals(ChatPosted.NAME)) {
            ChatPosted message = Json.read(frame.data(), ChatPosted.class);
            int number = Integer.parseInt(message.message());
            Integer previous = run.lastNumbers.put(message.userId(), number);
            run.outOfOrder += previous != null && previous > number ? 1 : 0;
            run.duplicated += run.receivedAt[number] > 0 ? 1 : 0;
            run.receivedAt[number] = now;
        }
    }
}
