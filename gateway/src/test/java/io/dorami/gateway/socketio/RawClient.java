package io.dorami.gateway.socketio;

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
import org.jspecify.annotations.Nullable;

/** Speaks Engine.IO by hand, so that tests see and send what no client library would. */
final class RawClient {

    private static final int PATIENCE_SECONDS = 5;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String address;
    final String sid;

    private RawClient(String address, String sid) {
        this.address = address;
        this.sid = sid;
    }

    /** A polling session. */
    static RawClient poll(int port, String path) {
        String address = "localhost:" + port + path + "?EIO=4";
        String open = send(request(address + "&transport=polling").GET()).join().body();
        return new RawClient(address, sid(open));
    }

    static String sid(String open) {
        return open.replaceAll(".*\"sid\":\"([^\"]*)\".*", "$1");
    }

    static HttpRequest.Builder request(String address) {
        return HttpRequest.newBuilder(URI.create("http://" + address));
    }

    static CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
        return HTTP.sendAsync(request.build(), BodyHandlers.ofString()).orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    CompletableFuture<HttpResponse<String>> get() {
        return send(request(address + "&transport=polling&sid=" + sid).GET());
    }

    String next() {
        return get().join().body();
    }

    CompletableFuture<HttpResponse<String>> post(String body) {
        return send(request(address + "&transport=polling&sid=" + sid).POST(BodyPublishers.ofString(body)));
    }

    /** A WebSocket for this session. */
    RawSocket upgrade() {
        return RawSocket.open(address + "&transport=websocket&sid=" + sid);
    }

    /** One WebSocket, and what came over it. */
    static final class RawSocket implements WebSocket.Listener {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        private final StringBuilder partial = new StringBuilder();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private @Nullable WebSocket socket;

        static RawSocket open(String address) {
            RawSocket client = new RawSocket();
            client.socket = HTTP.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://" + address), client)
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
            return client;
        }

        /** Opens a session on it. */
        static RawSocket connect(int port, String path) {
            RawSocket client = open("localhost:" + port + path + "?EIO=4&transport=websocket");
            client.next();
            return client;
        }

        RawSocket send(String text) {
            open().sendText(text, true).join();
            return this;
        }

        /** A part of a message that {@link #send(String)} ends. */
        void fragment(String text) {
            open().sendText(text, false).join();
        }

        RawSocket send(byte... bytes) {
            open().sendBinary(ByteBuffer.wrap(bytes), true).join();
            return this;
        }

        /** The next message that is no ping, which it answers; bytes as a list of numbers. */
        String next() {
            String text = nextPacket();
            while (text.equals("2")) {
                send("3");
                text = nextPacket();
            }
            return text;
        }

        String nextPacket() {
            try {
                String text = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (text == null) {
                    throw new AssertionError("Nothing came");
                }
                return text;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        int closeCode() {
            return closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        }

        boolean isOpen() {
            return !closed.isDone();
        }

        void close() {
            open().sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        }

        private WebSocket open() {
            return Objects.requireNonNull(socket);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                received.add(partial.toString());
                partial.setLength(0);
            }
            from.request(1);
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
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable e) {
            closed.complete(1006);
        }
    }
}
