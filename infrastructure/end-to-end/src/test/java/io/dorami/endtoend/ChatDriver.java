package io.dorami.endtoend;

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

/** A gateway's part for a benchmark: commands into the inboxes at a fixed rate, an ear on rooms and answers. */
final class ChatDriver implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** One who joins gets the last 100. */
    private static final int HISTORY = 120;

    /** 10 s of the fastest run: where a machine stands still, that is a late answer and not an end. */
    private static final int WAITING = 20_000;

    private final String gateway = UUID.randomUUID().toString();
    private final Vertx vertx = Vertx.vertx();
    private final RedisConnection commands;
    private final RedisConnection ear;
    private volatile Run present = new Run(0);

    ChatDriver(String redis) {
        commands = Redis.createClient(
                        vertx, new RedisOptions().setConnectionString(redis).setMaxWaitingHandlers(WAITING))
                .connectAndAwait();
        ear = Redis.createClient(vertx, redis).connectAndAwait();
        ear.handler(this::hear);
        listen(RedisKeys.gateway(gateway));
    }

    /** What became of messages; {@code micros} from when each was due until it was heard. */
    record MessageTimings(long[] micros, int lost, int doubled, int outOfOrder, int refused) {}

    /** One run. Written by the connection's event loop; whoever has seen the number of answers may read all. */
    private static final class Run {
        /** When each message was heard; its text is its number. */
        final long[] at;

        final Map<String, Integer> last = new HashMap<>();
        int doubled;
        int outOfOrder;
        int refused;
        final AtomicInteger answers = new AtomicInteger();

        Run(int messages) {
            at = new long[messages];
        }

        void awaitAnswers(int count) {
            await("answers").pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> answers.get() == count);
        }
    }

    /** Each of as many people as there are messages in a second says one a second, in one of so many new rooms. */
    MessageTimings talk(int rate, int rooms, int seconds) throws InterruptedException {
        int count = rate * seconds;
        Run run = new Run(count);
        present = run;
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
            int person = i % rate;
            say(keys.get(person % rooms), name + person, i);
        }
        run.awaitAnswers(count);
        long[] micros = IntStream.range(0, count)
                .filter(i -> run.at[i] > 0)
                .mapToLong(i -> (run.at[i] - due[i]) / 1_000)
                .toArray();
        return new MessageTimings(micros, count - micros.length, run.doubled, run.outOfOrder, run.refused);
    }

    /** So many come at once into a room that has a whole history; answers how long that took, in microseconds. */
    long join(int count) {
        Run run = new Run(HISTORY);
        present = run;
        StreamKey key = newRoom();
        String name = UUID.randomUUID() + "-";
        IntStream.range(0, HISTORY).forEach(i -> say(key, name + i, i));
        run.awaitAnswers(HISTORY);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            enqueue(new JoinChat(key, user(name + i), new ReplyTo(gateway, "c" + i, "join"), false));
        }
        run.awaitAnswers(HISTORY + count);
        return (System.nanoTime() - start) / 1_000;
    }

    @Override
    public void close() {
        commands.closeAndForget();
        ear.closeAndForget();
        vertx.closeAndAwait();
    }

    private StreamKey newRoom() {
        StreamKey key = new StreamKey(UUID.randomUUID().toString());
        listen(RedisKeys.roomChannel(new RoomId(RoomType.CHAT, key)));
        enqueue(new StreamLifecycle.StreamRegistered(key, "host", Instant.now()));
        return key;
    }

    private void say(StreamKey key, String userId, int number) {
        enqueue(new SendChat(
                key,
                user(userId),
                new ReplyTo(gateway, "c" + userId, String.valueOf(number)),
                UUID.randomUUID().toString(),
                String.valueOf(number),
                "m" + number));
    }

    private static User user(String id) {
        return new User(id, "A person", User.Role.USER);
    }

    private void listen(String channel) {
        ear.sendAndForget(Request.cmd(Command.SUBSCRIBE).arg(channel));
    }

    private void enqueue(InboxMessage message) {
        commands.sendAndForget(Request.cmd(Command.XADD)
                .arg(RedisKeys.inbox(ServiceName.CHAT, message.stream().partition()))
                .arg("*")
                .arg("m")
                .arg(Json.write(message)));
    }

    private void hear(Response push) {
        if (!push.get(0).toString().equals("message")) {
            return; // a subscription is confirmed
        }
        long now = System.nanoTime();
        Run run = present;
        String text = push.get(2).toString();
        if (push.get(1).toString().equals(RedisKeys.gateway(gateway))) {
            run.refused += Reply.decode(text).result().name().equals("error") ? 1 : 0;
            run.answers.incrementAndGet();
            return;
        }
        EventFrame frame = EventFrame.decode(text);
        if (frame.name().equals(ChatPosted.NAME)) {
            ChatPosted message = Json.read(frame.data(), ChatPosted.class);
            int number = Integer.parseInt(message.message());
            Integer before = run.last.put(message.userId(), number);
            run.outOfOrder += before != null && before > number ? 1 : 0;
            run.doubled += run.at[number] > 0 ? 1 : 0;
            run.at[number] = now;
        }
    }
}
