package io.dorami.gateway.socketio.engine;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Minimal Engine.IO client, so that tests can send and see packets that client libraries hide. */
public final class RawEngineClient {

    private static final int TIMEOUT_SECONDS = 5;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String address;
    public final String sid;

    private RawEngineClient(String address, String sid) {
        this.address = address;
        this.sid = sid;
    }

    /** Opens a polling session. */
    public static RawEngineClient openPolling(int port, String path) {
        String address = "localhost:" + port + path + "?EIO=4";
        String open = send(request(address + "&transport=polling").GET()).join().body();
        return new RawEngineClient(address, sid(open));
    }

    static String sid(String openPacket) {
        return openPacket.replaceAll(".*\"sid\":\"([^\"]*)\".*", "$1");
    }

    public static HttpRequest.Builder request(String address) {
        return HttpRequest.newBuilder(URI.create("http://" + address));
    }

    public static CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
        return HTTP.sendAsync(request.build(), BodyHandlers.ofString()).orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    public CompletableFuture<HttpResponse<String>> get() {
        return send(request(address + "&transport=polling&sid=" + sid).GET());
    }

    public String next() {
        return get().join().body();
    }

    public CompletableFuture<HttpResponse<String>> post(String body) {
        return send(request(address + "&transport=polling&sid=" + sid).POST(BodyPublishers.ofString(body)));
    }

    /** Opens a WebSocket to upgrade this session. */
    public RawSocket upgrade() {
        return RawSocket.open(address + "&transport=websocket&sid=" + sid);
    }

    /** A WebSocket with its received messages. */
    public static final class RawSocket implements WebSocket.Listener {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        private final StringBuilder partial = new StringBuilder();
        private final CompletableFuture<Integer> closeFuture = new CompletableFuture<>();
        private final AtomicInteger pingCount = new AtomicInteger();
        private volatile boolean autoPong;
        private @Nullable WebSocket socket;

        public static RawSocket open(String address, String... headers) {
            RawSocket client = new RawSocket();
            WebSocket.Builder builder = HTTP.newWebSocketBuilder();
            for (int i = 0; i < headers.length; i += 2) {
                builder.header(headers[i], headers[i + 1]);
            }
            client.socket = builder.buildAsync(URI.create("ws://" + address), client)
                    .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .join();
            return client;
        }

        /** Opens a WebSocket with a new session. */
        public static RawSocket connect(int port, String path, String... headers) {
            RawSocket client = open("localhost:" + port + path + "?EIO=4&transport=websocket", headers);
            client.next();
            return client;
        }

        public RawSocket send(String text) {
            open().sendText(text, true).join();
            return this;
        }

        /** Replies to all later pings at once, and hides them from {@link #next}. */
        public RawSocket keepAlive() {
            autoPong = true;
            return this;
        }

        /** Number of pings that were replied to at once. */
        public int pingCount() {
            return pingCount.get();
        }

        /** Sends a fragment of a message, which {@link #send(String)} completes. */
        public void fragment(String text) {
            open().sendText(text, false).join();
        }

        public RawSocket send(byte... bytes) {
            open().sendBinary(ByteBuffer.wrap(bytes), true).join();
            return this;
        }

        /** Returns the next message other than pings, and replies to those. Bytes are returned as a list of numbers. */
        public String next() {
            String text = nextPacket();
            while (text.equals("2")) {
                send("3");
                text = nextPacket();
            }
            return text;
        }

        public String nextPacket() {
            try {
                String text = received.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                if (text == null) {
                    throw new AssertionError("No message received");
                }
                return text;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        public int closeCode() {
            return closeFuture.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
        }

        public boolean isOpen() {
            return !closeFuture.isDone();
        }

        public void close() {
            open().sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        }

        private WebSocket open() {
            return Objects.requireNonNull(socket);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            partial.append(data);
            from.request(1);
            if (!last) {
                return null;
            }
            String message = partial.toString();
            partial.setLength(0);
            if (autoPong && message.equals("2")) {
                pingCount.incrementAndGet();
                return from.sendText("3", true);
            }
            received.add(message);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            received.add(Arrays.toString(bytes));
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closeFuture.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable e) {
            closeFuture.complete(1006);
        }
    }
}
