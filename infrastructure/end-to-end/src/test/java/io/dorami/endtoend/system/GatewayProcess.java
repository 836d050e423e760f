package io.dorami.endtoend.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Another gateway beside the system's own, on the same Redis. The launcher does not restart this process. */
public final class GatewayProcess implements AutoCloseable {

    private static final Duration STARTUP_TIMEOUT = Duration.ofSeconds(60);

    private final List<String> command;
    private final Map<String, String> environment;
    private final int port;
    private final int managementPort;
    private @Nullable Process process;
    private @Nullable Path logFile;

    GatewayProcess(List<String> command, Map<String, String> environment, int port, int management) {
        this.command = command;
        this.environment = environment;
        this.port = port;
        this.managementPort = management;
    }

    /** Starts the process without waiting; see {@link #awaitReady}. */
    public void start() {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment()
                .putAll(Map.of(
                        "QUARKUS_HTTP_HOST",
                        "127.0.0.1",
                        "QUARKUS_HTTP_PORT",
                        String.valueOf(port),
                        "QUARKUS_MANAGEMENT_HOST",
                        "127.0.0.1",
                        "QUARKUS_MANAGEMENT_PORT",
                        String.valueOf(managementPort)));
        try {
            Path log = Files.createTempFile("dorami-gateway", ".log");
            log.toFile().deleteOnExit();
            logFile = log;
            process = builder.redirectOutput(log.toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void awaitReady() {
        awaitReadinessStatus(200);
    }

    /** Waits until the readiness check replies with this status. */
    public void awaitReadinessStatus(int status) {
        HttpRequest health = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + managementPort + "/q/health/ready"))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            await("another gateway")
                    .atMost(STARTUP_TIMEOUT)
                    .ignoreExceptions()
                    .until(() -> http.send(health, BodyHandlers.discarding()).statusCode() == status);
        }
    }

    /** Everything that the process has logged since its last start. */
    public List<String> logLines() {
        try {
            return Files.readAllLines(Objects.requireNonNull(logFile, "not started"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Starts a graceful shutdown (SIGTERM) and returns immediately. */
    public void terminate() {
        sendSignal("TERM");
    }

    public int port() {
        return port;
    }

    public URI socketUrl() {
        return URI.create("ws://127.0.0.1:" + port + "/ws");
    }

    /** Kills the process (SIGKILL) without a graceful shutdown. */
    public void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    /** Suspends the process (SIGSTOP): no code runs, and its connections stay open. */
    public void suspend() {
        sendSignal("STOP");
    }

    public void resume() {
        sendSignal("CONT");
    }

    private void sendSignal(String name) {
        if (process != null) {
            ReplicaProcess.sendSignal(process, name);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
