package io.dorami.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import io.dorami.contracts.ClientRequest;
import io.dorami.contracts.CloseCode;
import io.dorami.contracts.Delivery;
import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.service.AccessTokens;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.websockets.next.OnClose;
import io.quarkus.websockets.next.OnError;
import io.quarkus.websockets.next.OnOpen;
import io.quarkus.websockets.next.OnTextMessage;
import io.quarkus.websockets.next.UserData.TypedKey;
import io.quarkus.websockets.next.WebSocket;
import io.quarkus.websockets.next.WebSocketConnection;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The JSON protocol's socket, {@code /ws}: decodes a frame, checks it and hands it on. Frames of one connection are taken
 * one after the other, so what is sent before {@code hello} was answered waits for it and is not lost.
 */
@WebSocket(path = "/ws")
class LiveSocket {

    private static final TypedKey<Client> CLIENT = new TypedKey<>("client");
    /** 500 characters of up to 12 bytes each as JSON escapes are 6 KB, and a token is under 4 KB. */
    private static final int FRAME_CHARACTERS = 16_384;

    private static final String COOKIE = "accessToken";
    private static final Logger LOG = Logger.getLogger(LiveSocket.class);

    private final Hub hub;
    private final Requests requests;
    private final AccessTokens tokens;
    private final Boot boot;
    private final Vertx vertx;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;

    LiveSocket(
            Hub hub,
            Requests requests,
            AccessTokens tokens,
            Boot boot,
            Vertx vertx,
            GatewayConfig config,
            GatewayMetrics metrics) {
        this.hub = hub;
        this.requests = requests;
        this.tokens = tokens;
        this.boot = boot;
        this.vertx = vertx;
        this.config = config;
        this.metrics = metrics;
    }

    @RegisterForReflection // written by our own JSON, which Quarkus does not see
    record Welcome(int version, String connection, @Nullable String userId, boolean authenticated) {}

    @OnOpen
    @NonBlocking
    void opened(WebSocketConnection connection) {
        vertx.setTimer(config.helloTimeout().toMillis(), timer -> {
            if (connection.isOpen() && connection.userData().get(CLIENT) == null) {
                guest(connection).close(CloseCode.POLICY_VIOLATION);
            }
        });
    }

    @OnTextMessage
    Uni<Void> received(String text, WebSocketConnection connection) {
        Client client = connection.userData().get(CLIENT);
        if (text.length() > FRAME_CHARACTERS) {
            guest(connection).close(CloseCode.TOO_BIG);
            return Uni.createFrom().voidItem();
        }
        ClientRequest request;
        try {
            request = decode(text);
        } catch (DoramiException e) {
            Client refused = client == null ? guest(connection) : client;
            refused.refuse(null, null, e.code(), String.valueOf(e.getMessage()));
            if (client == null) {
                refused.close(CloseCode.POLICY_VIOLATION);
            }
            return Uni.createFrom().voidItem();
        }
        if (client != null) {
            hub.run(() -> requests.handle(client, request));
            return Uni.createFrom().voidItem();
        }
        return hello(connection, request);
    }

    @OnClose
    @NonBlocking
    void closed(WebSocketConnection connection) {
        Client client = connection.userData().get(CLIENT);
        if (client != null) {
            hub.run(() -> requests.closed(client));
        }
    }

    @OnError
    @NonBlocking
    void failed(WebSocketConnection connection, Throwable e) {
        if (e instanceof IOException || e instanceof HttpClosedException) {
            return; // the client went without a word; its close follows
        }
        LOG.warnf(e, "A socket failed");
        guest(connection).close(CloseCode.INTERNAL_ERROR);
    }

    private Uni<Void> hello(WebSocketConnection connection, ClientRequest request) {
        if (!(request instanceof ClientRequest.Hello hello) || hello.version() != ClientRequest.VERSION) {
            Client refused = guest(connection);
            refused.refuse(
                    null,
                    request.id(),
                    ErrorCode.UNSUPPORTED_VERSION,
                    "Begin with {\"type\":\"hello\",\"version\":" + ClientRequest.VERSION + "}");
            refused.close(CloseCode.POLICY_VIOLATION);
            return Uni.createFrom().voidItem();
        }
        return signIn(connection, hello)
                .map(user -> client(connection, user))
                .invoke(client -> welcome(connection, client, hello.id()))
                .onFailure(DoramiException.class)
                .recoverWithItem(e -> {
                    Client refused = guest(connection);
                    refused.refuse(null, hello.id(), ((DoramiException) e).code(), String.valueOf(e.getMessage()));
                    refused.close(CloseCode.POLICY_VIOLATION);
                    return refused;
                })
                .replaceWithVoid();
    }

    /** A token that was sent must be valid; a cookie that is not makes a guest, for the page sends it unasked. */
    private Uni<Optional<User>> signIn(WebSocketConnection connection, ClientRequest.Hello hello) {
        if (hello.token() != null) {
            return tokens.verify(hello.token()).map(identity -> Optional.of(identity.user()));
        }
        return cookie(connection)
                .map(token -> tokens.verify(token)
                        .map(identity -> Optional.of(identity.user()))
                        .onFailure(DoramiException.class)
                        .recoverWithItem(Optional.empty()))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
    }

    private void welcome(WebSocketConnection connection, Client client, @Nullable String requestId) {
        connection.userData().put(CLIENT, client);
        hub.run(() -> {
            if (!connection.isOpen()) {
                return; // closed before it was known
            }
            hub.add(client);
            Welcome welcome = new Welcome(
                    ClientRequest.VERSION, client.id, client.user.map(User::id).orElse(null), client.user.isPresent());
            EventFrame frame = new EventFrame(null, Delivery.SURE, false, "welcome", Json.write(welcome));
            client.send(JsonFrames.answer(null, frame, requestId));
        });
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

    private static Optional<String> cookie(WebSocketConnection connection) {
        return Stream.ofNullable(connection.handshakeRequest().header("Cookie"))
                .flatMap(header -> Arrays.stream(header.split(";")))
                .map(String::strip)
                .filter(pair -> pair.startsWith(COOKIE + "="))
                .map(pair -> pair.substring(COOKIE.length() + 1))
                .findFirst();
    }

    private Client guest(WebSocketConnection connection) {
        return client(connection, Optional.empty());
    }

    private Client client(WebSocketConnection connection, Optional<User> user) {
        return new Client(boot.id(), connection, user, config.outboxFrames(), metrics);
    }
}
