package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.Transport;
import io.dorami.gateway.transport.WebSocketChannel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.util.Base64;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One client, whatever transport it uses: begins with a handshake, is kept by heartbeats, may move from polling to a
 * WebSocket, ends with its transport. Lives on one event loop; requests and WebSockets of other loops hop there.
 */
public final class EngineSession implements SendQueue.Owner {

    /** Close codes of RFC 6455, 7.4.1, and its registry. */
    private static final int NORMAL = 1000;

    private static final int PROTOCOL_ERROR = 1002;
    private static final int TOO_BIG = 1009;
    private static final int INTERNAL_ERROR = 1011;
    private static final int TRY_AGAIN_LATER = 1013;

    private static final Logger LOG = Logger.getLogger(EngineSession.class);

    private final String id;
    private final EngineServer server;
    private final SessionLoop loop;
    private final Heartbeat heartbeat = new Heartbeat();
    private final SendQueue outbox;
    private final SessionListener listener;

    /** The transport, until a WebSocket has taken over. */
    private volatile @Nullable PollingTransport polling;

    /** A WebSocket that may take over. */
    private @Nullable Probe probe;

    private boolean closed;

    /** The handshake, on the loop on which the session will live. */
    EngineSession(
            String id,
            EngineServer server,
            SessionLoop loop,
            Transport transport,
            Function<EngineSession, SessionListener> application) {
        this.id = id;
        this.server = server;
        this.loop = loop;
        PollingTransport polls = transport instanceof PollingTransport first ? first : null;
        this.polling = polls;
        if (polls != null) {
            polls.onClose(this::gone); // a WebSocket tells it itself
        }
        this.outbox = server.outbox(transport, this);
        server.began(id, this); // before the client knows the id
        EngineOptions options = server.options();
        outbox.send(Frame.text("0{\"sid\":\"" + id
                + "\",\"upgrades\":" + (polls == null ? "[]" : "[\"websocket\"]")
                + ",\"pingInterval\":" + options.pingInterval().toMillis()
                + ",\"pingTimeout\":" + options.pingTimeout().toMillis()
                + ",\"maxPayload\":" + options.maxPayload() + "}"));
        this.listener = application.apply(this);
        loop.pings.set(heartbeat);
    }

    /** What is sent to the client goes through here, on the session's loop. */
    public SendQueue outbox() {
        return outbox;
    }

    /** Runs on the session's loop. */
    public void run(Runnable work) {
        loop.run(work);
    }

    /** Ends the session and its transport; the client's way back is open. To be called on the session's loop. */
    public void close(int code, String reason) {
        if (!closed) {
            Transport transport = outbox.transport();
            end();
            transport.close(code, reason);
        }
    }

    @Override
    public Frame dropped(String topic, int count) {
        return listener.dropped(topic, count);
    }

    @Override
    public void overflowed() {
        close(TRY_AGAIN_LATER, "reads too slowly");
    }

    public SessionLoop loop() {
        return loop;
    }

    boolean polls() {
        return polling != null;
    }

    private void end() {
        closed = true;
        server.ended(id);
        heartbeat.lift();
        outbox.end();
        if (probe != null) {
            probe.refuse();
        }
        listener.closed();
    }

    private void gone() {
        if (!closed) {
            end();
        }
    }

    /** Sends a ping once in a while, and ends the session where no pong comes. */
    private final class Heartbeat extends TimeoutQueue.Timeout {
        private boolean pinged;

        @Override
        public void missed() {
            if (pinged) {
                close(NORMAL, "ping timeout");
            } else {
                pinged = true;
                loop.pongs.follow(this);
                outbox.send(Frame.text("2"));
            }
        }

        void pong() {
            pinged = false;
            loop.pings.set(this);
        }

        /** Ends the session where the client comes later than it may and the timer has not said so yet. */
        void check() {
            if (pinged && due()) {
                missed();
            }
        }
    }

    private void text(String packet) {
        switch (packet.isEmpty() ? ' ' : packet.charAt(0)) {
            case '1' -> {
                PollingTransport left = polling;
                if (left != null) {
                    left.release();
                }
                close(NORMAL, "bye");
            }
            case '3' -> heartbeat.pong();
            case '4' -> listener.text(packet.substring(1));
            case '5', '6' -> {} // an upgrade that is done, and a packet that means nothing
            default -> throw new MalformedPacketException("Unknown packet type");
        }
    }

    /** Does what a packet asks for; ends the session where that cannot be done. */
    private boolean received(Runnable work) {
        if (closed) {
            return false;
        }
        try {
            work.run();
            return true;
        } catch (MalformedPacketException e) {
            LOG.debugf("%s does not keep to the protocol: %s", id, e.getMessage());
            close(PROTOCOL_ERROR, "malformed packet");
        } catch (RuntimeException e) {
            LOG.error("A packet could not be handled", e);
            close(INTERNAL_ERROR, "internal error");
        }
        return false;
    }

    // --- WebSocket

    /** On the WebSocket's loop, before anything is read from it; the session lives on the same. */
    void listen(ServerWebSocket socket) {
        MessageAggregator.of(socket, server.options().maxPayload(), new MessageAggregator.Receiver() {
            @Override
            public void text(String message) {
                loop.run(() -> received(() -> EngineSession.this.text(message)));
            }

            @Override
            public void binary(byte[] message) {
                loop.run(() -> received(() -> listener.binary(message)));
            }
        });
        socket.exceptionHandler(e -> LOG.debugf("%s: %s", id, e.getMessage())); // its end follows
        socket.closeHandler(end -> loop.run(this::gone));
    }

