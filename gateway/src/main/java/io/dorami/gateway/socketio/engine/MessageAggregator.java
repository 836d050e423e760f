package io.dorami.gateway.socketio.engine;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Assembles the frames of a WebSocket into messages. Vert.x can do this too, but accepts text that is not valid UTF-8
 * and loses messages whose first fragment is empty.
 */
public final class MessageAggregator implements Handler<WebSocketFrame> {

    /** Close codes of RFC 6455, 7.4.1. */
    private static final int INVALID_UTF_8 = 1007;

    private static final int MESSAGE_TOO_BIG = 1009;

    private static final char REPLACEMENT_CHARACTER = '\ufffd';

    private final ServerWebSocket socket;
    private final int maxBytes;
    private final Receiver receiver;

    /** Fragments received so far of an incomplete message. */
    private @Nullable Buffer partial;

    private boolean isText;

    /** The receiver of complete messages. Called on the WebSocket's loop. */
    public interface Receiver {
        void onText(String message);

        void onBinary(byte[] message);
    }

    private MessageAggregator(ServerWebSocket socket, int maxBytes, Receiver receiver) {
        this.socket = socket;
        this.maxBytes = maxBytes;
        this.receiver = receiver;
    }

    /** Passes all messages of the WebSocket to the receiver. Closes the WebSocket if a message exceeds the limit. */
    public static void install(ServerWebSocket socket, int maxBytes, Receiver receiver) {
        socket.frameHandler(new MessageAggregator(socket, maxBytes, receiver));
    }

    @Override
    public void handle(WebSocketFrame frame) {
        if (!frame.isText() && !frame.isBinary() && !frame.isContinuation()) {
            return; // Vert.x handles pings and close frames
        }
        if (!frame.isContinuation()) {
            isText = frame.isText();
        }
        Buffer bytes = frame.binaryData();
        Buffer message = partial == null ? bytes : partial.appendBuffer(bytes);
        if (message.length() > maxBytes) {
            partial = null;
            socket.close((short) MESSAGE_TOO_BIG);
        } else if (!frame.isFinal()) {
            // The first fragment is copied because the buffer of a frame cannot grow.
            partial = partial == null ? Buffer.buffer().appendBuffer(bytes) : message;
        } else {
            partial = null;
            deliver(message.getBytes());
        }
    }

    private void deliver(byte[] message) {
        if (!isText) {
            receiver.onBinary(message);
            return;
        }
        String decoded = new String(message, StandardCharsets.UTF_8);
        // The decoder replaces invalid bytes with this character, but valid text may contain the character too.
        if (decoded.indexOf(REPLACEMENT_CHARACTER) >= 0
                && !Arrays.equals(decoded.getBytes(StandardCharsets.UTF_8), message)) {
            socket.close((short) INVALID_UTF_8);
        } else {
            receiver.onText(decoded);
        }
    }
}
