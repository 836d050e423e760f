package io.dorami.gateway.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.errors.CloseCode;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.auth.AuthenticatedConnection;
import io.dorami.gateway.auth.ClientAuthentication;
import io.dorami.gateway.auth.ConnectionLimiter;
import io.dorami.gateway.auth.Handshake;
import io.dorami.gateway.auth.UserRateLimiter.Action;
import io.dorami.gateway.drain.DrainableConnections;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.hub.Hub;
import io.dorami.gateway.hub.Shard;
import io.dorami.gateway.rooms.ClientRequestHandler;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.WebSocketChannel;
import io.dorami.service.security.Identity;
import io.quarkus.websockets.next.CloseReason;
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
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The JSON protocol's socket, {@code /ws}: decodes a frame, checks it and hands it on. Frames of one connection are taken
 * one after the other, so what is sent before {@code hello} was answered waits for it and is not lost.
 */
@WebSocket(path = JsonWebSocketEndpoint.PATH)
public class JsonWebSocketEndpoint implements DrainableConnections {

    public static final String PATH = "/ws";

    private static final TypedKey<HttpConnection> CONNECTION = new TypedKey<>("connection");
    private static final TypedKey<Handshake> HANDSHAKE = new TypedKey<>("handshake");
    private static final TypedKey<JsonSession> SESSION = new TypedKey<>("session");

    private static final Duration SILENCE_CHECK = Duration.ofSeconds(5);
    /** 500 characters of up to 12 bytes each as JSON escapes are 6 KB, and a token is under 4 KB. */
    private static final int FRAME_CHARACTERS = 16_384;

    private static final Logger LOG = Logger.getLogger(JsonWebSocketEndpoint.class);

    private final Hub hub;
    private final ClientRequestHandler requests;
    private final ClientAuthentication reception;
    private final ConnectionLimiter admission;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;
    private final Set<JsonSession> open = ConcurrentHashMap.newKeySet();

    JsonWebSocketEndpoint(
            Hub hub,
            ClientRequestHandler requests,
            ClientAuthentication reception,
            ConnectionLimiter admission,
            Vertx vertx,
            GatewayConfig config,
            GatewayMetrics metrics) {
        this.hub = hub;
        this.requests = requests;
        this.reception = reception;
        this.admission = admission;
        this.config = config;
        this.metrics = metrics;
        vertx.setPeriodic(SILENCE_CHECK.toMillis(), timer -> closeTheSilent());
    }

    /** Keeps the way to the channel and what the request said, which are known only before the upgrade. */
    @ApplicationScoped
    static class UpgradeCapture implements HttpUpgradeCheck {

        private final ConnectionLimiter admission;

        UpgradeCapture(ConnectionLimiter admission) {
            this.admission = admission;
        }

        @Override
        public Uni<CheckResult> perform(HttpUpgradeContext context) {
            Handshake handshake = Handshake.of(context.httpRequest());
            context.userData().put(CONNECTION, context.httpRequest().connection());
            context.userData().put(HANDSHAKE, handshake);
            return admission.hasRoom(handshake.address())
                    ? CheckResult.permitUpgrade()
                    : CheckResult.rejectUpgrade(ErrorCode.RATE_LIMIT_EXCEEDED.status());
        }
    }

    /** A connection, before and after it said hello. Touched on its loop, but for what says otherwise. */
    private final class JsonSession implements SendQueue.Owner, AuthenticatedConnection {
        final WebSocketConnection connection;
        final Handshake handshake;
        final Shard shard = hub.shard();
        final SendQueue outbox;

        /** Of anything. Read on any thread. */
        volatile long heardAt = System.nanoTime();

        /** Nothing before the hello. */
        @Nullable
        Client client;

        /** Who its token speaks for; nobody for a guest, and when its time is over. Read on any thread. */
        volatile @Nullable Identity identity;

        JsonSession(WebSocketConnection connection) {
            this.connection = connection;
            this.handshake = connection.userData().get(HANDSHAKE);
            WebSocketChannel channel = new WebSocketChannel(
                    connection.userData().get(CONNECTION),
                    (code, reason) -> connection
                            .close(new CloseReason(code, reason))
                            .subscribe()
                            .with(closed -> {}, e -> LOG.debugf("%s is closed already: %s", connection.id(), e)));
            this.outbox = shard.outbox(channel, this);
            connection.userData().remove(CONNECTION);
        }

        @Override
        public Frame dropped(String topic, int count) {
            return JsonFrameEncoder.INSTANCE.dropped(RoomId.parse(topic), count);
        }

        @Override
        public void overflowed() {
            close(CloseCode.TRY_AGAIN_LATER);
        }

