package io.dorami.endtoend;

import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RedisKeys.RoomKeys;
import io.dorami.contracts.keys.RoomId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Publishes events to rooms at a steady rate with the services' own script, and keeps the positions that they got. */
final class LoadPublisher implements AutoCloseable {

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Map<RoomId, List<String>> positions = new HashMap<>();
    private final Socket redis;
    private final BufferedReader answers;
    private final OutputStream requests;
    private final String script;
    private int count;

    LoadPublisher(int port) {
        try {
            redis = new Socket(InetAddress.getLoopbackAddress(), port);
            redis.setTcpNoDelay(true);
            answers = new BufferedReader(new InputStreamReader(redis.getInputStream(), StandardCharsets.UTF_8));
            requests = redis.getOutputStream();
            script = Files.readString(
                    Repository.ROOT.resolve("infrastructure/service-defaults/src/main/resources/lua/publish.lua"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on tells the room so many things a second, until {@link #stop}. */
    void tell(RoomId room, Delivery delivery, int perSecond) {
        synchronized (positions) {
            positions.put(room, new ArrayList<>());
        }
        var unused = clock.scheduleAtFixedRate(
                () -> publish(room, delivery), 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    }

    private void publish(RoomId room, Delivery delivery) {
        RoomKeys topic = RedisKeys.roomEvents(room);
        String body = new EventFrame(null, delivery, false, "test:event", "{\"n\":" + ++count + '}').body();
        String position = ask("EVAL", script, "1", topic.log(), "PUBLISH", topic.channel(), body, "2000", "600", "60");
        synchronized (positions) {
            positions.computeIfAbsent(room, id -> new ArrayList<>()).add(position);
        }
    }

    /** Breaks every subscription to this Redis. */
    void cutSubscriptions() {
        ask("CLIENT", "KILL", "TYPE", "pubsub");
    }

    private synchronized String ask(String... words) {
        try {
            requests.write(request(List.of(words)));
            String answer = answers.readLine();
            if (answer.startsWith("-")) {
                throw new IllegalStateException(answer);
            }
            return answer.startsWith("$") ? answers.readLine() : answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it and answers the positions of all that was told to each room. */
    Map<RoomId, List<String>> stop() {
        clock.close();
        return positions;
    }

    private static byte[] request(List<String> words) {
        StringBuilder request = new StringBuilder("*" + words.size() + "\r\n");
        words.forEach(word -> request.append('$')
                .append(word.getBytes(StandardCharsets.UTF_8).length)
                .append("\r\n")
                .append(word)
                .append("\r\n"));
        return request.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        try {
            redis.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
