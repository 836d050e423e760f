package io.dorami.gateway.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.errors.CloseCode;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.BoundedLog;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.auth.ClientAuthentication;
import io.dorami.gateway.auth.ConnectionLimiter;
import io.dorami.gateway.auth.Handshake;
import io.dorami.gateway.auth.UserRateLimiter;
import io.dorami.gateway.auth.UserRateLimiter.Action;
import io.dorami.gateway.drain.DrainableConnections;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.hub.Hub;
import io.dorami.gateway.hub.RequestIds;
import io.dorami.gateway.rooms.ClientRequestHandler;
import io.dorami.gateway.transport.PacketCounter;
import io.dorami.service.security.Identity;
import io.netty.handler.codec.DecoderException;
import io.quarkus.websockets.next.HttpUpgradeCheck;
import io.quarkus.websockets.next.OnClose;
import io.quarkus.websockets.next.OnError;
import io.quarkus.websockets.next.OnOpen;
import io.quarkus.websockets.next.OnPongMessage;
import io.quarkus.websockets.next.OnTextMessage;
import io.quarkus.websockets.next.UserData.TypedKey;
import io.quarkus.websockets.next.WebSocket;
import io.quarkus.websockets.next.WebSocketConnection;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Endpoint of the JSON protocol, {@code /ws}: decodes and checks frames, and passes the requests on. Frames of one
 * connection are handled one after the other, so that frames sent before the reply to {@code hello} wait for the reply
 * and are not lost.
 */
@WebSocket(path = JsonWebSocketEndpoint.PATH)
public class JsonWebSocketEndpoint implements DrainableConnections {

    static final String PATH = "/ws";

    private static final TypedKey<HttpConnection> CONNECTION = new TypedKey<>("connection");
    private static final TypedKey<Handshake> HANDSHAKE = new TypedKey<>("handshake");
    private static final TypedKey<JsonSession> SESSION = new TypedKey<>("session");

    private static final Duration IDLE_CHECK_INTERVAL = Duration.ofSeconds(5);

    /**
     * Limit of one frame: any message that chat-service accepts fits in any spelling of JSON. A message has at most 500
     * characters and 16,000 bytes. Spelled as {@code \\uXXXX}, two to four bytes of UTF-8 become three times as many; only
     * ASCII becomes six times as many, and each of the 500 characters has at most one: 3 × 16,000 + 3 × 500 = 49,500. That
     * leaves 1,700 for the room and the ids. A token has at most 4,096.
     */
    private static final int MAX_FRAME_CHARACTERS = 51_200;

    private static final BoundedLog FAILED_SOCKETS = new BoundedLog(Logger.getLogger(JsonWebSocketEndpoint.class));

    private final Hub hub;
    private final ClientRequestHandler requestHandler;
    private final ClientAuthentication authentication;
    private final UserRateLimiter rateLimiter;
    private final ConnectionLimiter connectionLimiter;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;
    private final Set<JsonSession> sessions = ConcurrentHashMap.newKeySet();

    JsonWebSocketEndpoint(
            Hub hub,
            ClientRequestHandler requestHandler,
            ClientAuthentication authentication,
            UserRateLimiter rateLimiter,
            ConnectionLimiter connectionLimiter,
            Vertx vertx,
            GatewayConfig config,
            GatewayMetrics metrics) {
        this.hub = hub;
        this.requestHandler = requestHandler;
        this.authentication = authentication;
        this.rateLimiter = rateLimiter;
        this.connectionLimiter = connectionLimiter;
        this.config = config;
        this.metrics = metrics;
        vertx.setPeriodic(IDLE_CHECK_INTERVAL.toMillis(), timer -> closeIdle());
    }

    /** Captures the HTTP connection and the handshake, which are available only before the upgrade. */
    @ApplicationScoped
    static class UpgradeCapture implements HttpUpgradeCheck {

        private final ConnectionLimiter connectionLimiter;

        UpgradeCapture(ConnectionLimiter connectionLimiter) {
            this.connectionLimiter = connectionLimiter;
        }

        @Override
        public Uni<CheckResult> perform(HttpUpgradeContext context) {
            Handshake handshake = Handshake.of(context.httpRequest());
            context.userData().put(CONNECTION, context.httpRequest().connection());
            context.userData().put(HANDSHAKE, handshake);
            return connectionLimiter.canConnect(handshake.address())
                    ? CheckResult.permitUpgrade()
                    : CheckResult.rejectUpgrade(ErrorCode.RATE_LIMIT_EXCEEDED.status());
        }
    }

    @OnOpen
    @NonBlocking
    void onOpen(WebSocketConnection connection) {
        JsonSession session = new JsonSession(
                connection,
                connection.userData().remove(CONNECTION),
                connection.userData().get(HANDSHAKE),
                hub,
                authentication,
                requestHandler);
        connection.userData().put(SESSION, session);
        sessions.add(session);
        connectionLimiter.addConnection(session.handshake.address());
        metrics.connectionOpened(JsonFrameEncoder.INSTANCE.metricsLabel(), "websocket");
        session.shard.loop.schedule(config.helloTimeout(), () -> {
            if (session.client == null && connection.isOpen()) {
                session.close(CloseCode.POLICY_VIOLATION);
            }
        });
    }

