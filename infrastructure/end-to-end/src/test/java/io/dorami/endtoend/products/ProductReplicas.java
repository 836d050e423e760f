package io.dorami.endtoend.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.keys.RoomId;
import io.dorami.endtoend.system.RedisInspector;
import io.dorami.endtoend.system.Repository;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.HttpReply;
import io.dorami.endtoend.system.ServiceCommand;
import io.dorami.endtoend.system.TestFolders;
import io.dorami.local.process.ProcessSpec;
import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
import io.dorami.local.system.Ports;
import io.dorami.local.system.Service;
import io.dorami.testing.TestSecrets;
import io.vertx.mutiny.redis.client.Command;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Replicas of product-service on their own Redis and PostgreSQL. The test kills and starts them; there is no
 * supervisor.
 */
final class ProductReplicas implements AutoCloseable {

    static final int COUNT = 3;

    private static final Duration STARTUP_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration RETRY_DELAY = Duration.ofMillis(100);
    private static final String PASSWORD = "test-password";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Map<String, String> settings;
    private final List<String> javaCommand;
    private final Path dataFolder;
    private final LocalRedis redis;
    private final LocalPostgres postgres;
    private final RedisInspector redisInspector;
    private final List<Ports> ports = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    ProductReplicas() {
        this(COUNT, Map.of(), List.of());
    }