        @Override
        public Identity identity() {
            return Objects.requireNonNull(identity, "A guest is not signed in");
        }

        /** From now on a guest, the same participant: out of the chat and from among the admins. */
        @Override
        public void signOut(String message) {
            reception.unwatch(this);
            shard.loop.run(() -> {
                Client signedIn = client;
                if (signedIn != null && identity != null) {
                    forget();
                    requests.becomeGuest(signedIn);
                    signedIn.refuse(null, null, ErrorCode.UNAUTHORIZED, message);
                }
            });
        }

        /** Counts no more as a connection of its user. */
        void forget() {
            Identity past = identity;
            if (past != null) {
                identity = null;
                reception.signedOut(this, past, PATH);
            }
        }

        /** The same user again, by a newer token. */
        void renew(Identity renewed) {
            if (identity == null) {
                reception.requireRoom(renewed, PATH);
            }
            identity = renewed;
            reception.watch(this);
        }

        void close(CloseCode code) {
            client(Optional.empty()).close(code);
        }

        void refuse(@Nullable String requestId, ErrorCode code, @Nullable String message) {
            client(Optional.empty()).refuse(null, requestId, code, String.valueOf(message));
        }

        Client client(Optional<User> user) {
            return reception.client(
                    connection.id(), "guest:" + connection.id(), JsonFrameEncoder.INSTANCE, outbox, user);
        }
    }

    @OnOpen
    @NonBlocking
    void opened(WebSocketConnection connection) {
        JsonSession session = new JsonSession(connection);
        connection.userData().put(SESSION, session);
        open.add(session);
        admission.came(session.handshake.address());
        metrics.opened(JsonFrameEncoder.INSTANCE, "websocket");
        session.shard.loop.after(config.helloTimeout(), () -> {
            if (session.client == null && connection.isOpen()) {
                session.close(CloseCode.POLICY_VIOLATION);
            }
        });
    }

    private boolean mayGoOn(Client client, ClientRequest request) {
        return reception.mayGoOn(client, kind(request), channel(request));
    }

    private static Action kind(ClientRequest request) {
        return switch (request) {
            case ClientRequest.Hello hello -> Action.HELLO;
            case ClientRequest.Join join -> Action.JOIN;
            case ClientRequest.Leave leave -> Action.LEAVE;
            case ClientRequest.Send send -> Action.SEND;
            case ClientRequest.Delete delete -> Action.DELETE;
        };
    }

    private static RoomType channel(ClientRequest request) {
        return switch (request) {
            case ClientRequest.Hello hello -> RoomType.PLATFORM;
            case ClientRequest.Join join -> join.room().type();
            case ClientRequest.Leave leave -> leave.room().type();
            case ClientRequest.Send send -> send.room().type();
            case ClientRequest.Delete delete -> delete.room().type();
        };
    }

    /** Clients answer the pings that keep proxies from closing the connection. */
    @OnPongMessage
    @NonBlocking
    void alive(Buffer pong, WebSocketConnection connection) {
        connection.userData().get(SESSION).heardAt = System.nanoTime();
    }

    @Override
    public List<Runnable> closings() {
        return open.stream()
                .<Runnable>map(session -> () -> session.shard.loop.run(() -> session.close(CloseCode.SERVICE_RESTART)))
                .toList();
    }

    private void closeTheSilent() {
        long now = System.nanoTime();
        for (JsonSession session : open) {
            if (now - session.heardAt > config.silence().toNanos()) {
                session.shard.loop.run(() -> session.close(CloseCode.TRY_AGAIN_LATER));
            }
        }
    }

    @OnTextMessage
    Uni<Void> received(String text, WebSocketConnection connection) {
        JsonSession session = connection.userData().get(SESSION);
        session.heardAt = System.nanoTime();
        Client client = session.client;
        if (text.length() > FRAME_CHARACTERS) {
            session.close(CloseCode.TOO_BIG);
            return Uni.createFrom().voidItem();
        }
        ClientRequest request;
        try {
            request = decode(text);
        } catch (DoramiException e) {
            session.refuse(null, e.code(), e.getMessage());
            if (client == null || !reception.mayGoOn(client, Action.MALFORMED, RoomType.PLATFORM)) {
                session.close(CloseCode.POLICY_VIOLATION);
            }
            return Uni.createFrom().voidItem();
        }
        if (client == null) {
            return hello(session, request);
        }
        if (!mayGoOn(client, request)) {
            client.refuse(
                    null,
                    request.id(),
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    kind(request).refusal());
            return Uni.createFrom().voidItem();
        }
        if (request instanceof ClientRequest.Hello hello) {
            return renew(session, client, hello);
        }
        session.shard.loop.run(() -> requests.handle(client, request));
        return Uni.createFrom().voidItem();
    }