    private boolean tryAcquirePermit(Client client, ClientRequest request) {
        return rateLimiter.tryAcquire(client.participant(), action(request), roomType(request));
    }

    private static Action action(ClientRequest request) {
        return switch (request) {
            case ClientRequest.Hello hello -> Action.HELLO;
            case ClientRequest.Join join -> Action.JOIN;
            case ClientRequest.Leave leave -> Action.LEAVE;
            case ClientRequest.Send send -> Action.SEND;
            case ClientRequest.Delete delete -> Action.DELETE;
        };
    }

    private static RoomType roomType(ClientRequest request) {
        return switch (request) {
            case ClientRequest.Hello hello -> RoomType.PLATFORM;
            case ClientRequest.Join join -> join.room().type();
            case ClientRequest.Leave leave -> leave.room().type();
            case ClientRequest.Send send -> send.room().type();
            case ClientRequest.Delete delete -> delete.room().type();
        };
    }

    /** Receives the client's reply to a ping. Pings keep proxies from closing the connection. */
    @OnPongMessage
    @NonBlocking
    void onPong(Buffer pong, WebSocketConnection connection) {
        connection.userData().get(SESSION).lastReceivedNanos = System.nanoTime();
    }

    @Override
    public boolean isOpenedBy(HttpServerRequest request) {
        return request.path().equals(PATH) || request.path().equals(PATH + '/');
    }

    @Override
    public List<Runnable> closeActions() {
        return sessions.stream()
                .<Runnable>map(
                        session -> () -> session.shard.loop.execute(() -> session.close(CloseCode.SERVICE_RESTART)))
                .toList();
    }

    private void closeIdle() {
        long now = System.nanoTime();
        for (JsonSession session : sessions) {
            if (now - session.lastReceivedNanos > config.idleTimeout().toNanos()) {
                session.shard.loop.execute(() -> session.close(CloseCode.TRY_AGAIN_LATER));
            }
        }
    }

    @OnTextMessage
    Uni<Void> onText(String text, WebSocketConnection connection) {
        JsonSession session = connection.userData().get(SESSION);
        session.lastReceivedNanos = System.nanoTime();
        Client client = session.client;
        if (session.isClosing()) {
            return Uni.createFrom().voidItem();
        }
        if (session.receivedFrames.increment() > PacketCounter.MAX_PACKETS) {
            session.close(CloseCode.POLICY_VIOLATION);
            return Uni.createFrom().voidItem();
        }
        if (text.length() > MAX_FRAME_CHARACTERS) {
            session.close(CloseCode.TOO_BIG);
            return Uni.createFrom().voidItem();
        }
        ClientRequest request;
        try {
            request = decode(text);
        } catch (DoramiException e) {
            session.reject(idsOf(text), e.code(), e.getMessage());
            if (client == null || !rateLimiter.tryAcquire(client.participant(), Action.MALFORMED, RoomType.PLATFORM)) {
                session.close(CloseCode.POLICY_VIOLATION);
            }
            return Uni.createFrom().voidItem();
        }
        if (client == null) {
            return handleHello(session, request);
        }
        if (!tryAcquirePermit(client, request)) {
            client.rejectRequest(
                    null,
                    RequestIds.of(request),
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    action(request).rejectionMessage());
            return Uni.createFrom().voidItem();
        }
        if (request instanceof ClientRequest.Hello hello) {
            return renewIdentity(session, client, hello);
        }
        session.shard.loop.execute(() -> requestHandler.handle(client, request));
        return Uni.createFrom().voidItem();
    }

    @OnClose
    @NonBlocking
    void onClose(WebSocketConnection connection) {
        JsonSession session = connection.userData().get(SESSION);
        metrics.connectionClosed(JsonFrameEncoder.INSTANCE.metricsLabel(), "websocket");
        sessions.remove(session);
        connectionLimiter.removeConnection(session.handshake.address());
        session.sendQueue.close();
        session.releaseIdentity();
        Client client = session.client;
        if (client != null) {
            session.shard.loop.execute(() -> requestHandler.disconnect(client, session.isExpectedBack()));
        }
    }

    @OnError
    @NonBlocking
    void onError(WebSocketConnection connection, Throwable e) {
        if (e instanceof IOException || e instanceof HttpClosedException) {
            return; // the client disconnected without a close frame; onClose follows
        }
        JsonSession session = connection.userData().get(SESSION);
        if (e instanceof DecoderException) {
            // The client broke RFC 6455, which Netty has answered with the close code already.
            session.shard.loop.execute(() -> session.close(CloseCode.POLICY_VIOLATION));
            return;
        }
        FAILED_SOCKETS.warn(e, "WebSocket failed: connection=%s".formatted(connection.id()));
        session.shard.loop.execute(() -> session.close(CloseCode.INTERNAL_ERROR));
    }

