package io.dorami.endtoend.system;

import static java.time.temporal.ChronoUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.local.media.LocalSrs;
import io.dorami.local.system.DataFolder;
import io.dorami.local.system.Ports;
import io.dorami.local.system.Service;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The seven processes of the system. The launcher starts them once for all tests, as a user does, and stops them after
 * the last test. With {@code -Ddeployment=URL -Ddeployment.hooks=URL} tests use the deployment at these addresses of its
 * gateway and srs-hook-service instead, which has the secrets of {@link TestSecrets}; tests that need the processes or
 * Redis itself are then skipped.
 */
public final class RunningSystem implements AutoCloseable {

    /** Passes the shared system to the constructors of test classes. */
    public static final class Resolver implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == RunningSystem.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(RunningSystem.class))
                    .computeIfAbsent(
                            RunningSystem.class,
                            type -> DEPLOYMENT == null
                                    ? start(Map.of("DORAMI_SRS", LocalSrs.NONE))
                                    : new RunningSystem(DEPLOYMENT, System.getProperty("deployment.hooks", DEPLOYMENT)),
                            RunningSystem.class);
        }
    }

    /** Names of the launcher's process id files. */
    public static final List<String> PROCESS_NAMES = List.of(
            "gateway", "chat-service", "viewer-service", "product-service", "srs-hook-service", "redis", "postgres");

    /** Ports that the launcher uses, relative to the base port. */
    private static final int[] PORT_OFFSETS = {0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21, 30, 31, 32};

    private static final int STREAM_SERVICE_PORT_OFFSET = 4;
    private static final int REDIS_PORT_OFFSET = 20;

    private static final @Nullable String DEPLOYMENT = System.getProperty("deployment");

    /**
     * A stream and its credentials.
     *
     * @param owner access token of the owner
     * @param key public name of the stream
     * @param token secret with which the stream is published
     */
    public record Show(String owner, String key, String token) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final int basePort = findBasePort();
    private final Map<String, String> environment;
    private final String gatewayUrl;
    private final String hooksUrl;
    private final Path dataFolder;
    private final @Nullable Process launcher; // null for a deployment

    /**
     * Starts another system than the one that tests share; the caller closes it.
     *
     * @param environment additional environment variables of the launcher
     */
    public static RunningSystem start(Map<String, String> environment) {
        return new RunningSystem(environment);
    }

    private RunningSystem(String gatewayUrl, String hooksUrl) {
        this.environment = Map.of();
        this.gatewayUrl = gatewayUrl;
        this.hooksUrl = hooksUrl;
        this.launcher = null;
        try {
            dataFolder = TestFolders.create("dorami-deployment");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RunningSystem(Map<String, String> environment) {
        this.environment = environment;
        this.gatewayUrl = "http://localhost:" + basePort;
        this.hooksUrl = "http://127.0.0.1:" + (basePort + STREAM_SERVICE_PORT_OFFSET);
        try {
            dataFolder = TestFolders.create("dorami-end-to-end");
            String[] packagingOptions = ServiceCommand.IS_NATIVE ? new String[] {"--native"} : new String[0];
            Process started = doramiCommand(
                            "up",
                            Stream.concat(Stream.of("--port", String.valueOf(basePort)), Stream.of(packagingOptions))
                                    .toArray(String[]::new))
                    .redirectOutput(dataFolder.resolve("launcher.log").toFile())
                    .start();
            launcher = started;
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroy)); // if the tests are interrupted
            DataFolder launcherData = new DataFolder(dataFolder);
            await("the launcher reports that the system is ready")
                    .atMost(Duration.of(4, MINUTES))
                    .failFast(() -> assertThat(started.isAlive())
                            .as(() -> "the launcher is running: " + read(dataFolder.resolve("launcher.log")))
                            .isTrue())
                    .until(() -> launcherData.address().isPresent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command of {@code ./dorami} for this system, not yet started. */
    public ProcessBuilder doramiCommand(String command, String... options) {
        return jarCommand("infrastructure/local/target/dorami-local.jar", command, options);
    }

    /** {@code ./dorami load} for this system, not yet started. */
    public ProcessBuilder loadCommand(String profile, String... options) {
        return jarCommand("infrastructure/loadtest/target/dorami-loadtest.jar", profile, options);
    }

    private ProcessBuilder jarCommand(String jar, String command, String... options) {
        List<String> commandLine = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Ddorami.home=" + Repository.ROOT,
                "-jar",
                Repository.ROOT.resolve(jar).toString(),
                command,
                "--data",
                dataFolder.toString()));
        commandLine.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(commandLine).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "DORAMI_JWT_SECRET", TestSecrets.JWT,
                        "DORAMI_SRS_SECRET", TestSecrets.SRS,
                        "DORAMI_STREAM_GRACE", "2S"));
        builder.environment().putAll(environment);
        return builder;
    }

    /** URL of a path on the gateway. */
    public URI url(String path) {
        return URI.create(gatewayUrl + path);
    }

    /** URL of the gateway's WebSocket endpoint. */
    public URI socketUrl() {
        return URI.create(gatewayUrl.replaceFirst("^http", "ws") + "/ws");
    }

    /** Port of Redis. */
    public int redisPort() {
        requireOwnProcesses();
        return basePort + REDIS_PORT_OFFSET;
    }

    /** Another gateway on this system's Redis, not yet started. */
    public GatewayProcess newGateway() {
        return newGateway(Map.of());
    }

    /** @param settings additional environment variables; they override the defaults */
    public GatewayProcess newGateway(Map<String, String> settings) {
        int[] ports = new Random()
                .ints(15_000, 30_000)
                .filter(RunningSystem::isFree)
                .distinct()
                .limit(2)
                .toArray();
        Map<String, String> environment = new HashMap<>(
                Map.of("DORAMI_REDIS_URL", "redis://127.0.0.1:" + redisPort(), "DORAMI_JWT_SECRET", TestSecrets.JWT));
        environment.putAll(settings);
        return new GatewayProcess(ServiceCommand.of(Service.GATEWAY), environment, ports[0], ports[1]);
    }

    /** Current process id of a process of {@link #PROCESS_NAMES}. */
    public long pid(String processName) {
        requireOwnProcesses();
        return Long.parseLong(read(dataFolder.resolve("run").resolve(processName + ".pid")));
    }

    /** Kills Redis; the launcher restarts it. */
    public void killRedis() {
        ProcessHandle redis = ProcessHandle.of(pid("redis")).orElseThrow();
        redis.destroyForcibly();
        redis.onExit().join();
    }

    /** Kills Redis and deletes its files, so that Redis restarts without data. */
    public void killRedisAndDeleteData() {
        Path folder = new DataFolder(dataFolder).redis();
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> persisted = files.filter(
                            file -> folder.relativize(file).toString().startsWith("appendonly"))
                    .sorted(Comparator.reverseOrder())
                    .toList();
            for (Path file : persisted) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        killRedis();
    }

    /** Waits until Redis replies again. */
    public void awaitRedis() {
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

    /** Response to an HTTP call. */
    public record HttpReply(int status, String body) {

        /** Content of the envelope of a successful response. */
        public JsonNode data() {
            assertThat(status).as(body).isBetween(200, 299);
            return Json.read(body, JsonNode.class).path("data");
        }

        /** Code in the envelope of an error response. */
        public String errorCode() {
            return Json.read(body, JsonNode.class).path("errorCode").asText();
        }
    }

    /** Calls the API through the gateway. */
    public HttpReply call(String method, String path, @Nullable String token, @Nullable Object body) {
        HttpRequest.Builder request = request(method, url(path), body);
        return send(token == null ? request : request.header("Authorization", "Bearer " + token));
    }

    public HttpReply get(String path) {
        return call("GET", path, null, null);
    }

    /** Management port of each service. */
    public Map<String, Integer> managementPorts() {
        requireOwnProcesses();
        Ports ports = new Ports(basePort);
        return Stream.of(Service.values()).collect(Collectors.toMap(Service::folder, ports::management));
    }

    /** Scrapes a service's metrics in one of the accepted media types. */
    public HttpReply metrics(Service service, String accept) {
        requireOwnProcesses();
        URI address = URI.create("http://127.0.0.1:" + new Ports(basePort).management(service) + "/q/metrics");
        return send(request("GET", address, null).header("Accept", accept));
    }

    /** Registers a stream that is not published yet. */
    public Show newShow(String owner, String title) {
        JsonNode session = call("POST", "/api/streaming/generate-key", owner, Map.of("title", title))
                .data();
        String publishKey = session.path("publishKey").asText();
        int tokenStart = publishKey.indexOf("?token=");
        return new Show(
                owner, publishKey.substring(0, tokenStart), publishKey.substring(tokenStart + "?token=".length()));
    }

    /** Registers a stream and publishes it by SRS's hook. */
    public Show newLiveShow(String owner, String title) {
        Show show = newShow(owner, title);
        callHook(SrsCall.of("on_publish").withStream(show, show.key()));
        return show;
    }

    /** Creates a product in a stream. */
    public JsonNode newProduct(Show show, String name, int stock) {
        // product-service learns the owner of a stream by event, and may have been killed a moment ago.
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

    /** Calls a hook as SRS does, with the secret and at the configured path; returns the response body. */
    public String callHook(SrsCall call) {
        // One call was captured with another path.
        String path = call.path().startsWith("/api/") ? call.path() : "/api/srs/hooks";
        HttpReply reply = callHook(path + "?secret=" + TestSecrets.SRS, call.body());
        assertThat(reply.status()).isEqualTo(200);
        return reply.body();
    }

    /** Calls srs-hook-service directly, not through the gateway. */
    public HttpReply callHook(String path, Object body) {
        return send(request("POST", URI.create(hooksUrl + path), body));
    }

    public HttpRequest.Builder request(String method, URI address, @Nullable Object body) {
        return HttpRequest.newBuilder(address)
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(Json.write(body)));
    }

    public HttpReply send(HttpRequest.Builder request) {
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

    /** Skips the test that runs if the processes are a deployment's. */
    private void requireOwnProcesses() {
        assumeTrue(launcher != null, "the test needs processes that the tests have started");
    }

    /** Stops the launcher and fails if a process is still running. */
    @Override
    public void close() throws Exception {
        http.close();
        if (launcher == null) {
            TestFolders.deleteKeepingLogs(dataFolder);
            return;
        }
        List<ProcessHandle> processes = PROCESS_NAMES.stream()
                .flatMap(name -> ProcessHandle.of(pid(name)).stream())
                .toList();
        launcher.destroy();
        assertThat(launcher.waitFor(60, SECONDS)).as("the launcher ended").isTrue();
        assertThat(processes).as("processes still running").noneMatch(ProcessHandle::isAlive);

        TestFolders.deleteKeepingLogs(dataFolder);
    }

    /**
     * Finds a base port whose offsets are free, below the ports that the operating system gives to outgoing
     * connections. The search is random, because other test runs may search at the same time.
     */
    public static int findBasePort() {
        return new Random()
                .ints(15_000, 30_000)
                .filter(candidate -> IntStream.of(PORT_OFFSETS).allMatch(offset -> isFree(candidate + offset)))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
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
