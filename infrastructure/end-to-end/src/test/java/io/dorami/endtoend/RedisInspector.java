package io.dorami.endtoend;

import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks into Redis beside the services. */
final class RedisInspector implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Vertx vertx = Vertx.vertx();
    private final Redis redis;

    RedisInspector(int port) {
        this.redis = Redis.createClient(vertx, "redis://localhost:" + port);
    }

    Redis client() {
        return redis;
    }

    @Nullable
    Response send(Command command, String... arguments) {
        Request request = Request.cmd(command);
        for (String argument : arguments) {
            request.arg(argument);
        }
        return redis.send(request).await().atMost(PATIENCE);
    }

    /** What a room's log has after a position, oldest first. */
    List<EventFrame> log(RoomId room, String after) {
        List<EventFrame> frames = new ArrayList<>();
        Response entries = send(Command.XRANGE, RedisKeys.roomEvents(room).log(), "(" + after, "+");
        if (entries != null) {
            entries.forEach(entry -> frames.add(EventFrame.decode(
                    entry.get(0).toString(), entry.get(1).get(1).toString())));
        }
        return frames;
    }

    @Override
    public void close() {
        redis.close();
        vertx.closeAndAwait();
    }
}
