package io.dorami.endtoend.system;

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

/** Redis client of the tests, independent of the services. */
public final class RedisInspector implements AutoCloseable {

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(10);

    private final Vertx vertx = Vertx.vertx();
    private final Redis redis;

    public RedisInspector(int port) {
        this.redis = Redis.createClient(vertx, "redis://localhost:" + port);
    }

    public Redis client() {
        return redis;
    }

    @Nullable
    public Response send(Command command, String... arguments) {
        Request request = Request.cmd(command);
        for (String argument : arguments) {
            request.arg(argument);
        }
        return redis.send(request).await().atMost(COMMAND_TIMEOUT);
    }

    /** Events of a room's log after a position, oldest first. */
    public List<EventFrame> log(RoomId room, String after) {
        List<EventFrame> frames = new ArrayList<>();
        Response entries = send(Command.XRANGE, RedisKeys.roomKeys(room).log(), "(" + after, "+");
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
