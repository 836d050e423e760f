package io.dorami.endtoend.system;

import static org.awaitility.Awaitility.await;

import io.dorami.local.system.Service;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Process of one replica of a service, which a test kills, suspends and restarts. */
public final class ReplicaProcess implements AutoCloseable {

    private final String service;
    private final List<String> command;
    private final Path log;
    private final Map<String, String> environment;
    private final int port = findFreePort();
    private final int managementPort = findFreePort();
    private Process process;

    public ReplicaProcess(String service, Path log, String redis, String postgres, String password) {
        this(service, List.of(), log, redis, postgres, password, Map.of());
    }

    /**
     * @param javaCommand command that starts a Java process, with its options; empty for the launcher's command
     * @param settings environment variables of the service
     */
    public ReplicaProcess(
            String service,
            List<String> javaCommand,
            Path log,
            String redis,
            String postgres,
            String password,
            Map<String, String> settings) {
        this.service = service;
        this.command = ServiceCommand.of(Service.find(service).orElseThrow(), javaCommand);
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
                Integer.toString(managementPort)));
        this.process = launch();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> process.destroyForcibly())); // if the tests are interrupted
    }

    public ProcessHandle process() {
        return process.toHandle();
    }

    public int port() {
        return port;
    }

    public void restart() {
        close();
        process = launch();
    }

    /** Sends a signal such as KILL, STOP or CONT. */
    public void sendSignal(String name) {
        sendSignal(process, name);
    }

    /** Sends a signal to any process. */
    public static void sendSignal(Process process, String name) {
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

    public void awaitReady() {
        URI health = URI.create("http://127.0.0.1:" + managementPort + "/q/health/ready");
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
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Finds a port on which no process listens at the moment. */
    static int findFreePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
