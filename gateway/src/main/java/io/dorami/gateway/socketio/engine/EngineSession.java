package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.EventLoop;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.PacketCounter;
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
 * An Engine.IO session over any transport. Starts with a handshake, stays open by heartbeats, may be upgraded from
 * polling to a WebSocket, and ends with its transport. Bound to one event loop; requests and WebSockets that arrive on
 * other loops are passed on to this loop.
 */
public final class EngineSession implements SendQueue.Owner {

    /** Close codes of RFC 6455, 7.4.1, and of its registry. */
    private static final int NORMAL = 1000;

    private static final int PROTOCOL_ERROR = 1002;
    private static final int POLICY_VIOLATION = 1008;
    private static final int TOO_BIG = 1009;
    private static final int INTERNAL_ERROR = 1011;
    private static final int TRY_AGAIN_LATER = 1013;

    private static final Logger LOG = Logger.getLogger(EngineSession.class);

    private final String id;
    private final EngineServer server;
    private final EventLoop loop;
    private final SessionTimeouts timeouts;
    private final Heartbeat heartbeat = new Heartbeat();
    private final PacketCounter receivedPackets = new PacketCounter();
    private final SendQueue sendQueue;
    private final SessionListener listener;

    /** Polling transport; null once the session uses a WebSocket. */
    private volatile @Nullable PollingTransport pollingTransport;

    /** WebSocket of an upgrade in progress. */
    private @Nullable Probe probe;

    private boolean closed;

    private int closeCode;

    /** Opens the session and sends the handshake. Call on the loop that the session is bound to. */
    EngineSession(
            String id,
            EngineServer server,
            SessionTimeouts timeouts,
            Transport transport,
            Function<EngineSession, SessionListener> listenerFactory) {
        this.id = id;
        this.server = server;
        this.loop = timeouts.loop;
        this.timeouts = timeouts;
        PollingTransport initialPolling = transport instanceof PollingTransport first ? first : null;
        this.pollingTransport = initialPolling;
        if (initialPolling != null) {
            initialPolling.onClose(this::onTransportClosed); // a WebSocket has a close handler of its own
        }
        this.sendQueue = server.newSendQueue(transport, this);
        server.register(id, this); // before the client knows the id
        EngineOptions options = server.options();
        sendQueue.send(Frame.text("0{\"sid\":\"" + id
                + "\",\"upgrades\":" + (initialPolling == null ? "[]" : "[\"websocket\"]")
                + ",\"pingInterval\":" + options.pingInterval().toMillis()
                + ",\"pingTimeout\":" + options.pingTimeout().toMillis()
                + ",\"maxPayload\":" + options.maxPayload() + "}"));
        this.listener = listenerFactory.apply(this);
        timeouts.pings.schedule(heartbeat);
    }

    /** Queue for everything sent to the client. Use only on the session's loop. */
    public SendQueue sendQueue() {
        return sendQueue;
    }

    /** Runs the task on the session's loop. */
    public void execute(Runnable task) {
        loop.dispatch(task);
    }

    /** Ends the session and closes its transport. The client may reconnect. Call on the session's loop. */
    public void close(int code, String reason) {
        if (!closed) {
            Transport transport = sendQueue.transport();
            closeCode = code;
            terminate();
            transport.close(code, reason);
        }
    }

    /**
     * Code with which this server closed the session; 0 if the session is open, or the client or the network closed
     * it.
     */
    public int closeCode() {
        return closeCode;
    }

    @Override
    public Frame droppedMessage(String topic, int count) {
        return listener.droppedMessage(topic, count);
    }

    @Override
    public void onOverflow() {
        close(TRY_AGAIN_LATER, "client reads too slowly");
    }

    public SessionTimeouts timeouts() {
        return timeouts;
    }

    boolean isPolling() {
        return pollingTransport != null;
    }

    private void terminate() {
        closed = true;
        server.unregister(id);
        heartbeat.cancel();
        sendQueue.close();
        if (probe != null) {
            probe.reject();
        }
        listener.onClose();
    }

    private void onTransportClosed() {
        if (!closed) {
            terminate();
        }
    }

    /** Sends a ping in every interval, and ends the session if no pong arrives in time. */
    private final class Heartbeat extends TimeoutQueue.Timeout {
        private boolean awaitingPong;

