package io.dorami.loadtest;

import io.dorami.contracts.Json;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what services have written into the rooms' logs in Redis, twice a second: the logs are capped, so it must be done
 * while the run goes on.
 */
final class RoomLogs implements AutoCloseable {

    private static final String BEGINNING = "0-0";

    private final Vertx vertx = Vertx.vertx();
    private final Redis redis;
    private final Map<String, String> positions = new HashMap<>();
    private final Map<String, List<Integer>> numbers = new HashMap<>();

    RoomLogs(String address) {
        redis = Redis.createClient(vertx, address);
    }

    /** Takes what is new in a room's log since the last time. */
    void follow(Room room) {
        String from = positions.getOrDefault(room.key, BEGINNING);
        RoomId id = new RoomId(RoomType.CHAT, new StreamKey(room.key));
        Response entries = redis.send(Request.cmd(Command.XRANGE)
                        .arg(RedisKeys.roomEvents(id).log())
                        .arg("(" + from)
                        .arg("+"))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        for (Response entry : entries) {
            positions.put(room.key, entry.get(0).toString());
            EventFrame frame = EventFrame.decode(
                    entry.get(0).toString(), entry.get(1).get(1).toString());
            if (frame.name().equals(ChatPosted.NAME)) {
                take(room, Json.read(frame.data(), ChatPosted.class).message());
            }
        }
    }

    private void take(Room room, String message) {
        ByteBuf bytes = Unpooled.wrappedBuffer(message.getBytes(StandardCharsets.UTF_8));
        if (MessageTag.at(bytes, 0, bytes.readableBytes()) && MessageTag.room(bytes, 0) == room.index) {
            numbers.computeIfAbsent(room.key, key -> new ArrayList<>()).add(MessageTag.number(bytes, 0));
        }
    }

    /** The numbers of a room's messages, in the order of its log. */
    List<Integer> of(Room room) {
        return numbers.getOrDefault(room.key, List.of());
    }

    @Override
    public void close() {
        redis.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
