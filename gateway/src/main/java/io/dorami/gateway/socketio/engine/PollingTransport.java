package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.FrameBatch;
import io.dorami.gateway.transport.Transport;
import io.vertx.core.http.HttpServerRequest;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** HTTP long-polling: what is written answers the client's GET, and waits in the outbox until there is one. */
final class PollingTransport implements Transport {

    /** Stands between two packets. */
    static final char SEPARATOR = '\u001e';

    /** Before bytes in base64. */
    static final char BYTES = 'b';

    /** A client's POST is under way: a second one would come out of order. Set on the loops of requests. */
    final AtomicBoolean receiving = new AtomicBoolean();

    private final int maxPayload;

    private @Nullable HttpServerRequest waiting;
    private @Nullable StringBuilder payload;
    private Runnable drain = () -> {};
    private Runnable closed = () -> {};

    PollingTransport(int maxPayload) {
        this.maxPayload = maxPayload;
    }

    boolean waits() {
        return waiting != null;
    }

    boolean waits(HttpServerRequest request) {
        return request.equals(waiting);
    }

    /** A client's GET, which is answered as soon as there is something to say. */
    void poll(HttpServerRequest request) {
        waiting = request;
        drain.run();
    }

    /** Answers the client's GET, if there is one, with a packet that means nothing. */
    void release() {
        if (waiting != null) {
            append("6");
            flush();
        }
    }

    @Override
    public boolean writable() {
        return waiting != null && (payload == null || payload.length() < maxPayload);
    }

    @Override
    public void write(Frame frame) {
        append(frame.isBinary() ? BYTES + Base64.getEncoder().encodeToString(frame.payloadBytes()) : frame.payload());
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
        HttpServerRequest request = waiting;
        if (request != null && payload != null) {
            String text = payload.toString();
            waiting = null;
            payload = null;
            answer(request, text);
        }
    }

    @Override
    public void onWritable(Runnable drain) {
        this.drain = drain;
    }

    /** Calls this once the transport was closed from here. */
    void onClose(Runnable closed) {
        this.closed = closed;
    }

    /** There are no codes here. Who has no GET under way learns it by the next one: the session is unknown then. */
    @Override
    public void close(int code, String reason) {
        if (waiting != null) {
            append("1");
            flush();
        }
        closed.run();
    }

    static void answer(HttpServerRequest request, String text) {
        request.response()
                .putHeader("Content-Type", "text/plain; charset=UTF-8")
                .putHeader("Cache-Control", "no-store")
                .end(text);
    }
}
