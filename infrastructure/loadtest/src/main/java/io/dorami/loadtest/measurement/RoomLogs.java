package io.dorami.loadtest.measurement;

import io.dorami.contracts.Json;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.loadtest.protocol.MessageTag;
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
 * Message numbers of the rooms' logs in Redis. The run reads new entries twice per second, because the logs are capped
 * and would lose older ones.
 */
public final class RoomLogs implements AutoCloseable {

    private static final String FIRST_ID = "0-0";

    private final Vertx vertx = Vertx.vertx();
    private final Redis redis;
    private final Map<String, String> positions = new HashMap<>();
    private final Map<String, List<Integer>> numbers = new HashMap<>();

    public RoomLogs(String address) {
        redis = Redis.createClient(vertx, address);
    }

    /** Reads the entries of a room's log that are newer than the last call's. */
    public void readNewEntries(RoomTracker room) {
        String from = positions.getOrDefault(room.key, FIRST_ID);
        RoomId id = new RoomId(RoomType.CHAT, new StreamKey(room.key));
        Response entries = redis.send(Request.cmd(Command.XRANGE)
                        .arg(RedisKeys.roomKeys(id).log())
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
                addNumber(room, Json.read(frame.data(), ChatPosted.class).message());
            }
        }
    }

    private void addNumber(RoomTracker room, String message) {
        ByteBuf bytes = Unpooled.wrappedBuffer(message.getBytes(StandardCharsets.UTF_8));
        if (MessageTag.isAt(bytes, 0, bytes.readableBytes()) && MessageTag.room(bytes, 0) == room.index) {
            numbers.computeIfAbsent(room.key, key -> new ArrayList<>()).add(MessageTag.number(bytes, 0));
        }
    }

    /** Numbers of a room's messages, in the order of its log. */
    public List<Integer> messageNumbers(RoomTracker room) {
        return numbers.getOrDefault(room.key, List.of());
    }

    @Override
    public void close() {
        redis.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