    /** On the WebSocket's loop, before anything is read from it: it may take over from polling. */
    void probe(ServerWebSocket socket, HttpConnection connection) {
        Probe candidate = new Probe(socket, connection);
        MessageAggregator.of(socket, server.options().maxPayload(), candidate);
        socket.exceptionHandler(e -> LOG.debugf("%s: %s", id, e.getMessage()));
        socket.closeHandler(end -> loop.run(candidate::gone));
        loop.run(() -> {
            if (closed || polling == null || probe != null) {
                candidate.refuse();
            } else {
                probe = candidate;
                loop.upgrades.set(candidate);
            }
        });
    }

    /** A WebSocket beside polling: asks whether it works, then takes over. */
    private final class Probe extends TimeoutQueue.Timeout implements MessageAggregator.Receiver {
        private final ServerWebSocket socket;
        private final Transport transport;
        private boolean answered;
        private boolean tookOver;

        Probe(ServerWebSocket socket, HttpConnection connection) {
            this.socket = socket;
            this.transport = new CrossLoopTransport(
                    new WebSocketChannel(connection, (code, reason) -> socket.close((short) code, reason)), loop);
        }

        @Override
        public void text(String packet) {
            loop.run(() -> received(packet));
        }

        @Override
        public void binary(byte[] message) {
            loop.run(() -> {
                if (tookOver) {
                    EngineSession.this.received(() -> listener.binary(message));
                } else {
                    refuse();
                }
            });
        }

        private void received(String packet) {
            if (tookOver) {
                EngineSession.this.received(() -> EngineSession.this.text(packet));
            } else if (!equals(probe)) {
                refuse();
            } else if (packet.equals("2probe")) {
                answered = true;
                transport.write(Frame.text("3probe"));
                transport.flush();
                releasePoll(); // the client waits for its end before it goes on
            } else if (packet.equals("5") && answered) {
                takeOver();
            } else {
                refuse();
            }
        }

        private void takeOver() {
            lift();
            tookOver = true;
            releasePoll();
            probe = null;
            polling = null;
            outbox.switchTo(transport);
        }

        private void releasePoll() {
            PollingTransport left = polling;
            if (left != null) {
                left.release();
            }
        }

        void refuse() {
            lift();
            if (equals(probe)) {
                probe = null;
            }
            socket.close();
        }

        @Override
        public void missed() {
            refuse();
        }

        void gone() {
            if (tookOver) {
                EngineSession.this.gone();
            } else {
                refuse();
            }
        }
    }

    // --- Polling

    /** A client's GET, on its own loop. */
    void poll(HttpServerRequest request) {
        request.response()
                .closeHandler(end -> loop.run(() -> {
                    PollingTransport transport = polling;
                    if (transport != null && transport.waits(request)) {
                        gone(); // what would answer it would be lost
                    }
                }));
        loop.run(() -> {
            heartbeat.check();
            PollingTransport transport = polling;
            if (closed) {
                EngineError.UNKNOWN_SESSION.answer(request);
            } else if (transport == null) {
                EngineError.BAD_REQUEST.answer(request); // it is a WebSocket by now
            } else if (transport.waits()) {
                EngineError.BAD_REQUEST.answer(request);
                close(PROTOCOL_ERROR, "two polls at a time");
            } else {
                transport.poll(request);
                if (probe != null && probe.answered) {
                    transport.release();
                }
            }
        });
    }

    /** A client's POST, on its own loop. */
    void post(HttpServerRequest request) {
        PollingTransport transport = polling;
        if (transport == null) {
            EngineError.BAD_REQUEST.answer(request);
            return;
        }
        if (!transport.receiving.compareAndSet(false, true)) {
            EngineError.BAD_REQUEST.answer(request);
            loop.run(() -> close(PROTOCOL_ERROR, "two requests at a time"));
            return;
        }
        int maxPayload = server.options().maxPayload();
        Buffer body = Buffer.buffer();
        request.handler(part -> {
            if (body.length() <= maxPayload) {
                body.appendBuffer(part);
            }
            if (body.length() > maxPayload && !request.response().ended()) {
                request.response()
                        .setStatusCode(413)
                        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                        .end();
                loop.run(() -> close(TOO_BIG, "payload too large"));
            }
        });
        request.endHandler(end -> {
            transport.receiving.set(false);
            if (body.length() <= maxPayload) {
                loop.run(() -> posted(request, body.toString()));
            }
        });
        request.exceptionHandler(e -> transport.receiving.set(false)); // broken off: nothing of it is taken
    }

    private void posted(HttpServerRequest request, String body) {
        if (closed) {
            EngineError.UNKNOWN_SESSION.answer(request);
            return;
        }
        boolean taken = true;
        for (int start = 0; taken && start <= body.length(); ) {
            int separator = body.indexOf(PollingTransport.SEPARATOR, start);
            int end = separator < 0 ? body.length() : separator;
            String packet = body.substring(start, end);
            taken = received(() -> packet(packet));
            start = end + 1;
        }
        if (taken) {
            PollingTransport.answer(request, "ok");
        } else {
            EngineError.BAD_REQUEST.answer(request);
        }
    }

    private void packet(String packet) {
        if (packet.isEmpty() || packet.charAt(0) != PollingTransport.BYTES) {
            text(packet);
            return;
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(packet.substring(1));
        } catch (IllegalArgumentException e) {
            throw new MalformedPacketException("Not base64");
        }
        listener.binary(bytes);
    }
}
