package io.dorami.endtoend.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.endtoend.system.ReplicaProcess;
import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
import io.dorami.testing.TestSecrets;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three chat-services on one Redis, with 200 users who chat in eight rooms. One replica is killed, and another is
 * suspended until the third has taken over their work and then resumed; Redis and PostgreSQL are killed too. Afterwards
 * every sent message is in its room's log exactly once, and the messages of each sender are in order.
 */
class ChatFaultsIT {

    private static final String PASSWORD = "test-password";

    /** A lease lasts 3 s, is checked every 0.6 s, and a reader blocks for 0.5 s. */
    private static final Duration TAKEOVER_TIMEOUT = Duration.ofSeconds(5);

    private static final Random RANDOM = new Random();
    private static final List<ReplicaProcess> REPLICAS = new ArrayList<>();
    private static Path folder;
    private static LocalRedis redis;
    private static LocalPostgres postgres;
    private static Vertx vertx;
    private static Redis client;

    @BeforeAll
    static void start() throws IOException {
        folder = Files.createTempDirectory("dorami-chat-faults");
        redis = LocalRedis.start(folder.resolve("redis"));
        postgres = LocalPostgres.start(folder.resolve("postgres"), PASSWORD);
        vertx = Vertx.vertx();
        client = Redis.createClient(vertx, redis.address());
        IntStream.range(0, 3)
                .forEach(i -> REPLICAS.add(new ReplicaProcess(
                        "chat-service",
                        folder.resolve("chat-" + i + ".log"),
                        redis.address(),
                        postgres.address(),
                        PASSWORD)));
        REPLICAS.forEach(ReplicaProcess::awaitReady);
    }

    @AfterAll
    static void end() throws IOException {
        REPLICAS.forEach(ReplicaProcess::close);
        client.close();
        vertx.closeAndAwait();
        postgres.close();
        redis.close();
        Path logs = Files.createDirectories(Path.of("target", "logs"));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (file.getFileName().toString().startsWith("chat-")) {
                    Files.move(file, logs.resolve("faults-" + file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                } else {
                    Files.delete(file);
                }
            }
        }
    }

    /** 1 round; 20 with {@code -Dfaults}. */
    static IntStream rounds() {
        return IntStream.range(0, System.getProperty("faults") == null ? 1 : 20);
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void remainingReplicaFinishesWorkInOrder(int round) {
        Collections.shuffle(REPLICAS, RANDOM);
        ReplicaProcess killed = REPLICAS.get(0);
        ReplicaProcess stopped = REPLICAS.get(1);
        try (ChatLoad load = ChatLoad.start(client)) {
            load.awaitLogged(200);
            killed.sendSignal("KILL");
            stopped.sendSignal("STOP");
            await("the third replica owns all partitions").until(() -> owners().size() == 1);
            stopped.sendSignal("CONT"); // the late owner continues its interrupted work
            killed.restart();
            await("the late owner owns partitions again").until(() -> owners().size() > 1);
            load.stop();
            load.assertLoggedOnceInOrder();
            assertThat(load.maxLatency()).isLessThan(TAKEOVER_TIMEOUT);
        }
        killed.awaitReady();
    }

    /** Replicas that hold a lease; "none" if a lease has expired. */
    private static Set<String> owners() {
        return Partition.all().stream()
                .map(partition ->
                        client.sendAndAwait(Request.cmd(Command.GET).arg(RedisKeys.lease(ServiceName.CHAT, partition))))
                .map(holder -> holder == null ? "none" : holder.toString())
                .collect(Collectors.toSet());
    }

    @Test
    void killedRedis_acceptedMessagesSurvive() {
        try (ChatLoad load = ChatLoad.start(client)) {
            load.awaitLogged(200);
            redis.kill();
            pause(Duration.ofSeconds(1));
            redis.restart();
            load.awaitLogged(load.loggedCount() + 200);
            load.stop();
            load.assertLoggedOnceInOrder();
        }
    }

    @Test
    void stoppedPostgres_chatContinuesAndModerationFails() throws Exception {
        try (ChatLoad load = ChatLoad.start(client)) {
            load.awaitLogged(100);
            StreamKey key = load.rooms().getFirst();
            assertThat(ban(key).statusCode()).isEqualTo(200);
            postgres.kill();
            HttpResponse<String> rejected = ban(key);
            assertThat(rejected.statusCode()).isEqualTo(503);
            assertThat(Json.read(rejected.body(), JsonNode.class)
                            .path("errorCode")
                            .asText())
                    .isEqualTo("BUSY");
            load.awaitLogged(load.loggedCount() + 300);
            // A replica that starts without PostgreSQL handles chat too.
            REPLICAS.getFirst().sendSignal("KILL");
            REPLICAS.getFirst().restart();
            REPLICAS.getFirst().awaitReady();
            load.awaitLogged(load.loggedCount() + 300);
            postgres.restart();
            await().atMost(Duration.ofSeconds(30)).until(() -> ban(key).statusCode() == 200);
            load.stop();
            load.assertLoggedOnceInOrder();
        }
    }

    private static HttpResponse<String> ban(StreamKey key) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                        + REPLICAS.getLast().port() + "/api/chat/" + key + "/users/" + UUID.randomUUID() + "/ban"))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + TestSecrets.adminToken())
                .PUT(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, BodyHandlers.ofString());
        }
    }

    /** Waits for the duration of a fault. */
    private static void pause(Duration time) {
        try {
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
