package io.dorami.endtoend.clients;

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
 * A client of the JSON protocol that reconnects as the protocol's documentation describes: to another gateway, with the
 * last offset of each of its rooms.
 */
public final class ReconnectingClient implements WebSocket.Listener, AutoCloseable {

    private final HttpClient http;
    private final List<URI> gateways;
    private final String token;
    private final List<RoomId> rooms;
    private final Executor reconnectExecutor = CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);

    private final Map<String, String> offsets = new HashMap<>();
    private final Map<String, List<String>> received = new HashMap<>();
    private final Set<String> joinedRooms = new HashSet<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable WebSocket socket;
    private int nextGateway;
    private int recoveredJoins;
    private int freshJoins;
    private List<String> history = List.of();
    private final List<Integer> closeCodes = new ArrayList<>();
    private final List<Long> closeTimes = new ArrayList<>();
    private boolean closed;

    public ReconnectingClient(HttpClient http, List<URI> gateways, String token, List<RoomId> rooms) {
        this.http = http;
        this.gateways = gateways;
        this.token = token;
        this.rooms = rooms;
        rooms.forEach(room -> received.put(room.toString(), new ArrayList<>()));
        connect();
    }

    /** Offsets of the room's events in the order in which the client received them. */
    public synchronized List<String> received(RoomId room) {
        return List.copyOf(received.getOrDefault(room.toString(), List.of()));
    }

    /** True while all rooms are joined. */
    public synchronized boolean isJoined() {
        return joinedRooms.size() == rooms.size();
    }

    /** Number of joins that resumed from an offset. */
    public synchronized int recoveredJoins() {
        return recoveredJoins;
    }

    /** Number of joins with an offset that could not resume. */
    public synchronized int freshJoins() {
        return freshJoins;
    }

    /** Close codes of the connections that the gateway closed. */
    public synchronized List<Integer> closeCodes() {
        return List.copyOf(closeCodes);
    }

    /** Times at which the gateway closed connections, in milliseconds since 1970. */
    public synchronized List<Long> closeTimes() {
        return List.copyOf(closeTimes);
    }

    /** Texts of the messages in the latest history. */
    public synchronized List<String> history() {
        return history;
    }

    private synchronized void connect() {
        if (closed) {
            return;
        }
        joinedRooms.clear();
        text.setLength(0);
        URI gateway = gateways.get(nextGateway++ % gateways.size());
        http.newWebSocketBuilder().buildAsync(gateway, this).whenComplete((connected, e) -> {
            if (e != null) {
                reconnectExecutor.execute(this::connect);
            }
        });
    }

    @Override
    public synchronized void onOpen(WebSocket opened) {
        socket = opened;
        CompletableFuture<WebSocket> sent =
                opened.sendText(Json.write(new ClientRequest.Hello(null, ClientRequest.PROTOCOL_VERSION, token)), true);
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
            handle(Json.read(text.toString(), JsonNode.class));
            text.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    private void handle(JsonNode frame) {
        String room = frame.path("room").asText();
        String offset = frame.path("offset").asText();
        if (!frame.has("replyTo")) {
            if (!offset.isEmpty()) {
                received.getOrDefault(room, new ArrayList<>()).add(offset);
                offsets.put(room, offset);
            }
        } else if (frame.path("event").asText().equals("chat:history")) {
            history = frame.at("/data/messages").findValuesAsText("message");
        } else if (frame.path("event").asText().endsWith(":success")) {
            joinedRooms.add(room);
            offsets.put(room, offset);
            if (frame.has("recovered")) {
                boolean isRecovered = frame.path("recovered").asBoolean();
                recoveredJoins += isRecovered ? 1 : 0;
                freshJoins += isRecovered ? 0 : 1;
            }
        }
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closeCodes.add(statusCode);
        closeTimes.add(System.currentTimeMillis());
        reconnectExecutor.execute(this::connect);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        reconnectExecutor.execute(this::connect);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (socket != null) {
            socket.abort();
        }
    }
}
