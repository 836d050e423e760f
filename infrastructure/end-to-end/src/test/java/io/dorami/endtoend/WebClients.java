package io.dorami.endtoend;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Viewers with the real socket.io-client, in one process of Node.js; {@code clients.mjs} says what they can do. */
final class WebClients implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process process;
    private final Writer input;

    /** What each client heard, oldest first. */
    private final Map<String, List<JsonNode>> heard = new HashMap<>();

    private WebClients(Process process) {
        this.process = process;
        this.input = process.outputWriter();
        Thread.ofPlatform().daemon().name("web clients").start(this::listen);
    }

    static WebClients start() {
        try {
            return new WebClients(node("clients.mjs"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A program beside {@code clients.mjs} and the packages that it needs, which are installed where they are not yet. */
    static Process node(String... command) throws IOException {
        try {
            Path home = Files.createDirectories(Path.of("target", "node"));
            Path sources = Repository.ROOT.resolve("infrastructure/end-to-end/src/test/node");
            Path example = Repository.ROOT.resolve("gateway/example/client.mjs");
            for (Path file : List.of(sources.resolve("package.json"), sources.resolve("clients.mjs"), example)) {
                Files.copy(file, home.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!Files.exists(home.resolve("node_modules/socket.io-client"))) {
                install(home);
            }
            return new ProcessBuilder(
                            Stream.concat(Stream.of("node"), Stream.of(command)).toList())
                    .directory(home.toFile())
                    .redirectError(home.resolve("errors.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new IOException("These tests need Node.js: apt install nodejs npm (./dorami test does it)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void install(Path home) throws IOException, InterruptedException {
        File log = home.resolve("npm.log").toFile();
        Process npm = new ProcessBuilder(
                        "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        assertThat(npm.waitFor(120, SECONDS) && npm.exitValue() == 0)
                .as("npm install; its output is in %s", log)
                .isTrue();
    }

    /**
     * A client that watches shows as the page does.
     *
     * @param options of socket.io-client's manager
     */
    WebClients watch(String client, URI url, String token, List<String> keys, Map<String, ?> options) {
        return command(Map.of(
                "command",
                "open",
                "client",
                client,
                "url",
                url.toString(),
                "auth",
                token.isEmpty() ? Map.of() : Map.of("token", token),
                "keys",
                keys,
                "options",
                options));
    }

    WebClients emit(String client, String namespace, String event, Object... args) {
        return command(Map.of(
                "command", "emit", "client", client, "namespace", namespace, "event", event, "args", List.of(args)));
    }

    void close(String client) {
        command(Map.of("command", "close", "client", client));
    }

    WebClients command(Map<String, ?> command) {
        try {
            input.write(Json.write(command) + "\n");
            input.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that a client heard. */
    List<JsonNode> heard(String client) {
        synchronized (heard) {
            return heard.computeIfAbsent(client, c -> new CopyOnWriteArrayList<>());
        }
    }

    /** The events of one name that a client heard in one namespace. */
    List<JsonNode> heard(String client, String namespace, String event) {
        return heard(client).stream().filter(is(namespace, event)).toList();
    }

    /** The names of what a client heard in one namespace. */
    List<String> names(String client, String namespace) {
        return heard(client).stream()
                .filter(line -> line.path("namespace").asText().equals(namespace))
                .map(line -> line.path("event").asText())
                .toList();
    }

    /** What came with the n-th event of a name, once it is there; counted from 1. */
    JsonNode await(String client, String namespace, String event, int number) {
        return org.awaitility.Awaitility.await(client + " hears " + event + " for the " + number + ". time")
                .atMost(PATIENCE)
                .until(() -> heard(client, namespace, event), lines -> lines.size() >= number)
                .get(number - 1);
    }

    /** What came with the first event of a name: its first argument. */
    JsonNode await(String client, String namespace, String event) {
        return await(client, namespace, event, 1).path("args").path(0);
    }

    private static Predicate<JsonNode> is(String namespace, String event) {
        return line -> line.path("namespace").asText().equals(namespace)
                && line.path("event").asText().equals(event);
    }

    private void listen() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                JsonNode event = Json.read(line, JsonNode.class);
                heard(event.path("client").asText()).add(event);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
