package io.dorami.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.events.DirectEvent.ChatHistory;
import io.dorami.contracts.events.DirectEvent.RequestRejected;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.RoomId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A client of the JSON protocol that records every frame. */
public final class JsonTestClient implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final List<JsonNode> frames = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final WebSocket socket;
    private volatile boolean reading = true;

    private JsonTestClient(URI address) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address, new Listener())
                .join();
    }

    /** Connects without sending hello. */
    public static JsonTestClient connect(URI address) {
        return new JsonTestClient(address);
    }

    /** Connects and sends hello; without a token the client is a guest. */
    public static JsonTestClient connect(URI address, @Nullable String token) {
        JsonTestClient client = new JsonTestClient(address);
        client.sendRequest(new ClientRequest.Hello(null, ClientRequest.PROTOCOL_VERSION, token));
        client.await("welcome");
        return client;
    }

    /** Joins the room and waits for the reply. */
    public JsonTestClient join(String room) {
        String id = "r" + requests.incrementAndGet();
        sendRequest(new ClientRequest.Join(id, RoomId.parse(room)));
        awaitReply(id);
        return this;
    }

    /** Sends a chat message and waits for the reply: success or error. */
    public JsonNode sendMessage(String room, String message, @Nullable String clientMessageId) {
        String id = "r" + requests.incrementAndGet();
        sendRequest(new ClientRequest.Send(id, RoomId.parse(room), message, clientMessageId));
        return awaitReply(id);
    }

    /** Stops reading after at most one more frame, until {@link #resumeReading}; later frames wait in the network. */
    public void stopReading() {
        reading = false;
    }

    public void resumeReading() {
        reading = true;
        socket.request(1);
    }

    public void sendRequest(ClientRequest request) {
        sendText(Json.write(request));
    }

    /** Sends the text as a frame. */
    public void sendText(String text) {
        socket.sendText(text, true).join();
    }

    /** Waits for the first frame of the event. */
    public JsonNode await(String event) {
        return await(frame -> frame.path("event").asText().equals(event), event);
    }

    /** Waits for the first frame that matches. */
    public JsonNode await(Predicate<JsonNode> matches, String description) {
        return Awaitility.await(description)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(TIMEOUT)
                .until(() -> frames.stream().filter(matches).findFirst(), java.util.Optional::isPresent)
                .orElseThrow();
    }

    /** Event names of all frames so far, in order. */
    public List<String> events() {
        return frames.stream().map(frame -> frame.path("event").asText()).toList();
    }

    /** All frames of the event so far, in order. */
    public List<JsonNode> framesOf(String event) {
        return frames.stream()
                .filter(frame -> frame.path("event").asText().equals(event))
                .toList();
    }

    /** Texts of all chat messages so far, in order. */
    public List<String> messages() {
        return framesOf(ChatPosted.NAME).stream()
                .map(frame -> frame.path("data").path("message").asText())
                .toList();
    }

    /** Waits for the chat history and returns its texts, oldest first. */
    public List<String> history() {
        return await(ChatHistory.NAME).path("data").path("messages").findValuesAsText("message");
    }

    /** Waits for the close and returns its code. */
    public int closeCode() {
        return Awaitility.await("close").atMost(TIMEOUT).until(() -> closeCode.getNow(null), code -> code != null);
    }

    @Override
    public void close() {
        socket.abort();
    }

    /** Waits for success or error, because earlier frames of the request, such as history, carry its id too. */
    private JsonNode awaitReply(String id) {
        return await(
                frame -> frame.path("replyTo").asText().equals(id)
                        && (frame.path("event").asText().endsWith(":success")
                                || frame.path("event").asText().equals(RequestRejected.NAME)),
                "reply to " + id);
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                frames.add(Json.read(text.toString(), JsonNode.class));
                text.setLength(0);
            }
            if (reading) {
                webSocket.request(1);
            }
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closeCode.complete(statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closeCode.complete(1006);
        }
    }
}