        @Override
        public void onTimeout() {
            if (awaitingPong) {
                close(NORMAL, "ping timeout");
            } else {
                awaitingPong = true;
                timeouts.pongs.scheduleAfterDue(this);
                sendQueue.send(Frame.text("2"));
            }
        }

        void onPong() {
            awaitingPong = false;
            timeouts.pings.schedule(this);
        }

        /** Ends the session if the pong is overdue, even if the timer has not fired yet. */
        void closeIfOverdue() {
            if (awaitingPong && isDue()) {
                onTimeout();
            }
        }
    }

    private void handleText(String packet) {
        switch (packet.isEmpty() ? ' ' : packet.charAt(0)) {
            case '1' -> {
                PollingTransport transport = pollingTransport;
                if (transport != null) {
                    transport.releasePoll();
                }
                close(NORMAL, "closed by client");
            }
            case '3' -> heartbeat.onPong();
            case '4' -> listener.onText(packet.substring(1));
            case '5', '6' -> {} // upgrade after the transport was switched, and noop
            default -> throw new MalformedPacketException("Unknown packet type");
        }
    }

    /**
     * Runs the handler of a packet. Closes the session and returns false if the packet is malformed, if the handler fails,
     * or if the client floods the server.
     */
    private boolean tryHandle(Runnable handler) {
        if (closed) {
            return false;
        }
        if (receivedPackets.increment() > server.options().maxPackets()) {
            close(POLICY_VIOLATION, "too many packets");
            return false;
        }
        try {
            handler.run();
            return true;
        } catch (MalformedPacketException e) {
            LOG.debugf("Malformed packet: session=%s reason=%s", id, e.getMessage());
            close(PROTOCOL_ERROR, "malformed packet");
        } catch (RuntimeException e) {
            LOG.errorf(e, "Packet handler failed: session=%s", id);
            close(INTERNAL_ERROR, "internal error");
        }
        return false;
    }

    // --- WebSocket

    /** Receives from the session's own WebSocket. Call on its loop, which is the session's, before anything is read. */
    void attach(ServerWebSocket socket) {
        MessageAggregator.install(socket, server.options().maxPayload(), new MessageAggregator.Receiver() {
            @Override
            public void onText(String message) {
                loop.dispatch(() -> tryHandle(() -> EngineSession.this.handleText(message)));
            }

            @Override
            public void onBinary(byte[] message) {
                loop.dispatch(() -> tryHandle(() -> listener.onBinary(message)));
            }
        });
        socket.exceptionHandler(this::logSocketFailure); // the close handler runs afterwards
        socket.closeHandler(end -> loop.dispatch(this::onTransportClosed));
    }

    private void logSocketFailure(Throwable e) {
        LOG.debugf("WebSocket failed: session=%s error=%s", id, e.getMessage());
    }

    /** Starts an upgrade from polling to this WebSocket. Call on the WebSocket's loop, before anything is read. */
    void probe(ServerWebSocket socket, HttpConnection connection) {
        Probe candidate = new Probe(socket, connection);
        MessageAggregator.install(socket, server.options().maxPayload(), candidate);
        socket.exceptionHandler(this::logSocketFailure);
        socket.closeHandler(end -> loop.dispatch(candidate::onSocketClosed));
        loop.dispatch(() -> {
            if (closed || pollingTransport == null || probe != null) {
                candidate.reject();
            } else {
                probe = candidate;
                timeouts.upgrades.schedule(candidate);
            }
        });
    }

    /** A WebSocket opened beside polling. The client probes whether the WebSocket works, then upgrades to it. */
    private final class Probe extends TimeoutQueue.Timeout implements MessageAggregator.Receiver {
        private final ServerWebSocket socket;
        private final Transport transport;
        private boolean hasReplied;
        private boolean isUpgraded;

        Probe(ServerWebSocket socket, HttpConnection connection) {
            this.socket = socket;
            this.transport = new CrossLoopTransport(
                    new WebSocketChannel(connection, (code, reason) -> socket.close((short) code, reason)), loop);
        }

        @Override
        public void onText(String packet) {
            loop.dispatch(() -> handleText(packet));
        }

        @Override
        public void onBinary(byte[] message) {
            loop.dispatch(() -> {
                if (isUpgraded) {
                    EngineSession.this.tryHandle(() -> listener.onBinary(message));
                } else {
                    reject();
                }
            });
        }

