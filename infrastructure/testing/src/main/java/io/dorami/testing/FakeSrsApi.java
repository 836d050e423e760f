package io.dorami.testing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dorami.contracts.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * The part of SRS's HTTP API that is asked here, answering in the form of the captured answers: the real SRS is no package.
 * It has what the test says it has.
 */
public final class FakeSrsApi implements AutoCloseable {

    private static final int NO_SUCH_CLIENT = 2049;

    private final Map<String, String> publishers = new ConcurrentHashMap<>();
    private final Map<String, String> players = new ConcurrentHashMap<>();
    private final List<String> disconnected = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private volatile String run = "run1";
    private volatile boolean silent;

    public FakeSrsApi() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/api/v1/", this::answer);
        server.start();
    }

    /** Such as {@code http://127.0.0.1:1985}. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on that client publishes the stream. */
    public void publishes(String key, String client) {
        publishers.put(key, client);
    }

    /** From now on nobody publishes the stream. */
    public void publishesNot(String key) {
        publishers.remove(key);
    }

    /** From now on that client plays the stream over HTTP-FLV. */
    public void plays(String client, String key) {
        players.put(client, key);
    }

    /** SIGKILL and a new start: everybody is gone. */
    public void restart(String newRun) {
        publishers.clear();
        players.clear();
        run = newRun;
    }

    /** Whether it answers at all. */
    public void silent(boolean now) {
        silent = now;
    }

    /** Whom it was told to disconnect, in order. */
    public List<String> disconnected() {
        return List.copyOf(disconnected);
    }

    /** How often it was asked for its streams. */
    public long lists() {
        return asked.stream().filter(path -> path.endsWith("/streams/")).count();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String credentials = "Basic "
                + Base64.getEncoder().encodeToString(("dorami:" + TestSecrets.SRS).getBytes(StandardCharsets.UTF_8));
        String path = exchange.getRequestURI().getPath();
        asked.add(path);
        if (silent) {
            exchange.close();
        } else if (!credentials.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, 401, Json.MAPPER.createObjectNode());
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            send(exchange, 200, Json.MAPPER.createObjectNode().put("code", disconnect(path)));
        } else if (path.endsWith("/streams/")) {
            send(exchange, 200, streams());
        } else if (path.endsWith("/clients/")) {
            send(exchange, 200, clients());
        } else {
            send(exchange, 404, Json.MAPPER.createObjectNode());
        }
    }

    private int disconnect(String path) {
        String client = path.substring(path.lastIndexOf('/') + 1);
        disconnected.add(client);
        return publishers.values().remove(client) | players.remove(client) != null ? 0 : NO_SUCH_CLIENT;
    }

    private ObjectNode streams() {
        ObjectNode answer = head();
        ArrayNode streams = answer.putArray("streams");
        publishers.forEach((key, client) -> streams.addObject()
                .put("name", key)
                .put("app", "live")
                .put("url", "/live/" + key)
                .putObject("publish")
                .put("active", true)
                .put("cid", client));
        return answer;
    }

    private ObjectNode clients() {
        ObjectNode answer = head();
        ArrayNode clients = answer.putArray("clients");
        publishers.forEach((key, client) -> client(clients, client, key, "fmle-publish", true));
        players.forEach((client, key) -> client(clients, client, key + ".flv", "flv-play", false));
        return answer;
    }

    private static void client(ArrayNode clients, String id, String name, String type, boolean publish) {
        clients.addObject()
                .put("id", id)
                .put("name", name)
                .put("type", type)
                .put("publish", publish)
                .put("alive", 3.2);
    }

    private ObjectNode head() {
        return Json.MAPPER
                .createObjectNode()
                .put("code", 0)
                .put("server", "srs")
                .put("service", run);
    }

    private static void send(HttpExchange exchange, int status, ObjectNode answer) throws IOException {
        byte[] body = Json.write(answer).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