    /**
     * @param settings additional environment variables
     * @param javaCommand command that starts a Java process, with its options; empty for the launcher's command
     */
    ProductReplicas(int count, Map<String, String> settings, List<String> javaCommand) {
        this.settings = settings;
        this.javaCommand = javaCommand;
        try {
            dataFolder = TestFolders.create("dorami-replicas");
            redis = LocalRedis.start(dataFolder.resolve("redis"));
            redisInspector = new RedisInspector(redis.port());
            postgres = LocalPostgres.start(dataFolder.resolve("postgres"), PASSWORD);
            for (int i = 0; i < count; i++) {
                ports.add(new Ports(RunningSystem.findBasePort()));
                processes.add(launch(i));
                if (i == 0) {
                    awaitReady(0); // the first replica migrates the database
                }
            }
            for (int i = 1; i < count; i++) {
                awaitReady(i);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LocalPostgres postgres() {
        return postgres;
    }

    ProcessHandle process(int replica) {
        return processes.get(replica).toHandle();
    }

    /** Kills a replica (SIGKILL). */
    void kill(int replica) {
        processes.get(replica).destroyForcibly().onExit().join();
    }

    /** Starts a replica without waiting; it is ready some seconds later. */
    void start(int replica) {
        try {
            processes.set(replica, launch(replica));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitReady(int replica) {
        await("replica " + replica).atMost(STARTUP_TIMEOUT).until(() -> isReady(replica));
    }

    boolean isReady(int replica) {
        try {
            URI health = URI.create(
                    "http://127.0.0.1:" + ports.get(replica).management(Service.PRODUCT) + "/q/health/ready");
            return http.send(
                                    HttpRequest.newBuilder(health)
                                            .timeout(Duration.ofSeconds(2))
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Calls a replica. The result is empty if no reply arrived: the outcome of the call is unknown then. */
    Optional<HttpReply> call(
            int replica, String method, String path, String token, @Nullable String key, @Nullable Object body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + ports.get(replica).http(Service.PRODUCT) + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.write(body)));
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        try {
            var response = http.send(request.build(), BodyHandlers.ofString());
            return Optional.of(new HttpReply(response.statusCode(), response.body()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Repeats a call at random replicas until one replies without a server error, as a patient client does. */
    HttpReply callUntilReply(String method, String path, String token, @Nullable String key, @Nullable Object body) {
        while (true) {
            int replica = ThreadLocalRandom.current().nextInt(ports.size());
            Optional<HttpReply> reply =
                    call(replica, method, path, token, key, body).filter(answer -> answer.status() < 500);
            if (reply.isPresent()) {
                return reply.get();
            }
            LockSupport.parkNanos(RETRY_DELAY.toNanos());
        }
    }

    /** Creates a stream of the user "seller"; returns its key. */
    String newStream() {
        String key = UUID.randomUUID().toString();
        execute("INSERT INTO product.stream (key, owner_id) VALUES ('" + key + "', 'seller')");
        return key;
    }

    /** Creates a product in a stream; returns its id. */
    String newProduct(int replica, String stream, int stock) {
        HttpReply reply = call(
                        replica,
                        "POST",
                        "/api/products",
                        TestSecrets.userToken("seller", "Seller"),
                        null,
                        Map.of("streamKey", stream, "name", "Cup", "price", 1_000, "stock", stock))
                .orElseThrow();
        return reply.data().path("id").asText();
    }

    void execute(String statement) {
        try (Connection connection = connect();
                Statement run = connection.createStatement()) {
            run.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A transaction of the test, which keeps its locks until it is closed. */
    final class Lock implements AutoCloseable {

        private final Connection connection;

        Lock(String statement) {
            try {
                connection = connect();
                connection.setAutoCommit(false);
                try (Statement run = connection.createStatement()) {
                    run.execute(statement);
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Waits until a statement of a replica that contains the text waits for a lock. */
        void awaitWaiter(String text) {
            await("a statement that waits for the lock: " + text)
                    .atMost(Duration.ofSeconds(8)) // less than the replicas' statement timeout
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> queryNumber("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND query LIKE '%" + text + "%'")
                            > 0);
        }

        @Override
        public void close() {
            try {
                connection.rollback();
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    long queryNumber(String query) {
        try (Connection connection = connect();
                Statement run = connection.createStatement();
                ResultSet rows = run.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Blocks writes to Redis until {@link #resumeRedis}, so that committed events cannot be relayed. */
    void pauseRedis() {
        assertThat(redisInspector.send(Command.CLIENT, "PAUSE", "60000", "WRITE"))
                .hasToString("OK");
    }

    void resumeRedis() {
        assertThat(redisInspector.send(Command.CLIENT, "UNPAUSE")).hasToString("OK");
    }

    /** Data of all events of a name in the shop's log, in order. */
    List<JsonNode> loggedEvents(String stream, String event) {
        return loggedEvents(RoomId.parse("shop:" + stream), event);
    }

    /** Data of all events of a name in a room's log, in order. */
    List<JsonNode> loggedEvents(RoomId room, String event) {
        return redisInspector.log(room, "0-0").stream()
                .filter(frame -> frame.name().equals(event))
                .map(frame -> Json.read(frame.data(), JsonNode.class))
                .toList();
    }

    private Process launch(int replica) throws IOException {
        ProcessSpec spec = Service.PRODUCT.processSpec(
                Repository.ROOT,
                ports.get(replica),
                Map.of(
                        "DORAMI_REDIS_URL",
                        redis.address(),
                        "DORAMI_POSTGRES_ADDRESS",
                        postgres.address(),
                        "DORAMI_POSTGRES_PASSWORD",
                        PASSWORD,
                        "DORAMI_JWT_SECRET",
                        TestSecrets.JWT,
                        "DORAMI_PAYMENT_SECRET",
                        TestSecrets.PAYMENT),
                ServiceCommand.IS_NATIVE);
        File log = dataFolder.resolve("product-" + replica + ".log").toFile();
        ProcessBuilder builder = new ProcessBuilder(ServiceCommand.of(Service.PRODUCT, javaCommand))
                .directory(spec.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().putAll(spec.environment());
        builder.environment().putAll(settings);
        Process started = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        return started;
    }

    private Connection connect() throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://" + postgres.address() + "?connectTimeout=2&socketTimeout=30");
        source.setUser("postgres");
        return source.getConnection();
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
        postgres.close();
        redisInspector.close();
        redis.close();
        http.close();
        TestFolders.deleteKeepingLogs(dataFolder);
    }
}