        private void handleText(String packet) {
            if (isUpgraded) {
                EngineSession.this.tryHandle(() -> EngineSession.this.handleText(packet));
            } else if (!equals(probe)) {
                reject();
            } else if (packet.equals("2probe")) {
                hasReplied = true;
                transport.write(Frame.text("3probe"));
                transport.flush();
                releasePoll(); // the client waits for its pending poll before it upgrades
            } else if (packet.equals("5") && hasReplied) {
                upgrade();
            } else {
                reject();
            }
        }

        private void upgrade() {
            cancel();
            isUpgraded = true;
            releasePoll();
            probe = null;
            pollingTransport = null;
            sendQueue.switchTransport(transport);
        }

        private void releasePoll() {
            PollingTransport current = pollingTransport;
            if (current != null) {
                current.releasePoll();
            }
        }

        void reject() {
            cancel();
            if (equals(probe)) {
                probe = null;
            }
            socket.close();
        }

        @Override
        public void onTimeout() {
            reject();
        }

        void onSocketClosed() {
            if (isUpgraded) {
                EngineSession.this.onTransportClosed();
            } else {
                reject();
            }
        }
    }

    // --- Polling

    /** Handles a client's GET. Call on the loop of the request. */
    void handlePoll(HttpServerRequest request) {
        request.response()
                .closeHandler(end -> loop.dispatch(() -> {
                    PollingTransport transport = pollingTransport;
                    if (transport != null && transport.hasPendingPoll(request)) {
                        onTransportClosed(); // the response to this poll would be lost
                    }
                }));
        loop.dispatch(() -> {
            heartbeat.closeIfOverdue();
            PollingTransport transport = pollingTransport;
            if (closed) {
                EngineError.UNKNOWN_SESSION.reply(request);
            } else if (transport == null) {
                EngineError.BAD_REQUEST.reply(request); // upgraded to a WebSocket
            } else if (transport.hasPendingPoll()) {
                EngineError.BAD_REQUEST.reply(request);
                close(PROTOCOL_ERROR, "concurrent GET requests");
            } else {
                transport.poll(request);
                if (probe != null && probe.hasReplied) {
                    transport.releasePoll();
                }
            }
        });
    }

    /** Handles a client's POST. Call on the loop of the request. */
    void handlePost(HttpServerRequest request) {
        PollingTransport transport = pollingTransport;
        if (transport == null) {
            EngineError.BAD_REQUEST.reply(request);
            return;
        }
        if (!transport.postInProgress.compareAndSet(false, true)) {
            EngineError.BAD_REQUEST.reply(request);
            loop.dispatch(() -> close(PROTOCOL_ERROR, "concurrent POST requests"));
            return;
        }
        int maxPayload = server.options().maxPayload();
        Buffer body = Buffer.buffer();
        request.handler(chunk -> {
            if (body.length() <= maxPayload) {
                body.appendBuffer(chunk);
            }
            if (body.length() > maxPayload && !request.response().ended()) {
                request.response()
                        .setStatusCode(413)
                        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                        .end();
                loop.dispatch(() -> close(TOO_BIG, "payload too large"));
            }
        });
        request.endHandler(end -> {
            transport.postInProgress.set(false);
            if (body.length() <= maxPayload) {
                loop.dispatch(() -> handlePayload(request, body.toString()));
            }
        });
        request.exceptionHandler(e -> transport.postInProgress.set(false)); // an aborted POST is discarded
    }

    private void handlePayload(HttpServerRequest request, String body) {
        if (closed) {
            EngineError.UNKNOWN_SESSION.reply(request);
            return;
        }
        boolean accepted = true;
        for (int start = 0; accepted && start <= body.length(); ) {
            int separator = body.indexOf(PollingTransport.SEPARATOR, start);
            int end = separator < 0 ? body.length() : separator;
            String packet = body.substring(start, end);
            accepted = tryHandle(() -> handlePacket(packet));
            start = end + 1;
        }
        if (accepted) {
            PollingTransport.reply(request, "ok");
        } else {
            EngineError.BAD_REQUEST.reply(request);
        }
    }

    private void handlePacket(String packet) {
        if (packet.isEmpty() || packet.charAt(0) != PollingTransport.BINARY_PREFIX) {
            handleText(packet);
            return;
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(packet.substring(1));
        } catch (IllegalArgumentException e) {
            throw new MalformedPacketException("Binary packet: expected base64");
        }
        listener.onBinary(bytes);
    }
}
