package io.dorami.gateway.socketio.engine;

import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.Transport;
import io.dorami.gateway.transport.WebSocketChannel;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.ContextInternal;
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
 * Engine.IO 4 at one path: opens sessions and leads requests to them. Sessions are known here alone: a request that names
 * another server's gets the error upon which the client opens a new one.
 */
public final class EngineServer {

    /** As many as the JavaScript implementation has; nobody guesses 120 random bits. */
    private static final int ID_BYTES = 15;

    private static final Logger LOG = Logger.getLogger(EngineServer.class);

    private final Vertx vertx;
    private final EngineOptions options;
    private final SessionHandler application;
    private final Map<String, EngineSession> sessions = new ConcurrentHashMap<>();
    private final Map<EventLoop, SessionLoop> loops = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    /** What is spoken on the sessions. */
    public interface SessionHandler {

        /**
         * Somebody wants a session.
         *
         * @param handshake the request; there is no body
         * @return what listens to the session once it is there; nothing where the client is refused
         */
        Optional<Function<EngineSession, SessionListener>> open(HttpServerRequest handshake);

        /** The queue of a session on this event loop. */
        SendQueue outbox(Transport transport, SendQueue.Owner session);
    }

    public EngineServer(Vertx vertx, EngineOptions options, SessionHandler application) {
        this.vertx = vertx;
        this.options = options;
        this.application = application;
    }

    /** Answers a request at the path; to be called on an event loop, with the request not yet read. */
    public void handle(HttpServerRequest request) {
        String transport = request.getParam("transport");
        boolean websocket = "websocket".equals(transport);
        if (!websocket && !"polling".equals(transport)) {
            EngineError.UNKNOWN_TRANSPORT.answer(request);
            return;
        }
        String id = request.getParam("sid");
        if (id == null) {
            open(request, websocket);
            return;
        }
        EngineSession session = sessions.get(id);
        if (session == null) {
            EngineError.UNKNOWN_SESSION.answer(request);
        } else if (websocket && upgrades(request)) {
            request.toWebSocket()
                    .onSuccess(socket -> session.probe(socket, request.connection()))
                    .onFailure(EngineServer::noSocket);
        } else if (!websocket && request.method().equals(HttpMethod.GET)) {
            session.poll(request);
        } else if (!websocket && request.method().equals(HttpMethod.POST)) {
            session.post(request);
        } else {
            EngineError.BAD_REQUEST.answer(request);
        }
    }

    /** Those that are open now. */
    public Collection<EngineSession> sessions() {
        return Collections.unmodifiableCollection(sessions.values());
    }

    /** How many sessions are open now that poll, or that do not. */
    public long count(boolean polling) {
        return sessions.values().stream()
                .filter(session -> session.polls() == polling)
                .count();
    }

    private void open(HttpServerRequest request, boolean websocket) {
        if (!request.method().equals(HttpMethod.GET)) {
            EngineError.BAD_HANDSHAKE_METHOD.answer(request);
            return;
        }
        if (websocket && !upgrades(request)) {
            EngineError.BAD_REQUEST.answer(request);
            return;
        }
        if (!"4".equals(request.getParam("EIO"))) {
            EngineError.UNSUPPORTED_VERSION.answer(request);
            return;
        }
        Optional<Function<EngineSession, SessionListener>> listener = application.open(request);
        if (listener.isEmpty()) {
            EngineError.FORBIDDEN.answer(request);
        } else if (websocket) {
            request.toWebSocket()
                    .onSuccess(socket -> {
                        WebSocketChannel channel = new WebSocketChannel(
                                request.connection(), (code, reason) -> socket.close((short) code, reason));
                        begin(channel, listener.get()).listen(socket);
                    })
                    .onFailure(EngineServer::noSocket);
        } else {
            PollingTransport polling = new PollingTransport(options.maxPayload());
            polling.poll(request);
            begin(polling, listener.get());
        }
    }

    private EngineSession begin(Transport transport, Function<EngineSession, SessionListener> listener) {
        ContextInternal context = ((ContextInternal) vertx.getOrCreateContext()).unwrap();
        SessionLoop loop = loops.computeIfAbsent(context.nettyEventLoop(), thread -> new SessionLoop(context, options));
        byte[] bits = new byte[ID_BYTES];
        random.nextBytes(bits);
        String id = Base64.getUrlEncoder().encodeToString(bits);
        return new EngineSession(id, this, loop, transport, listener);
    }

    EngineOptions options() {
        return options;
    }

    SendQueue outbox(Transport transport, EngineSession session) {
        return application.outbox(transport, session);
    }

    void began(String id, EngineSession session) {
        sessions.put(id, session);
    }

    void ended(String id) {
        sessions.remove(id);
    }

    private static boolean upgrades(HttpServerRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE));
    }

    private static void noSocket(Throwable e) {
        LOG.debugf("no WebSocket: %s", e.getMessage());
    }
}
