package io.dorami.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.commands.ClientRequest;
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

/** A client of the JSON protocol that keeps all it hears. */
public final class JsonTestClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<JsonNode> frames = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final WebSocket socket;
    private volatile boolean reading = true;

    private JsonTestClient(URI address) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address, new Listener())
                .join();
    }

    /** Connects and says nothing. */
    public static JsonTestClient connect(URI address) {
        return new JsonTestClient(address);
    }

    /** Connects and says hello; without a token, as a guest. */
    public static JsonTestClient connect(URI address, @Nullable String token) {
        JsonTestClient client = new JsonTestClient(address);
        client.request(new ClientRequest.Hello(null, ClientRequest.VERSION, token));
        client.await("welcome");
        return client;
    }

    /** Joins and waits for the success, or fails with what came instead. */
    public JsonTestClient join(String room) {
        String id = "r" + requests.incrementAndGet();
        request(new ClientRequest.Join(id, RoomId.parse(room)));
        answer(id);
        return this;
    }

    /** Sends a chat message and waits for the answer: success or error. */
    public JsonNode say(String room, String message, @Nullable String clientMessageId) {
        String id = "r" + requests.incrementAndGet();
        request(new ClientRequest.Send(id, RoomId.parse(room), message, clientMessageId));
        return answer(id);
    }

    /** Reads one frame more at the most, until {@link #readOn}: what comes waits on its way. */
    public void stopReading() {
        reading = false;
    }

    public void readOn() {
        reading = true;
        socket.request(1);
    }

    public void request(ClientRequest request) {
        send(Json.write(request));
    }

    /** Sends any text as a frame. */
    public void send(String text) {
        socket.sendText(text, true).join();
    }

    /** The first frame of that event, waited for. */
    public JsonNode await(String event) {
        return await(frame -> frame.path("event").asText().equals(event), event);
    }

    /** The first frame that fits, waited for. */
    public JsonNode await(Predicate<JsonNode> fits, String what) {
        return Awaitility.await(what)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(() -> frames.stream().filter(fits).findFirst(), java.util.Optional::isPresent)
                .orElseThrow();
    }

    /** The events of all frames so far, in order. */
    public List<String> events() {
        return frames.stream().map(frame -> frame.path("event").asText()).toList();
    }

    /** All frames of that event so far, in order. */
    public List<JsonNode> heard(String event) {
        return frames.stream()
                .filter(frame -> frame.path("event").asText().equals(event))
                .toList();
    }

    /** The texts of all chat messages so far, in order. */
    public List<String> messages() {
        return heard("chat:message").stream()
                .map(frame -> frame.path("data").path("message").asText())
                .toList();
    }

    /** The texts of the messages that came on joining, oldest first. */
    public List<String> history() {
        return await("chat:history").path("data").path("messages").findValuesAsText("message");
    }

    /** The code with which the other side closed, waited for. */
    public int closeCode() {
        return Awaitility.await("close").atMost(PATIENCE).until(() -> closed.getNow(null), code -> code != null);
    }

    @Override
    public void close() {
        socket.abort();
    }

    /** The result of a request: what comes before it, such as history, carries its id too. */
    private JsonNode answer(String id) {
        return await(
                frame -> frame.path("replyTo").asText().equals(id)
                        && (frame.path("event").asText().endsWith(":success")
                                || frame.path("event").asText().equals("error")),
                "answer to " + id);
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
            closed.complete(statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closed.complete(1006);
        }
    }
}
