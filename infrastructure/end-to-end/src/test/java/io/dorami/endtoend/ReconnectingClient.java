package io.dorami.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.keys.RoomId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of the JSON protocol that comes back as the protocol's page says: to another gateway, with the last offset of
 * each of its rooms.
 */
final class ReconnectingClient implements WebSocket.Listener, AutoCloseable {

    private final HttpClient http;
    private final List<URI> gateways;
    private final String token;
    private final List<RoomId> rooms;
    private final Executor later = CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);

    private final Map<String, String> offsets = new HashMap<>();
    private final Map<String, List<String>> heard = new HashMap<>();
    private final Set<String> joined = new HashSet<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable WebSocket socket;
    private int next;
    private int recovered;
    private int afresh;
    private List<String> history = List.of();
    private final List<Integer> closeCodes = new ArrayList<>();
    private final List<Long> closedAt = new ArrayList<>();
    private boolean closed;

    ReconnectingClient(HttpClient http, List<URI> gateways, String token, List<RoomId> rooms) {
        this.http = http;
        this.gateways = gateways;
        this.token = token;
        this.rooms = rooms;
        rooms.forEach(room -> heard.put(room.toString(), new ArrayList<>()));
        connect();
    }

    /** Offsets of all that the room said to this client, in the order in which it came. */
    synchronized List<String> heard(RoomId room) {
        return List.copyOf(heard.getOrDefault(room.toString(), List.of()));
    }

    synchronized boolean isIn() {
        return joined.size() == rooms.size();
    }

    synchronized int recovered() {
        return recovered;
    }

    synchronized int afresh() {
        return afresh;
    }

    /** Of the connections that were closed from the other side. */
    synchronized List<Integer> closeCodes() {
        return List.copyOf(closeCodes);
    }

    /** When they were, in milliseconds since 1970. */
    synchronized List<Long> closedAt() {
        return List.copyOf(closedAt);
    }

    /** The texts of the messages that came with the last join that began anew. */
    synchronized List<String> history() {
        return history;
    }

    private synchronized void connect() {
        if (closed) {
            return;
        }
        joined.clear();
        text.setLength(0);
        URI gateway = gateways.get(next++ % gateways.size());
        http.newWebSocketBuilder().buildAsync(gateway, this).whenComplete((made, e) -> {
            if (e != null) {
                later.execute(this::connect);
            }
        });
    }

    @Override
    public synchronized void onOpen(WebSocket opened) {
        socket = opened;
        CompletableFuture<WebSocket> sent =
                opened.sendText(Json.write(new ClientRequest.Hello(null, ClientRequest.VERSION, token)), true);
        for (RoomId room : rooms) {
            String join = Json.write(new ClientRequest.Join("j", room, offsets.get(room.toString())));
            sent = sent.thenCompose(done -> opened.sendText(join, true));
        }
        opened.request(1);
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            take(Json.read(text.toString(), JsonNode.class));
            text.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    private void take(JsonNode frame) {
        String room = frame.path("room").asText();
        String offset = frame.path("offset").asText();
        if (!frame.has("replyTo")) {
            if (!offset.isEmpty()) {
                heard.getOrDefault(room, new ArrayList<>()).add(offset);
                offsets.put(room, offset);
            }
        } else if (frame.path("event").asText().equals("chat:history")) {
            history = frame.at("/data/messages").findValuesAsText("message");
        } else if (frame.path("event").asText().endsWith(":success")) {
            joined.add(room);
            offsets.put(room, offset);
            if (frame.has("recovered")) {
                boolean went = frame.path("recovered").asBoolean();
                recovered += went ? 1 : 0;
                afresh += went ? 0 : 1;
            }
        }
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closeCodes.add(statusCode);
        closedAt.add(System.currentTimeMillis());
        later.execute(this::connect);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        later.execute(this::connect);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (socket != null) {
            socket.abort();
        }
    }
}
