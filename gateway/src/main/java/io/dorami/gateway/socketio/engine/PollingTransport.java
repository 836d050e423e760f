package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.FrameBatch;
import io.dorami.gateway.transport.Transport;
import io.vertx.core.http.HttpServerRequest;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * HTTP long-polling. Written frames become the response to the client's GET; the send queue keeps them until one
 * arrives.
 */
final class PollingTransport implements Transport {

    /** Separator between two packets of a payload. */
    static final char SEPARATOR = '\u001e';

    /** Prefix of a binary packet, which is sent as base64. */
    static final char BINARY_PREFIX = 'b';

    /**
     * True during a client's POST: a concurrent second POST could arrive out of order. Set on the requests'
     * loops.
     */
    final AtomicBoolean postInProgress = new AtomicBoolean();

    private final int maxPayload;

    private @Nullable HttpServerRequest pendingPoll;
    private @Nullable StringBuilder payload;
    private Runnable writableCallback = () -> {};
    private Runnable closeCallback = () -> {};

    PollingTransport(int maxPayload) {
        this.maxPayload = maxPayload;
    }

    boolean hasPendingPoll() {
        return pendingPoll != null;
    }

    boolean hasPendingPoll(HttpServerRequest request) {
        return request.equals(pendingPoll);
    }

    /** Keeps a client's GET, whose response is sent as soon as there are frames. */
    void poll(HttpServerRequest request) {
        pendingPoll = request;
        writableCallback.run();
    }

    /** Responds to the pending GET, if any, with a noop packet. */
    void releasePoll() {
        if (pendingPoll != null) {
            append("6");
            flush();
        }
    }

    @Override
    public boolean isWritable() {
        return pendingPoll != null && (payload == null || payload.length() < maxPayload);
    }

    @Override
    public void write(Frame frame) {
        append(
                frame.isBinary()
                        ? BINARY_PREFIX + Base64.getEncoder().encodeToString(frame.payloadBytes())
                        : frame.payload());
    }

    @Override
    public void write(FrameBatch batch) {
        batch.frames().forEach(this::write);
    }

    private void append(String packet) {
        if (payload == null) {
            payload = new StringBuilder(packet);
        } else {
            payload.append(SEPARATOR).append(packet);
        }
    }

    @Override
    public void flush() {
        HttpServerRequest request = pendingPoll;
        if (request != null && payload != null) {
            String text = payload.toString();
            pendingPoll = null;
            payload = null;
            reply(request, text);
        }
    }

    @Override
    public void onWritable(Runnable callback) {
        this.writableCallback = callback;
    }

    /** Sets the callback that runs after {@link #close}. */
    void onClose(Runnable callback) {
        this.closeCallback = callback;
    }

    /**
     * Polling has no close codes. A client without a pending GET notices with its next one: the session is unknown
     * then.
     */
    @Override
    public void close(int code, String reason) {
        if (pendingPoll != null) {
            append("1");
            flush();
        }
        closeCallback.run();
    }

    static void reply(HttpServerRequest request, String text) {
        request.response()
                .putHeader("Content-Type", "text/plain; charset=UTF-8")
                .putHeader("Cache-Control", "no-store")
                .end(text);
    }
}
