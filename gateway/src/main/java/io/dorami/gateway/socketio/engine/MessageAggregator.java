package io.dorami.gateway.socketio.engine;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts the frames of a WebSocket together to messages. Vert.x does this too, but takes text that is no UTF-8 and loses
 * messages whose first fragment is empty.
 */
public final class MessageAggregator implements Handler<WebSocketFrame> {

    /** Close codes of RFC 6455, 7.4.1. */
    private static final int NO_UTF_8 = 1007;

    private static final int TOO_BIG = 1009;

    private static final char REPLACEMENT = '\ufffd';

    private final ServerWebSocket socket;
    private final int maxBytes;
    private final Receiver receiver;

    /** What came of a message that is not complete. */
    private @Nullable Buffer begun;

    private boolean text;

    /** What messages are given to, on the WebSocket's loop. */
    public interface Receiver {
        void text(String message);

        void binary(byte[] message);
    }

    private MessageAggregator(ServerWebSocket socket, int maxBytes, Receiver receiver) {
        this.socket = socket;
        this.maxBytes = maxBytes;
        this.receiver = receiver;
    }

    /** Gives all messages to a receiver; over so many bytes the WebSocket is closed. */
    public static void of(ServerWebSocket socket, int maxBytes, Receiver receiver) {
        socket.frameHandler(new MessageAggregator(socket, maxBytes, receiver));
    }

    @Override
    public void handle(WebSocketFrame frame) {
        if (!frame.isText() && !frame.isBinary() && !frame.isContinuation()) {
            return; // Vert.x answers pings and closes
        }
        if (!frame.isContinuation()) {
            text = frame.isText();
        }
        Buffer bytes = frame.binaryData();
        Buffer whole = begun == null ? bytes : begun.appendBuffer(bytes);
        if (whole.length() > maxBytes) {
            begun = null;
            socket.close((short) TOO_BIG);
        } else if (!frame.isFinal()) {
            begun = begun == null
                    ? Buffer.buffer().appendBuffer(bytes)
                    : whole; // a copy, for a frame's own cannot grow
        } else {
            begun = null;
            complete(whole.getBytes());
        }
    }

    private void complete(byte[] message) {
        if (!text) {
            receiver.binary(message);
            return;
        }
        String decoded = new String(message, StandardCharsets.UTF_8);
        // Decoding puts this character where something is wrong, but somebody may also have written it.
        if (decoded.indexOf(REPLACEMENT) >= 0 && !Arrays.equals(decoded.getBytes(StandardCharsets.UTF_8), message)) {
            socket.close((short) NO_UTF_8);
        } else {
            receiver.text(decoded);
        }
    }
}
