package io.dorami.endtoend;

import static java.time.temporal.ChronoUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.local.DataFolder;
import io.dorami.testing.TestSecrets;
import io.vertx.mutiny.redis.client.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** The seven processes, started by the launcher as a user starts them, once for all tests; ended after the last one. */
final class RunningSystem implements AutoCloseable {

    /** Gives the one suite to the constructors of test classes. */
    static final class Running implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == RunningSystem.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(RunningSystem.class))
                    .computeIfAbsent(RunningSystem.class, type -> new RunningSystem(), RunningSystem.class);
        }
    }

    /** The names of the launcher's process id files. */
    static final List<String> PARTS = List.of(
            "gateway", "chat-service", "viewer-service", "product-service", "srs-hook-service", "redis", "postgres");

    /** What the launcher makes of a base port. */
    private static final int[] PORTS = {0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21};

    private static final int STREAM_SERVICE = 4;
    private static final int REDIS = 20;

    /**
     * A stream, and who may do what with it.
     *
     * @param owner access token of whose it is
     * @param key its public name
     * @param token the secret that publishes it
     */
    record Show(String owner, String key, String token) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final int base = freeBase();
    private final Path data;
    private final Process launcher;

    private RunningSystem() {
        try {
            // Open to others, because as root PostgreSQL may run as another user.
            data = Files.createTempDirectory(
                    "dorami-end-to-end",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            // ./dorami test --native has built executables, and they are what is tested.
            String[] packaging = System.getProperty("native") == null ? new String[0] : new String[] {"--native"};
            launcher = dorami(
                            "up",
                            Stream.concat(Stream.of("--port", String.valueOf(base)), Stream.of(packaging))
                                    .toArray(String[]::new))
                    .redirectOutput(data.resolve("launcher.log").toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(launcher::destroy)); // where the tests are interrupted
            DataFolder folder = new DataFolder(data);
            await("the launcher's word that all is ready")
                    .atMost(Duration.of(4, MINUTES))
                    .failFast(() -> assertThat(launcher.isAlive())
                            .as(() -> "The launcher runs: " + read(data.resolve("launcher.log")))
                            .isTrue())
                    .until(() -> folder.address().isPresent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command of {@code ./dorami} on this suite, not yet started. */
    ProcessBuilder dorami(String command, String... options) {
        return program("infrastructure/local/target/dorami-local.jar", command, options);
    }

    /** {@code ./dorami load} on this suite, not yet started. */
    ProcessBuilder load(String profile, String... options) {
        return program("infrastructure/loadtest/target/dorami-loadtest.jar", profile, options);
    }

    private ProcessBuilder program(String jar, String command, String... options) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Ddorami.home=" + Repository.ROOT,
                "-jar",
                Repository.ROOT.resolve(jar).toString(),
                command,
                "--data",
                data.toString()));
        line.addAll(List.of(options));
        ProcessBuilder dorami = new ProcessBuilder(line).redirectErrorStream(true);
        dorami.environment()
                .putAll(Map.of(
                        "DORAMI_JWT_SECRET", TestSecrets.JWT,
                        "DORAMI_SRS_SECRET", TestSecrets.SRS,
                        "DORAMI_STREAM_GRACE", "2S"));
        return dorami;
    }

    /** Address of the front door. */
    URI url(String path) {
        return URI.create("http://localhost:" + base + path);
    }

    /** Address of the sockets. */
    URI socket() {
        return URI.create("ws://localhost:" + base + "/ws");
    }

    /** The port of Redis. */
    int redisPort() {
        return base + REDIS;
    }

    /** One more gateway on this suite's Redis, not yet started. */
    GatewayProcess anotherGateway() {
        return anotherGateway(Map.of());
    }

    /** @param settings environment variables that come on top, or win */
    GatewayProcess anotherGateway(Map<String, String> settings) {
        Path gateway = Repository.ROOT.resolve("gateway/target");
        List<String> command = System.getProperty("native") == null
                ? List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        gateway.resolve("quarkus-app/quarkus-run.jar").toString())
                : List.of(gateway.resolve("gateway-1.0.0-SNAPSHOT-runner").toString());
        int[] ports = new Random()
                .ints(15_000, 30_000)
                .filter(RunningSystem::free)
                .distinct()
                .limit(2)
                .toArray();
        Map<String, String> environment = new HashMap<>(
                Map.of("DORAMI_REDIS_URL", "redis://127.0.0.1:" + redisPort(), "DORAMI_JWT_SECRET", TestSecrets.JWT));
        environment.putAll(settings);
        return new GatewayProcess(command, environment, ports[0], ports[1]);
    }

    /** The process that is a part now. */
    long pid(String part) {
        String file = read(data.resolve("run").resolve(part + ".pid"));
        return Long.parseLong(file.substring(0, file.indexOf(' ')));
    }

    /** Kills Redis; the launcher starts it again. */
    void killRedis() {
        ProcessHandle redis = ProcessHandle.of(pid("redis")).orElseThrow();
        redis.destroyForcibly();
        redis.onExit().join();
    }

    /** Kills Redis together with its files: it comes back without any data. */
    void loseRedis() {
        Path folder = new DataFolder(data).redis();
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> kept = files.filter(
                            file -> folder.relativize(file).toString().startsWith("appendonly"))
                    .sorted(Comparator.reverseOrder())
                    .toList();
            for (Path file : kept) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        killRedis();
    }

    /** Waits until Redis answers again. */
    void awaitRedis() {
        await("Redis")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> {
                    try (RedisInspector redis = new RedisInspector(redisPort())) {
                        return String.valueOf(redis.send(Command.PING)).equals("PONG");
                    }
                });
    }

    /** What a call answered. */
    record HttpReply(int status, String text) {

        /** What is inside the envelope of a success. */
        JsonNode data() {
            assertThat(status).as(text).isBetween(200, 299);
            return Json.read(text, JsonNode.class).path("data");
        }

        /** The code in the envelope of a failure. */
        String errorCode() {
            return Json.read(text, JsonNode.class).path("errorCode").asText();
        }
    }

    /** A call through the front door. */
    HttpReply call(String method, String path, @Nullable String token, @Nullable Object body) {
        HttpRequest.Builder request = request(method, url(path), body);
        return send(token == null ? request : request.header("Authorization", "Bearer " + token));
    }

    HttpReply get(String path) {
        return call("GET", path, null, null);
    }

    /** A stream that nobody has published yet. */
    Show newShow(String owner, String title) {
        JsonNode session = call("POST", "/api/streaming/generate-key", owner, Map.of("title", title))
                .data();
        String publishKey = session.path("publishKey").asText();
        int token = publishKey.indexOf("?token=");
        return new Show(owner, publishKey.substring(0, token), publishKey.substring(token + "?token=".length()));
    }

    /** A product that its stream's room has heard of. */
    JsonNode newProduct(Show show, String name, int stock) {
        // Whose the stream is comes to product-service by event; it may have been killed a moment ago.
        return await("the product")
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> call(
                                "POST",
                                "/api/products",
                                show.owner(),
                                Map.of("streamKey", show.key(), "name", name, "price", 19_000, "stock", stock)),
                        reply -> reply.status() != 404)
                .data();
    }

    /** What SRS is answered to a call with the secret, at the address that it is configured with. */
    String hook(SrsCall call) {
        // One was captured with another address.
        String path = call.path().startsWith("/api/") ? call.path() : "/api/srs/hooks";
        HttpReply reply = hook(path + "?secret=" + TestSecrets.SRS, call.body());
        assertThat(reply.status()).isEqualTo(200);
        return reply.text();
    }

    /** A call from inside, past the front door. */
    HttpReply hook(String path, Object body) {
        return send(request("POST", URI.create("http://127.0.0.1:" + (base + STREAM_SERVICE) + path), body));
    }

    HttpRequest.Builder request(String method, URI address, @Nullable Object body) {
        return HttpRequest.newBuilder(address)
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(Json.write(body)));
    }

    HttpReply send(HttpRequest.Builder request) {
        try {
            var response = http.send(request.build(), BodyHandlers.ofString());
            return new HttpReply(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Lets the launcher end all, and fails where anything is left. */
    @Override
    public void close() throws Exception {
        http.close();
        List<ProcessHandle> parts = PARTS.stream()
                .flatMap(part -> ProcessHandle.of(pid(part)).stream())
                .toList();
        launcher.destroy();
        assertThat(launcher.waitFor(60, SECONDS)).as("the launcher ended").isTrue();
        assertThat(parts).as("what is left running").noneMatch(ProcessHandle::isAlive);

        deleteKeepingLogs(data);
    }

    static void deleteKeepingLogs(Path data) {
        try (Stream<Path> all = Files.walk(data)) {
            Path logs = Files.createDirectories(Path.of("target", "logs"));
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                if (file.toString().endsWith(".log")) {
                    Files.copy(file, logs.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Below the ports that the system gives to outgoing connections; at random, for others may look too. */
    static int freeBase() {
        return new Random()
                .ints(15_000, 30_000)
                .filter(candidate -> IntStream.of(PORTS).allMatch(offset -> free(candidate + offset)))
                .findFirst()
                .orElseThrow();
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
