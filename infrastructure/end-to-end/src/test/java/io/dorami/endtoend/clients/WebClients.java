package io.dorami.endtoend.clients;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.endtoend.system.Repository;
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

/** Viewers with the real socket.io-client in one Node.js process, which runs the commands of {@code clients.mjs}. */
public final class WebClients implements AutoCloseable {

    private static final Duration EVENT_TIMEOUT = Duration.ofSeconds(20);

    private final Process process;
    private final Writer input;

    /** Events received by each client, oldest first. */
    private final Map<String, List<JsonNode>> received = new HashMap<>();

    private WebClients(Process process) {
        this.process = process;
        this.input = process.outputWriter();
        Thread.ofPlatform().daemon().name("web clients").start(this::readEvents);
    }

    public static WebClients start() {
        try {
            return new WebClients(startNode("clients.mjs"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a program in the folder of {@code clients.mjs}; installs the npm packages first if they are missing. */
    public static Process startNode(String... command) throws IOException {
        try {
            Path folder = Files.createDirectories(Path.of("target", "node"));
            Path sources = Repository.ROOT.resolve("infrastructure/end-to-end/src/test/node");
            Path example = Repository.ROOT.resolve("gateway/example/client.mjs");
            for (Path file : List.of(sources.resolve("package.json"), sources.resolve("clients.mjs"), example)) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!Files.exists(folder.resolve("node_modules/socket.io-client"))) {
                install(folder);
            }
            return new ProcessBuilder(
                            Stream.concat(Stream.of("node"), Stream.of(command)).toList())
                    .directory(folder.toFile())
                    .redirectError(folder.resolve("errors.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new IOException("These tests need Node.js: apt install nodejs npm (./dorami test installs it)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void install(Path folder) throws IOException, InterruptedException {
        File log = folder.resolve("npm.log").toFile();
        Process npm = new ProcessBuilder(
                        "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        assertThat(npm.waitFor(120, SECONDS) && npm.exitValue() == 0)
                .as("npm install; its output is in %s", log)
                .isTrue();
    }

    /**
     * Opens a client that watches shows as the page does.
     *
     * @param options options of socket.io-client's manager
     */
    public WebClients watch(String client, URI url, String token, List<String> keys, Map<String, ?> options) {
        return send(Map.of(
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

    /**
     * Opens a client that watches a show as the page does and sends its token as a cookie.
     *
     * @param transports transports in the order in which the client tries them
     */
    public WebClients watchWithCookie(String client, URI url, String token, String key, List<String> transports) {
        return send(Map.of(
                "command",
                "open",
                "client",
                client,
                "url",
                url.toString(),
                "cookie",
                token,
                "keys",
                List.of(key),
                "options",
                Map.of("transports", transports)));
    }

    /** Replaces the cookie, which the client sends with its next request, as a page that renews its token. */
    public WebClients setCookie(String client, String token) {
        return send(Map.of("command", "setCookie", "client", client, "cookie", token));
    }

    /** Sets the cookie that the client gets when it renews its token after the chat has rejected it. */
    public WebClients setRefreshedCookie(String client, String token) {
        return send(Map.of("command", "setRefreshedCookie", "client", client, "cookie", token));
    }

    public WebClients emit(String client, String namespace, String event, Object... args) {
        return send(Map.of(
                "command", "emit", "client", client, "namespace", namespace, "event", event, "args", List.of(args)));
    }

    public void close(String client) {
        send(Map.of("command", "close", "client", client));
    }

    WebClients send(Map<String, ?> command) {
        try {
            input.write(Json.write(command) + "\n");
            input.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All events that a client received. */
    public List<JsonNode> received(String client) {
        synchronized (received) {
            return received.computeIfAbsent(client, c -> new CopyOnWriteArrayList<>());
        }
    }

    /** Events of one name that a client received in one namespace. */
    public List<JsonNode> received(String client, String namespace, String event) {
        return received(client).stream().filter(matches(namespace, event)).toList();
    }

    /** Names of the events that a client received in one namespace. */
    public List<String> eventNames(String client, String namespace) {
        return received(client).stream()
                .filter(line -> line.path("namespace").asText().equals(namespace))
                .map(line -> line.path("event").asText())
                .toList();
    }

    /** Waits for the n-th event of a name, counted from 1, and returns it. */
    public JsonNode await(String client, String namespace, String event, int number) {
        return org.awaitility.Awaitility.await(client + " receives event " + event + " number " + number)
                .atMost(EVENT_TIMEOUT)
                .until(() -> received(client, namespace, event), lines -> lines.size() >= number)
                .get(number - 1);
    }

    /** Waits for the first event of a name and returns its first argument. */
    public JsonNode await(String client, String namespace, String event) {
        return await(client, namespace, event, 1).path("args").path(0);
    }

    private static Predicate<JsonNode> matches(String namespace, String event) {
        return line -> line.path("namespace").asText().equals(namespace)
                && line.path("event").asText().equals(event);
    }

    private void readEvents() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                JsonNode event = Json.read(line, JsonNode.class);
                received(event.path("client").asText()).add(event);
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
