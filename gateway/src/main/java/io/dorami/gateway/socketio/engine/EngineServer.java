package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.EventLoop;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.Transport;
import io.dorami.gateway.transport.WebSocketChannel;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Engine.IO 4 server for one path. Opens sessions and routes requests to them. Sessions exist only on this server: a
 * request with the session ID of another server gets an error that makes the client open a new session.
 */
public final class EngineServer {

    /** Length of the random part of a session ID, as in the JavaScript implementation: 120 bits cannot be guessed. */
    private static final int SESSION_ID_BYTES = 15;

    private static final Logger LOG = Logger.getLogger(EngineServer.class);

    private final Vertx vertx;
    private final EngineOptions options;
    private final SessionHandler sessionHandler;
    private final Map<String, EngineSession> sessions = new ConcurrentHashMap<>();
    private final Map<Thread, SessionTimeouts> timeouts = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    /** The protocol on top of the sessions. */
    public interface SessionHandler {

        /**
         * Accepts or rejects a new session.
         *
         * @param handshake request of the handshake, without a body
         * @return factory of the session's listener; empty to reject the client
         */
        Optional<Function<EngineSession, SessionListener>> accept(HttpServerRequest handshake);

        /** Creates the send queue of a session on the current event loop. */
        SendQueue newSendQueue(Transport transport, SendQueue.Owner owner);
    }

    public EngineServer(Vertx vertx, EngineOptions options, SessionHandler sessionHandler) {
        this.vertx = vertx;
        this.options = options;
        this.sessionHandler = sessionHandler;
    }

    /** Handles a request at the path. Call on an event loop, before the request body is read. */
    public void handle(HttpServerRequest request) {
        String transport = request.getParam("transport");
        boolean websocket = "websocket".equals(transport);
        if (!websocket && !"polling".equals(transport)) {
            EngineError.UNKNOWN_TRANSPORT.reply(request);
            return;
        }
        String id = request.getParam("sid");
        if (id == null) {
            handleHandshake(request, websocket);
            return;
        }
        EngineSession session = sessions.get(id);
        if (session == null) {
            EngineError.UNKNOWN_SESSION.reply(request);
        } else if (websocket && isWebSocketUpgrade(request)) {
            request.toWebSocket()
                    .onSuccess(socket -> session.probe(socket, request.connection()))
                    .onFailure(EngineServer::logUpgradeFailure);
        } else if (!websocket && request.method().equals(HttpMethod.GET)) {
            session.handlePoll(request);
        } else if (!websocket && request.method().equals(HttpMethod.POST)) {
            session.handlePost(request);
        } else {
            EngineError.BAD_REQUEST.reply(request);
        }
    }

    /** All open sessions. */
    public Collection<EngineSession> sessions() {
        return Collections.unmodifiableCollection(sessions.values());
    }

    /** Number of open sessions, either those that poll or those that use a WebSocket. */
    public long countSessions(boolean polling) {
        return sessions.values().stream()
                .filter(session -> session.isPolling() == polling)
                .count();
    }

    private void handleHandshake(HttpServerRequest request, boolean websocket) {
        if (!request.method().equals(HttpMethod.GET)) {
            EngineError.BAD_HANDSHAKE_METHOD.reply(request);
            return;
        }
        if (websocket && !isWebSocketUpgrade(request)) {
            EngineError.BAD_REQUEST.reply(request);
            return;
        }
        if (!"4".equals(request.getParam("EIO"))) {
            EngineError.UNSUPPORTED_VERSION.reply(request);
            return;
        }
        Optional<Function<EngineSession, SessionListener>> listenerFactory = sessionHandler.accept(request);
        if (listenerFactory.isEmpty()) {
            EngineError.FORBIDDEN.reply(request);
        } else if (websocket) {
            request.toWebSocket()
                    .onSuccess(socket -> {
                        WebSocketChannel channel = new WebSocketChannel(
                                request.connection(), (code, reason) -> socket.close((short) code, reason));
                        openSession(channel, listenerFactory.get()).attach(socket);
                    })
                    .onFailure(EngineServer::logUpgradeFailure);
        } else {
            PollingTransport polling = new PollingTransport(options.maxPayload());
            polling.poll(request);
            openSession(polling, listenerFactory.get());
        }
    }

    private EngineSession openSession(Transport transport, Function<EngineSession, SessionListener> listenerFactory) {
        SessionTimeouts loopTimeouts = timeouts.computeIfAbsent(
                Thread.currentThread(), thread -> new SessionTimeouts(new EventLoop(vertx), options));
        byte[] idBytes = new byte[SESSION_ID_BYTES];
        random.nextBytes(idBytes);
        String id = options.sessionIdPrefix() + Base64.getUrlEncoder().encodeToString(idBytes);
        return new EngineSession(id, this, loopTimeouts, transport, listenerFactory);
    }

    EngineOptions options() {
        return options;
    }

    SendQueue newSendQueue(Transport transport, EngineSession session) {
        return sessionHandler.newSendQueue(transport, session);
    }

    void register(String id, EngineSession session) {
        sessions.put(id, session);
    }

    void unregister(String id) {
        sessions.remove(id);
    }

    private static boolean isWebSocketUpgrade(HttpServerRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE));
    }

    private static void logUpgradeFailure(Throwable e) {
        LOG.debugf("WebSocket upgrade failed: %s", e.getMessage());
    }
}
