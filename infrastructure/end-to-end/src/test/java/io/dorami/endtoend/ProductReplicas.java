package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.endtoend.RunningSystem.HttpReply;
import io.dorami.local.LocalPostgres;
import io.dorami.local.LocalRedis;
import io.dorami.local.Ports;
import io.dorami.local.ProcessSpec;
import io.dorami.local.Service;
import io.dorami.testing.TestSecrets;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Three product-services on a Redis and a PostgreSQL of their own, without a supervisor: killed and started by the test. */
final class ProductReplicas implements AutoCloseable {

    static final int COUNT = 3;

    private static final Duration START = Duration.ofSeconds(90);
    private static final String PASSWORD = "test-password";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Map<String, String> settings;
    private final List<String> java;
    private final Path data;
    private final LocalRedis redis;
    private final LocalPostgres postgres;
    private final List<Ports> ports = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    ProductReplicas() {
        this(COUNT, Map.of(), List.of());
    }

    /**
     * @param settings environment variables that come on top
     * @param java what starts a Java process, with its options; nothing for the launcher's way
     */
    ProductReplicas(int count, Map<String, String> settings, List<String> java) {
        this.settings = settings;
        this.java = java;
        try {
            data = folderForAll();
            redis = LocalRedis.start(data.resolve("redis"));
            postgres = LocalPostgres.start(data.resolve("postgres"), PASSWORD);
            for (int i = 0; i < count; i++) {
                ports.add(new Ports(RunningSystem.freeBase()));
                processes.add(launch(i));
                if (i == 0) {
                    awaitReady(0); // it migrates
                }
            }
            for (int i = 1; i < count; i++) {
                awaitReady(i);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new folder, open to others, because as root PostgreSQL may run as another user. */
    static Path folderForAll() throws IOException {
        return Files.createTempDirectory(
                "dorami-replicas", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    LocalPostgres postgres() {
        return postgres;
    }

    ProcessHandle process(int replica) {
        return processes.get(replica).toHandle();
    }

    /** SIGKILL. */
    void kill(int replica) {
        processes.get(replica).destroyForcibly().onExit().join();
    }

    /** Returns at once; the replica answers some seconds later. */
    void start(int replica) {
        try {
            processes.set(replica, launch(replica));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitReady(int replica) {
        await("replica " + replica).atMost(START).until(() -> ready(replica));
    }

    boolean ready(int replica) {
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

    /** Empty where nobody answered: then nobody knows whether it was done. */
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

    /** A stream of the user "seller"; its key. */
    String newStream() {
        String key = UUID.randomUUID().toString();
        execute("INSERT INTO product.stream (key, owner_id) VALUES ('" + key + "', 'seller')");
        return key;
    }

    /** A product in that stream; its id. */
    String newProduct(int replica, String stream, int stock) {
        HttpReply reply = call(
                        replica,
                        "POST",
                        "/api/products",
                        TestSecrets.user("seller", "Seller"),
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

    long number(String query) {
        try (Connection connection = connect();
                Statement run = connection.createStatement();
                ResultSet rows = run.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Until it is resumed, Redis keeps whoever writes waiting: what is committed cannot be relayed. */
    void pauseRedis() {
        assertThat(redis("CLIENT PAUSE 60000 WRITE")).isEqualTo("OK");
    }

    void resumeRedis() {
        assertThat(redis("CLIENT UNPAUSE")).isEqualTo("OK");
    }

    /** The data of all events of that name in the shop's log, in order. */
    List<JsonNode> log(String stream, String event) {
        List<JsonNode> events = new ArrayList<>();
        String log = RedisKeys.roomEvents(RoomId.parse("shop:" + stream)).log();
        for (Object entry : (List<?>) redis("XRANGE " + log + " - +")) {
            List<?> fields = (List<?>) ((List<?>) entry).get(1);
            EventFrame frame = EventFrame.decode(null, (String) fields.get(1));
            if (frame.name().equals(event)) {
                events.add(Json.read(frame.data(), JsonNode.class));
            }
        }
        return events;
    }

    private Process launch(int replica) throws IOException {
        ProcessSpec part = Service.PRODUCT.part(
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
                System.getProperty("native") != null);
        File log = data.resolve("product-" + replica + ".log").toFile();
        List<String> command = new ArrayList<>(java);
        command.addAll(
                java.isEmpty() ? part.command() : List.of("-jar", part.command().getLast()));
        ProcessBuilder process = new ProcessBuilder(command)
                .directory(part.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        process.environment().putAll(part.environment());
        process.environment().putAll(settings);
        Process started = process.start();
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        return started;
    }

    private Connection connect() throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://" + postgres.address() + "?connectTimeout=2&socketTimeout=30");
        source.setUser("postgres");
        return source.getConnection();
    }

    /** One command, in Redis' inline form; its answer as text, number or list. */
    private Object redis(String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
            return answer(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object answer(InputStream in) throws IOException {
        String line = line(in);
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> rest;
            case ':' -> Long.parseLong(rest);
            case '$' -> {
                int length = Integer.parseInt(rest);
                byte[] text = in.readNBytes(Math.max(0, length));
                line(in);
                yield new String(text, StandardCharsets.UTF_8);
            }
            case '*' -> {
                List<Object> list = new ArrayList<>();
                for (int i = Integer.parseInt(rest); i > 0; i--) {
                    list.add(answer(in));
                }
                yield list;
            }
            default -> throw new IOException(line);
        };
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("Redis closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
        postgres.close();
        redis.close();
        http.close();
        RunningSystem.deleteKeepingLogs(data);
    }
}
