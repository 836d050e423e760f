package io.dorami.endtoend.streams;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.endtoend.system.RedisInspector;
import io.dorami.endtoend.system.ReplicaProcess;
import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
import io.dorami.testing.FakeSrsApi;
import io.dorami.testing.TestSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Replicas of srs-hook-service as processes on one real Redis and PostgreSQL, with a fake of the SRS API. A call
 * reaches any replica, as behind a Kubernetes Service, and the next replica if that one is dead.
 */
final class StreamReplicas implements AutoCloseable {

    private static final String PASSWORD = "test-password";

    private final FakeSrsApi srs = new FakeSrsApi();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.of(2, SECONDS))
            .build();
    private final AtomicInteger nextReplica = new AtomicInteger();
    private final List<ReplicaProcess> replicas = new ArrayList<>();
    private final Path dataFolder;
    private final LocalRedis redis;
    private final LocalPostgres postgres;

    StreamReplicas(int count, Map<String, String> settings) {
        this(count, settings, List.of());
    }

    /** @param javaCommand command that starts a Java process, with its options; empty for the launcher's command */
    StreamReplicas(int count, Map<String, String> settings, List<String> javaCommand) {
        try {
            dataFolder = Files.createTempDirectory("dorami-replicas");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        redis = LocalRedis.start(dataFolder.resolve("redis"));
        postgres = LocalPostgres.start(dataFolder.resolve("postgres"), PASSWORD);
        Map<String, String> all = new HashMap<>(settings);
        all.put("DORAMI_SRS_SECRET", TestSecrets.SRS);
        all.putIfAbsent("DORAMI_SRS_API", srs.address());
        for (int i = 0; i < count; i++) {
            replicas.add(new ReplicaProcess(
                    "srs-hook-service", javaCommand, logFile(i), redis.address(), postgres.address(), PASSWORD, all));
        }
        awaitReady();
    }

    /** Stream of the seller. */
    record Show(String id, String key, String token) {}

    /** Reply of a replica. */
    record JsonReply(int status, JsonNode body) {}

    FakeSrsApi srs() {
        return srs;
    }

    /** Connects to PostgreSQL with the service's own role. */
    Connection database() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + postgres.address(), "stream", PASSWORD);
    }

    /** Kills a replica (SIGKILL). */
    void kill(int replica) {
        replicas.get(replica).close();
    }

    void start(int replica) {
        replicas.get(replica).restart();
    }

    void awaitReady() {
        replicas.forEach(ReplicaProcess::awaitReady);
    }

    /** Process of the first replica. */
    ProcessHandle process() {
        return replicas.getFirst().process();
    }

    /** Host and port of the first replica. */
    String authority() {
        return "127.0.0.1:" + replicas.getFirst().port();
    }

    Show newShow() {
        return newShow(false);
    }

    Show newShow(boolean isPrivate) {
        JsonNode session = call(
                        "POST",
                        "/api/streaming/generate-key",
                        seller(),
                        Map.of("title", "Evening show", "isPrivate", isPrivate))
                .body()
                .path("data");
        String key = session.path("streamKey").asText();
        String token = session.path("publishKey").asText().substring(key.length() + "?token=".length());
        return new Show(session.path("id").asText(), key, token);
    }

    /** Calls a hook as SRS does; true if the service accepts it. */
    boolean callHook(String action, Show show, String client, String instanceId) {
        return callHook(
                "/api/srs/hooks",
                Map.of(
                        "action",
                        action,
                        "client_id",
                        client,
                        "service_id",
                        instanceId,
                        "app",
                        "live",
                        "stream",
                        show.key(),
                        "param",
                        action.endsWith("publish") ? "?token=" + show.token() : ""));
    }

    boolean heartbeat(String instanceId) {
        return callHook("/api/streaming/srs-heartbeat", Map.of("device_id", TestSecrets.SRS, "service", instanceId));
    }

    private boolean callHook(String path, Map<String, String> body) {
        JsonReply reply = call("POST", path + "?secret=" + TestSecrets.SRS, null, body);
        assertThat(reply.status()).isEqualTo(200);
        return reply.body().path("code").asInt() == 0;
    }

    String status(Show show) {
        return call("GET", "/api/streaming/key/" + show.key() + "/status", null, null)
                .body()
                .path("data")
                .path("status")
                .asText();
    }

    static String seller() {
        return TestSecrets.userToken("seller", "Seller");
    }

    /** Calls the next replica, or the one after it if that replica is dead. */
    JsonReply call(String method, String path, @Nullable String token, @Nullable Object body) {
        IOException failure = null;
        int first = nextReplica.getAndIncrement();
        for (int i = 0; i < replicas.size(); i++) {
            try {
                return call(replicas.get(Math.floorMod(first + i, replicas.size())), method, path, token, body);
            } catch (IOException e) {
                failure = e;
            }
        }
        throw new UncheckedIOException("No replica replies", failure == null ? new IOException() : failure);
    }

    /** Names of the events in the stream's room that start or end a show, in order. */
    List<String> publishedEvents(Show show) {
        try (RedisInspector inspector = new RedisInspector(redis.port())) {
            return inspector.log(RoomId.parse("stream:" + show.key()), "0").stream()
                    .map(EventFrame::name)
                    .filter(Set.of("stream:started", "stream:ended")::contains)
                    .toList();
        }
    }

    @Override
    public void close() throws Exception {
        replicas.forEach(ReplicaProcess::close);
        http.close();
        postgres.close();
        redis.close();
        srs.close();
    }

    private JsonReply call(
            ReplicaProcess replica, String method, String path, @Nullable String token, @Nullable Object body)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + replica.port() + path))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(Json.write(body)));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            var response = http.send(request.build(), BodyHandlers.ofString());
            return new JsonReply(response.statusCode(), Json.read(response.body(), JsonNode.class));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path logFile(int number) {
        try {
            return Files.createDirectories(Path.of("target", "logs")).resolve("srs-hook-service-" + number + ".log");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
