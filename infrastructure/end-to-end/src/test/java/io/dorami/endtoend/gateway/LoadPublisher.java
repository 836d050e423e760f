package io.dorami.endtoend.gateway;

import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RedisKeys.RoomKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.endtoend.system.RedisInspector;
import io.dorami.endtoend.system.Repository;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Publishes events to rooms at a fixed rate with the services' own script, and records their positions. */
final class LoadPublisher implements AutoCloseable {

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final Map<RoomId, List<String>> positions = new HashMap<>();
    private final RedisInspector redis;
    private final String script;
    private int sequence;

    LoadPublisher(int port) {
        redis = new RedisInspector(port);
        try {
            script = Files.readString(
                    Repository.ROOT.resolve("infrastructure/service-defaults/src/main/resources/lua/publish.lua"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts publishing events to a room at a rate per second, until {@link #stop}. */
    void startPublishing(RoomId room, Delivery delivery, int perSecond) {
        synchronized (positions) {
            positions.put(room, new ArrayList<>());
        }
        var unused = scheduler.scheduleAtFixedRate(
                () -> publishOne(room, delivery), 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    }

    private void publishOne(RoomId room, Delivery delivery) {
        RoomKeys keys = RedisKeys.roomKeys(room);
        String body = new EventFrame(null, delivery, false, "test:event", "{\"n\":" + ++sequence + '}').body();
        Response position =
                redis.send(Command.EVAL, script, "1", keys.log(), "PUBLISH", keys.channel(), body, "2000", "600", "60");
        synchronized (positions) {
            positions.computeIfAbsent(room, id -> new ArrayList<>()).add(String.valueOf(position));
        }
    }

    /** Closes all subscriber connections of this Redis. */
    void killSubscriptions() {
        redis.send(Command.CLIENT, "KILL", "TYPE", "pubsub");
    }

    /** Stops publishing; returns the positions of all events of each room. */
    Map<RoomId, List<String>> stop() {
        scheduler.close();
        return positions;
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
        redis.close();
    }
}
