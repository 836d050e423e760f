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
 * A fake of the requests that the services send to SRS's HTTP API, with responses in the format of captured ones,
 * because the real SRS is not available as a package. The test decides which publishers and players exist.
 */
public final class FakeSrsApi implements AutoCloseable {

    private static final int NO_SUCH_CLIENT = 2049;

    /** The real SRS counts bytes every 3 s. */
    private static final long COUNT_INTERVAL_MILLIS = 300;

    private final Map<String, String> publishers = new ConcurrentHashMap<>();
    private final Map<String, Long> silentPublishers = new ConcurrentHashMap<>();
    private final Map<String, String> players = new ConcurrentHashMap<>();
    private final List<String> disconnectedClients = new CopyOnWriteArrayList<>();
    private final List<String> requestedPaths = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private volatile String instanceId = "run1";
    private volatile boolean unresponsive;

    public FakeSrsApi() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/api/v1/", this::handle);
        server.start();
    }

    /** Address, such as {@code http://127.0.0.1:1985}. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Adds a client that publishes the stream. */
    public void addPublisher(String key, String client) {
        publishers.put(key, client);
    }

    /** Stops the bytes of a publisher, whose connection stays. Other publishers send all the time. */
    public void setSilent(String client) {
        silentPublishers.put(client, lastCountTime());
    }

    /** Removes the publisher of the stream. */
    public void removePublisher(String key) {
        publishers.remove(key);
    }

    /** Adds a client that plays the stream over HTTP-FLV. */
    public void addPlayer(String client, String key) {
        players.put(client, key);
    }

    /** Simulates SIGKILL and a restart: no client is connected, and the instance id is new. */
    public void restart(String newInstanceId) {
        publishers.clear();
        players.clear();
        instanceId = newInstanceId;
    }

    /** Makes the API close every connection without a response, or respond again. */
    public void setUnresponsive(boolean enabled) {
        unresponsive = enabled;
    }

    /** Clients for which a disconnect was requested, in order. */
    public List<String> disconnectedClients() {
        return List.copyOf(disconnectedClients);
    }

    /** Number of requests for the list of streams. */
    public long streamListRequests() {
        return requestedPaths.stream()
                .filter(path -> path.endsWith("/streams/"))
                .count();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String credentials = "Basic "
                + Base64.getEncoder().encodeToString(("dorami:" + TestSecrets.SRS).getBytes(StandardCharsets.UTF_8));
        String path = exchange.getRequestURI().getPath();
        requestedPaths.add(path);
        if (unresponsive) {
            exchange.close();
        } else if (!credentials.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, 401, Json.MAPPER.createObjectNode());
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            send(exchange, 200, Json.MAPPER.createObjectNode().put("code", disconnect(path)));
        } else if (path.endsWith("/streams/")) {
            send(exchange, 200, streams());
        } else if (path.endsWith("/clients/")) {
            send(exchange, 200, clients());
        } else if (path.startsWith("/api/v1/clients/")) {
            send(exchange, 200, publisher(clientId(path)));
        } else if (path.endsWith("/summaries")) {
            send(exchange, 200, summaries());
        } else {
            send(exchange, 404, Json.MAPPER.createObjectNode());
        }
    }

    private int disconnect(String path) {
        String client = clientId(path);
        disconnectedClients.add(client);
        return publishers.values().remove(client) | players.remove(client) != null ? 0 : NO_SUCH_CLIENT;
    }

    private ObjectNode publisher(String client) {
        if (!publishers.containsValue(client)) {
            return Json.MAPPER.createObjectNode().put("code", NO_SUCH_CLIENT);
        }
        ObjectNode response = responseHeader();
        response.putObject("client")
                .put("id", client)
                .put("type", "fmle-publish")
                .put("publish", true)
                .put("alive", 3.2)
                .put("recv_bytes", receivedBytes(client));
        return response;
    }

    /** Bytes of a publisher at the last count: a sending one sends one byte in a millisecond, which is 8 kbit/s. */
    private long receivedBytes(String client) {
        return silentPublishers.getOrDefault(client, lastCountTime());
    }

    private ObjectNode summaries() {
        ObjectNode response = responseHeader();
        response.putObject("data").putObject("system").put("srs_sample_time", lastCountTime());
        return response;
    }

    /** Time of the last count of bytes. It also serves as the number of bytes, because both only grow. */
    private static long lastCountTime() {
        long now = System.currentTimeMillis();
        return now - now % COUNT_INTERVAL_MILLIS;
    }

    private static String clientId(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private ObjectNode streams() {
        ObjectNode response = responseHeader();
        ArrayNode streams = response.putArray("streams");
        publishers.forEach((key, client) -> addStream(streams, key, client));
        return response;
    }

    private void addStream(ArrayNode streams, String key, String client) {
        ObjectNode stream = streams.addObject()
                .put("name", key)
                .put("app", "live")
                .put("url", "/live/" + key)
                .put("recv_bytes", receivedBytes(client));
        stream.putObject("publish").put("active", true).put("cid", client);
        stream.putObject("video")
                .put("codec", "H264")
                .put("profile", "Baseline")
                .put("level", "3")
                .put("width", 640)
                .put("height", 360);
        stream.putObject("audio")
                .put("codec", "AAC")
                .put("sample_rate", 44100)
                .put("channel", 2)
                .put("profile", "LC");
    }

    private ObjectNode clients() {
        ObjectNode response = responseHeader();
        ArrayNode clients = response.putArray("clients");
        publishers.forEach((key, client) -> addClient(clients, client, key, "fmle-publish", true));
        players.forEach((client, key) -> addClient(clients, client, key + ".flv", "flv-play", false));
        return response;
    }

    private static void addClient(ArrayNode clients, String id, String name, String type, boolean publish) {
        clients.addObject()
                .put("id", id)
                .put("name", name)
                .put("type", type)
                .put("publish", publish)
                .put("alive", 3.2);
    }

    private ObjectNode responseHeader() {
        return Json.MAPPER
                .createObjectNode()
                .put("code", 0)
                .put("server", "srs")
                .put("service", instanceId);
    }

    private static void send(HttpExchange exchange, int status, ObjectNode response) throws IOException {
        byte[] body = Json.write(response).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
