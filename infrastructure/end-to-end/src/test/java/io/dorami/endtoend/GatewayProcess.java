package io.dorami.endtoend;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One more gateway beside the suite's own, on the same Redis, which nobody starts again when it ends. */
final class GatewayProcess implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private final List<String> command;
    private final Map<String, String> environment;
    private final int port;
    private final int management;
    private @Nullable Process process;

    GatewayProcess(List<String> command, Map<String, String> environment, int port, int management) {
        this.command = command;
        this.environment = environment;
        this.port = port;
        this.management = management;
    }

    /** Starts it; {@link #awaitReady} says when it is there. */
    void start() {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
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
                        String.valueOf(management)));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitReady() {
        awaitReadiness(200);
    }

    /** Waits until its readiness is answered with this status. */
    void awaitReadiness(int status) {
        HttpRequest health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + "/q/health/ready"))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            await("another gateway")
                    .atMost(READY_WITHIN)
                    .ignoreExceptions()
                    .until(() -> http.send(health, BodyHandlers.discarding()).statusCode() == status);
        }
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Tells it to end in good order, and returns at once. */
    void terminate() {
        signal("TERM");
    }

    int port() {
        return port;
    }

    URI socket() {
        return URI.create("ws://127.0.0.1:" + port + "/ws");
    }

    /** Kills it, so that it has no time for anything. */
    void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    /** As when its machine has no time for it: nothing runs, and its connections stay. */
    void hang() {
        signal("STOP");
    }

    void goOn() {
        signal("CONT");
    }

    private void signal(String name) {
        if (process != null) {
            ReplicaProcess.signal(process, name);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
