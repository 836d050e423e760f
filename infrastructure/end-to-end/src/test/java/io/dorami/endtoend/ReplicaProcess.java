package io.dorami.endtoend;

import static org.awaitility.Awaitility.await;

import io.dorami.testing.TestSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One process of a service, perhaps of several, that is killed, stopped and started again. */
final class ReplicaProcess implements AutoCloseable {

    private final String service;
    private final List<String> java;
    private final Path log;
    private final Map<String, String> environment;
    private final int port = freePort();
    private final int management = freePort();
    private Process process;

    ReplicaProcess(String service, Path log, String redis, String postgres, String password) {
        this(service, StreamReplicas.SMALL_JAVA, log, redis, postgres, password, Map.of());
    }

    /**
     * @param java what starts a Java process, with its options
     * @param settings of the service's own, as environment variables
     */
    ReplicaProcess(
            String service,
            List<String> java,
            Path log,
            String redis,
            String postgres,
            String password,
            Map<String, String> settings) {
        this.service = service;
        this.java = java;
        this.log = log;
        this.environment = new HashMap<>(settings);
        environment.putAll(Map.of(
                "DORAMI_REDIS_URL",
                redis,
                "DORAMI_POSTGRES_ADDRESS",
                postgres,
                "DORAMI_POSTGRES_PASSWORD",
                password,
                "DORAMI_JWT_SECRET",
                TestSecrets.JWT,
                "QUARKUS_HTTP_HOST",
                "127.0.0.1",
                "QUARKUS_HTTP_PORT",
                Integer.toString(port),
                "QUARKUS_MANAGEMENT_HOST",
                "127.0.0.1",
                "QUARKUS_MANAGEMENT_PORT",
                Integer.toString(management)));
        this.process = launch();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> process.destroyForcibly())); // where tests are interrupted
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    int port() {
        return port;
    }

    void restart() {
        close();
        process = launch();
    }

    /** Such as KILL, STOP or CONT. */
    void signal(String name) {
        signal(process, name);
    }

    static void signal(Process process, String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void awaitReady() {
        URI health = URI.create("http://127.0.0.1:" + management + "/q/health/ready");
        try (HttpClient http = HttpClient.newHttpClient()) {
            await(service)
                    .atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> http.send(HttpRequest.newBuilder(health).build(), BodyHandlers.discarding())
                                    .statusCode()
                            == 200);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private Process launch() {
        List<String> line = new ArrayList<>(java);
        line.addAll(List.of(
                "-jar",
                Repository.ROOT
                        .resolve(service + "/target/quarkus-app/quarkus-run.jar")
                        .toString()));
        ProcessBuilder command = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        command.environment().putAll(environment);
        try {
            return command.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that nobody listens on at the moment. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