    private Uni<Void> handleHello(JsonSession session, ClientRequest request) {
        if (!(request instanceof ClientRequest.Hello hello) || hello.version() != ClientRequest.PROTOCOL_VERSION) {
            session.reject(
                    RequestIds.of(request),
                    ErrorCode.UNSUPPORTED_VERSION,
                    "First frame: expected {\"type\":\"hello\",\"version\":" + ClientRequest.PROTOCOL_VERSION + "}");
            session.close(CloseCode.POLICY_VIOLATION);
            return Uni.createFrom().voidItem();
        }
        long startNanos = System.nanoTime();
        return verifyToken(session.handshake, hello)
                .emitOn(session.shard.loop::execute)
                .invoke(identity -> completeHello(session, identity, hello, startNanos))
                .onFailure(DoramiException.class)
                .recoverWithItem(e -> {
                    ErrorCode code = ((DoramiException) e).code();
                    session.reject(RequestIds.of(hello), code, e.getMessage());
                    metrics.recordConnect(JsonFrameEncoder.INSTANCE.metricsLabel(), code, startNanos);
                    // BUSY: the token could not be verified now, so the client comes back with it.
                    session.close(code == ErrorCode.BUSY ? CloseCode.TRY_AGAIN_LATER : CloseCode.POLICY_VIOLATION);
                    return Optional.empty();
                })
                .replaceWithVoid();
    }

    /**
     * Verifies the token of the hello, which must be valid, or else the token of the handshake. An invalid token of the
     * handshake makes the client a guest, as on Socket.IO.
     */
    private Uni<Optional<Identity>> verifyToken(Handshake handshake, ClientRequest.Hello hello) {
        if (hello.token() != null) {
            return authentication.verify(hello.token()).map(Optional::of);
        }
        return handshake
                .token()
                .map(token -> authentication
                        .verify(token)
                        .map(Optional::of)
                        .onFailure(DoramiException.class)
                        .recoverWithItem(Optional.empty()))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    /**
     * Replaces the token by a newer one of the same user, even if the previous one has expired. The connection and its
     * rooms stay.
     */
    private Uni<Void> renewIdentity(JsonSession session, Client client, ClientRequest.Hello hello) {
        return verifyToken(session.handshake, hello)
                .emitOn(session.shard.loop::execute)
                .invoke(identity -> {
                    if (!session.connection.isOpen()) {
                        return; // closed meanwhile, so it must not be counted as a connection again
                    }
                    User user = identity.map(Identity::user)
                            .filter(candidate -> candidate.id().equals(client.participant()))
                            .orElseThrow(() -> new DoramiException(
                                    ErrorCode.FORBIDDEN,
                                    "token: expected one of the same user; reconnect to change the user"));
                    session.setIdentity(identity.orElseThrow(), hello.token() == null);
                    requestHandler.setUser(client, user);
                    sendWelcome(client, hello.id());
                })
                .replaceWithVoid()
                .onFailure(DoramiException.class)
                .recoverWithItem(e -> {
                    client.reject(null, hello.id(), ((DoramiException) e).code(), String.valueOf(e.getMessage()));
                    return null;
                });
    }

    private void completeHello(
            JsonSession session, Optional<Identity> identity, ClientRequest.Hello hello, long startNanos) {
        if (!session.connection.isOpen()) {
            return; // closed during the verification
        }
        identity.ifPresent(verified -> session.setIdentity(verified, hello.token() == null));
        Client client = session.newClient(identity.map(Identity::user));
        session.client = client;
        hub.add(client);
        sendWelcome(client, hello.id());
        metrics.recordConnect(JsonFrameEncoder.INSTANCE.metricsLabel(), null, startNanos);
        requestHandler.joinPlatformRooms(client);
    }

    private static void sendWelcome(Client client, @Nullable String requestId) {
        client.sendQueue.send(client.encoder.encodeDirect(
                FrameEncoder.DirectMessage.of(null, WelcomeMessage.of(client).frame(), requestId)));
    }

    private static ClientRequest decode(String text) {
        try {
            return Json.read(text, ClientRequest.class);
        } catch (IllegalArgumentException e) {
            throw new DoramiException(ErrorCode.INVALID_FRAME, describe(e));
        }
    }

    /** Reads the ids of a frame that is not a valid request, so that the client recognises the error. */
    private static RequestIds idsOf(String text) {
        try {
            return RequestIds.of(Json.MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            return RequestIds.NONE;
        }
    }

    private static String describe(IllegalArgumentException e) {
        if (e.getCause() instanceof JsonMappingException mapping
                && !mapping.getPath().isEmpty()) {
            return mapping.getPath().getLast().getFieldName() + ": unexpected value";
        }
        return e.getCause() instanceof JsonProcessingException
                ? "Frame: expected a JSON object with a type: hello, join, leave, send or delete"
                : "Frame: expected a JSON object";
    }
}
