package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.local.LocalPostgres;
import io.dorami.local.LocalRedis;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a viewer who joins waits for its own success: {@code ./dorami test --benchmark ViewersBenchmarkIT}. One gateway
 * and viewer-service share one core; the sockets, PostgreSQL and Redis have the others. All are connected first, then they
 * join at a fixed rate, and time counts from when a join was due.
 */
@EnabledIfSystemProperty(named = "benchmark", matches = ".*")
class ViewersBenchmarkIT {

    private static final String PASSWORD = "test-password";
    private static final int VIEWERS = Integer.getInteger("viewers", 10_000);
    private static final Duration TIME = Duration.ofSeconds(10);

    /** The first is what a gateway does that has just started: its code is not compiled yet. */
    private static final int ROUNDS = 3;

    /** Sockets that open at once. */
    private static final int OPENING = 100;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final AtomicInteger updates = new AtomicInteger();

    @Test
    void tenThousandJoinAShowInTenSeconds(@TempDir Path folder) throws Exception {
        SingleCoreBenchmark.leaveIt();
        Path logs = Files.createDirectories(Path.of("target", "logs"));
        try (LocalRedis redis = LocalRedis.start(folder.resolve("redis"));
                LocalPostgres postgres = LocalPostgres.start(folder.resolve("postgres"), PASSWORD);
                ReplicaProcess viewers = replica("viewer-service", logs, redis, postgres);
                ReplicaProcess gateway = replica("gateway", logs, redis, postgres)) {
            viewers.awaitReady();
            gateway.awaitReady();
            for (int round = 1; round <= ROUNDS; round++) {
                Duration before =
                        SingleCoreBenchmark.used(gateway.process()).plus(SingleCoreBenchmark.used(viewers.process()));
                updates.set(0);
                long[] micros = joins(gateway.port());
                Duration used = SingleCoreBenchmark.used(gateway.process())
                        .plus(SingleCoreBenchmark.used(viewers.process()))
                        .minus(before);
                System.out.printf(
                        "%d connect, then join in %d s, round %d: %s; a viewer heard %.0f counts; %d us of CPU for each"
                                + " who connects, joins and hears them%n",
                        VIEWERS,
                        TIME.toSeconds(),
                        round,
                        SingleCoreBenchmark.percentiles(micros),
                        updates.get() / (double) VIEWERS,
                        used.toNanos() / 1_000 / VIEWERS);
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static ReplicaProcess replica(String service, Path logs, LocalRedis redis, LocalPostgres postgres) {
        Path log = logs.resolve("benchmark-" + service + ".log");
        List<String> java = Stream.concat(SingleCoreBenchmark.JAVA.stream(), Stream.of("-Xmx1g"))
                .toList(); // of 10,000 sockets
        return new ReplicaProcess(service, java, log, redis.address(), postgres.address(), PASSWORD, Map.of());
    }

    /** How long each took, in microseconds. */
    private long[] joins(int port) throws InterruptedException {
        RoomId room = new RoomId(
                RoomType.STREAM, new StreamKey("benchmark-" + UUID.randomUUID().toString()));
        String join = Json.write(new ClientRequest.Join("1", room));
        long[] due = new long[VIEWERS];
        long[] micros = new long[VIEWERS];
        AtomicInteger in = new AtomicInteger();
        WebSocket[] sockets = new WebSocket[VIEWERS];
        WebSocketClient client = vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(VIEWERS));
        Semaphore opening = new Semaphore(OPENING);
        for (int i = 0; i < VIEWERS; i++) {
            int number = i;
            opening.acquire();
            client.connect(port, "127.0.0.1", "/ws").onSuccess(socket -> {
                sockets[number] = socket;
                socket.textMessageHandler(frame -> {
                    if (frame.contains("\"welcome\"")) {
                        opening.release();
                    } else if (frame.contains("stream:viewer:update")) {
                        updates.incrementAndGet();
                    } else if (frame.contains("stream:viewer:join:success")) {
                        micros[number] = (System.nanoTime() - due[number]) / 1_000;
                        in.incrementAndGet();
                    }
                });
                socket.writeTextMessage(Json.write(new ClientRequest.Hello(null, ClientRequest.VERSION, null)));
            });
        }
        assertThat(opening.tryAcquire(OPENING, 1, TimeUnit.MINUTES))
                .as("all are connected")
                .isTrue();
        long start = System.nanoTime();
        for (int i = 0; i < VIEWERS; i++) {
            due[i] = start + TIME.toNanos() * i / VIEWERS;
            LockSupport.parkNanos(due[i] - System.nanoTime());
            sockets[i].writeTextMessage(join);
        }
        await("all have joined").atMost(Duration.ofMinutes(1)).until(() -> in.get() == VIEWERS);
        client.close().toCompletionStage().toCompletableFuture().join();
        return micros;
    }
}