    @OnClose
    @NonBlocking
    void closed(WebSocketConnection connection) {
        JsonSession session = connection.userData().get(SESSION);
        metrics.closed(JsonFrameEncoder.INSTANCE, "websocket");
        open.remove(session);
        admission.left(session.handshake.address());
        session.outbox.end();
        session.forget();
        Client client = session.client;
        if (client != null) {
            session.shard.loop.run(() -> requests.closed(client));
        }
    }

    @OnError
    @NonBlocking
    void failed(WebSocketConnection connection, Throwable e) {
        if (e instanceof IOException || e instanceof HttpClosedException) {
            return; // the client went without a word; its close follows
        }
        LOG.warnf(e, "A socket failed");
        JsonSession session = connection.userData().get(SESSION);
        session.shard.loop.run(() -> session.close(CloseCode.INTERNAL_ERROR));
    }

    private Uni<Void> hello(JsonSession session, ClientRequest request) {
        if (!(request instanceof ClientRequest.Hello hello) || hello.version() != ClientRequest.VERSION) {
            session.refuse(
                    request.id(),
                    ErrorCode.UNSUPPORTED_VERSION,
                    "Begin with {\"type\":\"hello\",\"version\":" + ClientRequest.VERSION + "}");
            session.close(CloseCode.POLICY_VIOLATION);
            return Uni.createFrom().voidItem();
        }
        return signIn(session.handshake, hello)
                .emitOn(session.shard.loop::run)
                .invoke(identity -> welcome(session, identity, hello.id()))
                .onFailure(DoramiException.class)
                .recoverWithItem(e -> {
                    session.refuse(hello.id(), ((DoramiException) e).code(), e.getMessage());
                    session.close(CloseCode.POLICY_VIOLATION);
                    return Optional.empty();
                })
                .replaceWithVoid();
    }

    /** A token that was sent must be valid; one of the handshake that is not makes a guest, as on Socket.IO. */
    private Uni<Optional<Identity>> signIn(Handshake handshake, ClientRequest.Hello hello) {
        if (hello.token() != null) {
            return reception.verify(hello.token()).map(Optional::of);
        }
        return handshake
                .token()
                .map(token -> reception
                        .verify(token)
                        .map(Optional::of)
                        .onFailure(DoramiException.class)
                        .recoverWithItem(Optional.empty()))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    /** A newer token for the same user, also after the last one's time was over; the connection and its rooms stay. */
    private Uni<Void> renew(JsonSession session, Client client, ClientRequest.Hello hello) {
        return signIn(session.handshake, hello)
                .emitOn(session.shard.loop::run)
                .invoke(identity -> {
                    if (!session.connection.isOpen()) {
                        return; // closed meanwhile: it must not count again
                    }
                    User user = identity.map(Identity::user)
                            .filter(found -> found.id().equals(client.participant()))
                            .orElseThrow(() -> new DoramiException(
                                    ErrorCode.FORBIDDEN, "Only the user who said hello renews it: connect anew"));
                    session.renew(identity.orElseThrow());
                    requests.becomeUser(client, user);
                    greet(client, hello.id());
                })
                .replaceWithVoid()
                .onFailure(DoramiException.class)
                .recoverWithItem(e -> {
                    client.refuse(null, hello.id(), ((DoramiException) e).code(), String.valueOf(e.getMessage()));
                    return null;
                });
    }

    private void welcome(JsonSession session, Optional<Identity> identity, @Nullable String requestId) {
        if (!session.connection.isOpen()) {
            return; // closed before it was known
        }
        identity.ifPresent(session::renew);
        Client client = session.client(identity.map(Identity::user));
        session.client = client;
        hub.add(client);
        greet(client, requestId);
        hub.enterPlatform(client);
    }

    private static void greet(Client client, @Nullable String requestId) {
        client.outbox.send(client.format.answer(
                FrameEncoder.DirectMessage.of(null, WelcomeMessage.of(client).frame(), requestId)));
    }

    private static ClientRequest decode(String text) {
        try {
            return Json.read(text, ClientRequest.class);
        } catch (IllegalArgumentException e) {
            throw new DoramiException(ErrorCode.INVALID_FRAME, reason(e));
        }
    }

    private static String reason(IllegalArgumentException e) {
        if (e.getCause() instanceof JsonMappingException mapping
                && !mapping.getPath().isEmpty()) {
            return mapping.getPath().getLast().getFieldName() + " is not what is expected there";
        }
        return e.getCause() instanceof JsonProcessingException
                ? "A frame is a JSON object with a type: hello, join, leave, send or delete"
                : "Not a frame";
    }
}
