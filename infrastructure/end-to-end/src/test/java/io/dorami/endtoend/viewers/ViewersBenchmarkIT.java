package io.dorami.endtoend.viewers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.endtoend.system.ReplicaProcess;
import io.dorami.endtoend.system.SingleCoreBenchmark;
import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
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
 * Measures the time from a viewer's join until its confirmation: {@code ./dorami test --benchmark ViewersBenchmarkIT}.
 * One gateway and one viewer-service share one core; the sockets, PostgreSQL and Redis use the others. All viewers
 * connect first, then they join at a fixed rate, and the time counts from the moment at which a join was due.
 */
@EnabledIfSystemProperty(named = "benchmark", matches = ".*")
class ViewersBenchmarkIT {

    private static final String PASSWORD = "test-password";
    private static final int VIEWERS = Integer.getInteger("viewers", 10_000);
    private static final Duration JOIN_PERIOD = Duration.ofSeconds(10);

    /** The first round shows a gateway that has just started, whose code is not compiled yet. */
    private static final int ROUNDS = 3;

    /** Sockets that connect concurrently. */
    private static final int MAX_CONNECTING = 100;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final AtomicInteger updates = new AtomicInteger();

    @Test
    void tenThousandViewersJoinInTenSeconds(@TempDir Path folder) throws Exception {
        SingleCoreBenchmark.moveLoadToOtherCores();
        Path logs = Files.createDirectories(Path.of("target", "logs"));
        try (LocalRedis redis = LocalRedis.start(folder.resolve("redis"));
                LocalPostgres postgres = LocalPostgres.start(folder.resolve("postgres"), PASSWORD);
                ReplicaProcess viewers = startReplica("viewer-service", logs, redis, postgres);
                ReplicaProcess gateway = startReplica("gateway", logs, redis, postgres)) {
            viewers.awaitReady();
            gateway.awaitReady();
            for (int round = 1; round <= ROUNDS; round++) {
                Duration before = SingleCoreBenchmark.cpuTime(gateway.process())
                        .plus(SingleCoreBenchmark.cpuTime(viewers.process()));
                updates.set(0);
                long[] micros = measureJoins(gateway.port());
                Duration used = SingleCoreBenchmark.cpuTime(gateway.process())
                        .plus(SingleCoreBenchmark.cpuTime(viewers.process()))
                        .minus(before);
                System.out.printf(
                        "%d connect, then join in %d s, round %d: %s; %.0f counts received per viewer; %d us of CPU per"
                                + " viewer that connects, joins and receives them%n",
                        VIEWERS,
                        JOIN_PERIOD.toSeconds(),
                        round,
                        SingleCoreBenchmark.percentiles(micros),
                        updates.get() / (double) VIEWERS,
                        used.toNanos() / 1_000 / VIEWERS);
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static ReplicaProcess startReplica(String service, Path logs, LocalRedis redis, LocalPostgres postgres) {
        Path log = logs.resolve("benchmark-" + service + ".log");
        List<String> java = Stream.concat(SingleCoreBenchmark.JAVA_COMMAND.stream(), Stream.of("-Xmx1g"))
                .toList(); // for 10,000 sockets
        return new ReplicaProcess(service, java, log, redis.address(), postgres.address(), PASSWORD, Map.of());
    }

    /** Durations of the joins, in microseconds. */
    private long[] measureJoins(int port) throws InterruptedException {
        RoomId room = new RoomId(
                RoomType.STREAM, new StreamKey("benchmark-" + UUID.randomUUID().toString()));
        String join = Json.write(new ClientRequest.Join("1", room));
        long[] due = new long[VIEWERS];
        long[] micros = new long[VIEWERS];
        AtomicInteger joined = new AtomicInteger();
        WebSocket[] sockets = new WebSocket[VIEWERS];
        WebSocketClient client = vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(VIEWERS));
        Semaphore connecting = new Semaphore(MAX_CONNECTING);
        for (int i = 0; i < VIEWERS; i++) {
            int number = i;
            connecting.acquire();
            client.connect(port, "127.0.0.1", "/ws").onSuccess(socket -> {
                sockets[number] = socket;
                socket.textMessageHandler(frame -> {
                    if (frame.contains("\"welcome\"")) {
                        connecting.release();
                    } else if (frame.contains("stream:viewer:update")) {
                        updates.incrementAndGet();
                    } else if (frame.contains("stream:viewer:join:success")) {
                        micros[number] = (System.nanoTime() - due[number]) / 1_000;
                        joined.incrementAndGet();
                    }
                });
                socket.writeTextMessage(
                        Json.write(new ClientRequest.Hello(null, ClientRequest.PROTOCOL_VERSION, null)));
            });
        }
        assertThat(connecting.tryAcquire(MAX_CONNECTING, 1, TimeUnit.MINUTES))
                .as("all viewers are connected")
                .isTrue();
        long start = System.nanoTime();
        for (int i = 0; i < VIEWERS; i++) {
            due[i] = start + JOIN_PERIOD.toNanos() * i / VIEWERS;
            LockSupport.parkNanos(due[i] - System.nanoTime());
            sockets[i].writeTextMessage(join);
        }
        await("all have joined").atMost(Duration.ofMinutes(1)).until(() -> joined.get() == VIEWERS);
        client.close().toCompletionStage().toCompletableFuture().join();
        return micros;
    }
}
