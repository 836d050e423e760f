package io.dorami.gateway.socketio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.errors.CloseCode;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.BoundedLog;
import io.dorami.gateway.auth.AuthenticatedConnection;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.ClientOffset;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.hub.RequestIds;
import io.dorami.gateway.socketio.protocol.NamespaceSocket;
import io.dorami.gateway.socketio.protocol.NamespaceSocketListener;
import io.dorami.gateway.socketio.protocol.Packet;
import io.dorami.gateway.transport.Frame;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.security.Identity;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A web client in one namespace. Authenticates when it connects, recovers missed events if possible, and sends the
 * requests of the front end's contract. Bound to the loop of its connection.
 */
final class SocketIoClient implements NamespaceSocketListener, AuthenticatedConnection {

    /**
     * Earliest time of a chat join after the connect, because the join brings the history. The web client checks for a
     * new socket every 200 ms and then clears its list of messages.
     */
    private static final Duration HISTORY_DELAY = Duration.ofMillis(250);

    /** Events without a meaning that a connection may send within 10 s, as many as frames that cannot be decoded. */
    private static final int MAX_UNKNOWN_EVENTS = 20;

    private static final String CHAT = RoomType.CHAT.namespace();
    private static final BoundedLog FAILED_VERIFICATIONS = new BoundedLog(Logger.getLogger(SocketIoClient.class));

    private final SocketIoEndpoint endpoint;
    private final SocketIoEndpoint.ConnectionHandler connection;
    private final NamespaceSocket socket;
    private final SocketIoFrameEncoder frameEncoder;
    private final long createdNanos = System.nanoTime();

    /** Client of the hub; null until the client is admitted, and if rejected. */
    private @Nullable Client client;

    private long connectedNanos;

    /** Requests received during the history delay, in order; null if no request is delayed. */
    private @Nullable Queue<ClientRequest> queuedRequests;

    /** Identity of the client's token; null for a guest and after the token expired. Read on any thread. */
    private volatile @Nullable Identity identity;

    private boolean disconnected;

    SocketIoClient(SocketIoEndpoint endpoint, SocketIoEndpoint.ConnectionHandler connection, NamespaceSocket socket) {
        this.endpoint = endpoint;
        this.connection = connection;
        this.socket = socket;
        this.frameEncoder = SocketIoFrameEncoder.of(socket.namespace());
    }

    /**
     * Verifies the token and connects the client as its user. Without a valid token the client becomes a guest, or is
     * rejected if the namespace is the chat's.
     */
    void authenticate(Optional<String> token, ObjectNode credentials) {
        Uni<Identity> identity = token.map(endpoint.authentication::verify)
                .orElseGet(() ->
                        Uni.createFrom().failure(new DoramiException(ErrorCode.UNAUTHORIZED, "no token provided")));
        identity.emitOn(socket.session()::execute)
                .subscribe()
                .with(
                        verified -> {
                            if (disconnected) {
                                return;
                            }
                            try {
                                endpoint.authentication.acquireUserConnection(verified, socket.namespace());
                            } catch (DoramiException e) {
                                reject(e.code(), String.valueOf(e.getMessage()), credentials);
                                return;
                            }
                            this.identity = verified;
                            connect(Optional.of(verified.user()), credentials);
                        },
                        e -> {
                            if (!(e instanceof DoramiException)) {
                                FAILED_VERIFICATIONS.warn(
                                        e, "Token verification failed: namespace=%s".formatted(socket.namespace()));
                            }
                            if (socket.namespace().equals(CHAT)) {
                                rejectFromChat(e, credentials);
                            } else {
                                connect(Optional.empty(), credentials);
                            }
                        });
    }

    /**
     * Requests that the client renew its token. After an earlier request the connection is closed instead: the web
     * client renews its cookie and repeats CONNECT, but the cookie of this connection stays the old one.
     */
    private void rejectFromChat(Throwable e, ObjectNode credentials) {
        if (disconnected) {
            return;
        }
        if (connection.renewalRequested) {
            endpoint.closeForReturn(socket.session());
            return;
        }
        connection.renewalRequested = true;
        if (e instanceof DoramiException invalid) {
            reject(invalid.code(), String.valueOf(invalid.getMessage()), credentials);
        } else {
            reject(ErrorCode.INTERNAL_ERROR, "authentication failed", credentials);
        }
    }

    /**
     * Rejects the client by CONNECT, an error event and DISCONNECT. Only this sequence makes the web client refresh its
     * token and connect again. The client keeps its recovery token and its id, so that it can still resume then.
     */
    private void reject(ErrorCode code, String message, ObjectNode credentials) {
        endpoint.metrics.recordRejection(code);
        endpoint.metrics.recordConnect(frameEncoder.metricsLabel(), code, createdNanos);
        String tokenText = credentials.path("pid").asText("");
        Optional<String> socketId = RecoveryToken.statedSocketId(tokenText);
        socket.accept(
                socketId.orElseGet(() -> UUID.randomUUID().toString()),
                socketId.isPresent() ? tokenText : null,
                List.of(errorFrame(code, message)));
        socket.disconnect();
    }

    private Frame errorFrame(ErrorCode code, String message) {
        return frameEncoder.encodeDirect(FrameEncoder.DirectMessage.of(
                null, EventBus.toFrame(DirectEvent.RequestRejected.of(code, message, Instant.now())), null));
    }

    private void connect(Optional<User> user, ObjectNode credentials) {
        if (disconnected) {
            return;
        }
        String tokenText = credentials.path("pid").asText("");
        Optional<RecoveryToken> token =
                endpoint.recoveryTokens.verify(tokenText, socket.namespace(), userId(user), Instant.now());
        Optional<ClientOffset> offset = parseOffset(credentials.path("offset"));
        if (token.isPresent() && offset.isPresent()) {
            recover(user, token.get(), tokenText, offset.get());
        } else {
            connectFresh(user);
        }
    }

    private void connectFresh(Optional<User> user) {
        RecoveryToken token = new RecoveryToken(UUID.randomUUID().toString(), Instant.now());
        Client freshClient = newClient(token.socketId(), user);
        endpoint.hub.add(freshClient);
        joinPlatform(freshClient);
        admit(
                freshClient,
                token,
                endpoint.recoveryTokens.sign(token, socket.namespace(), userId(user)),
                new ClientOffset(freshClient.positions()));
    }

    /**
     * Resumes under the same id from the client's offset. Connects as a fresh client if the logs no longer contain it.
     */
    private void recover(Optional<User> user, RecoveryToken token, String tokenText, ClientOffset offset) {
        Client recoveredClient = newClient(token.socketId(), user);
        endpoint.hub.add(recoveredClient);
        client = recoveredClient; // so that onDisconnect removes it from the hub
        endpoint.requestHandler
                .recover(recoveredClient, offset.positions())
                .emitOn(socket.session()::execute)
                .onFailure()
                .recoverWithItem(Optional.empty())
                .subscribe()
                .with(replays -> {
                    if (disconnected) {
                        return;
                    }
                    // False if a room log was trimmed, or if too many events were published meanwhile.
                    boolean recovered = replays.map(Map::keySet)
                            .map(rooms -> rooms.stream().allMatch(room -> recoveredClient.subscription(room) != null))
                            .orElse(false);
                    endpoint.metrics.recordRecovery(recovered);
                    if (!recovered) {
                        endpoint.requestHandler.disconnect(recoveredClient, false);
                        client = null;
                        connectFresh(user);
                    } else {
                        admit(recoveredClient, token, tokenText, offset);
                        endpoint.requestHandler.resume(recoveredClient, replays.orElseThrow());
                        joinPlatform(recoveredClient);
                    }
                });
    }

    private void joinPlatform(Client joiningClient) {
        if (socket.namespace().equals(RoomType.PLATFORM.namespace())) {
            endpoint.requestHandler.joinPlatformRooms(joiningClient);
        }
    }

    /** Replies to CONNECT. The first event carries user and offset, so that the client forgets an older offset. */
    private void admit(Client admittedClient, RecoveryToken token, String tokenText, ClientOffset offset) {
        client = admittedClient;
        connectedNanos = System.nanoTime();
        if (identity != null) {
            endpoint.authentication.register(this);
        }
        EventFrame connected = ConnectedMessage.frame(socket.namespace(), admittedClient.user);
        Frame frame = frameEncoder.encodeDirect(
                new FrameEncoder.DirectMessage(null, connected, null, offset.toString(), null));
        socket.accept(token.socketId(), tokenText, List.of(frame));
        endpoint.metrics.recordConnect(frameEncoder.metricsLabel(), null, createdNanos);
    }

    @Override
    public void onEvent(Packet.Event event) {
        Client sender = client;
        Optional<SocketIoEventType> knownType = SocketIoEventType.find(socket.namespace(), event.name());
        if (knownType.isEmpty()) {
            onUnknownEvent(event);
            return;
        }
        acknowledge(event);
        if (sender == null) {
            return;
        }
        SocketIoEventType type = knownType.get();
        if (!endpoint.rateLimiter.tryAcquire(sender.participant(), type.action(), type.roomType())) {
            sender.rejectRequest(
                    null,
                    RequestIds.of(event.payload()),
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    type.action().rejectionMessage());
            return;
        }
        ClientRequest request;
        try {
            request = type.toRequest(event.payload());
        } catch (DoramiException e) {
            sender.rejectRequest(null, RequestIds.of(event.payload()), e.code(), String.valueOf(e.getMessage()));
            return;
        }
        if (queuedRequests != null) {
            queuedRequests.add(request);
        } else if (type == SocketIoEventType.JOIN_CHAT && historyDelayNanos() > 0) {
            Queue<ClientRequest> queued = new ArrayDeque<>(List.of(request));
            queuedRequests = queued;
            sender.shard.loop.schedule(Duration.ofNanos(historyDelayNanos()), () -> {
                queuedRequests = null;
                queued.forEach(delayed -> handle(sender, delayed));
            });
        } else {
            handle(sender, request);
        }
    }

    /** Ignores the event except for its acknowledgement. Over the limit the client gets one error in 10 s, no more. */
    private void onUnknownEvent(Packet.Event event) {
        int count = connection.unknownEvents.increment();
        if (count <= MAX_UNKNOWN_EVENTS) {
            acknowledge(event);
        } else if (count == MAX_UNKNOWN_EVENTS + 1 && client != null) {
            client.reject(
                    null,
                    null,
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    "Maximum " + MAX_UNKNOWN_EVENTS + " unknown events in 10 s; retry later");
        }
    }

    /** Confirms the receipt if the client asked for it. Success is an event. */
    private void acknowledge(Packet.Event event) {
        if (event.id() != null) {
            socket.acknowledge(event.id(), JsonNodeFactory.instance.arrayNode());
        }
    }

    private void handle(Client sender, ClientRequest request) {
        if (sender.equals(client)) { // still connected
            endpoint.requestHandler.handle(sender, request);
        }
    }

    private long historyDelayNanos() {
        return HISTORY_DELAY.toNanos() - (System.nanoTime() - connectedNanos);
    }

    @Override
    public @Nullable Identity identity() {
        return identity;
    }

    /**
     * Closes the connection with all namespaces: the client comes back with its offsets and, if it has renewed its
     * cookie, with the newer token.
     */
    @Override
    public void expire(Identity expired) {
        socket.session().execute(() -> {
            if (expired.equals(identity)) {
                endpoint.closeForReturn(socket.session());
            }
        });
    }

    /**
     * Downgrades the client to a guest, who stays the same participant. Disconnects it from the chat namespace, after
     * which the web client authenticates again.
     */
    @Override
    public void signOut(Identity revoked, String message) {
        socket.session().execute(() -> {
            Client authenticatedClient = client;
            if (authenticatedClient == null || !revoked.equals(identity)) {
                return;
            }
            releaseIdentity();
            if (socket.namespace().equals(CHAT)) {
                connection.renewalRequested = true;
                authenticatedClient.reject(null, null, ErrorCode.UNAUTHORIZED, message);
                socket.disconnect();
            } else {
                endpoint.requestHandler.downgradeToGuest(authenticatedClient);
            }
        });
    }

    /** Removes the connection from those of its user. */
    private void releaseIdentity() {
        Identity previous = identity;
        if (previous != null) {
            identity = null;
            endpoint.authentication.releaseUserConnection(this, previous, socket.namespace());
        }
    }

    @Override
    public void onDisconnect() {
        disconnected = true;
        releaseIdentity();
        Client closedClient = client;
        client = null;
        if (closedClient != null) {
            endpoint.requestHandler.disconnect(closedClient, isExpectedBack());
        }
    }

    /** Returns true if this gateway has closed the connection, upon which the client reconnects. */
    private boolean isExpectedBack() {
        int code = socket.session().closeCode();
        return Stream.of(CloseCode.values()).anyMatch(known -> known.code() == code && known.expectsReturn());
    }

    private Client newClient(String socketId, Optional<User> user) {
        return endpoint.hub.newClient(
                UUID.randomUUID().toString(), // new for each connection: the previous one may not have closed yet
                "guest:" + socketId,
                frameEncoder,
                socket.sendQueue(),
                user);
    }

    private static String userId(Optional<User> user) {
        return user.map(User::id).orElse("");
    }

    /** Parses the client's offset. Empty if the text is invalid or names rooms of another namespace. */
    private Optional<ClientOffset> parseOffset(JsonNode text) {
        try {
            ClientOffset offset = ClientOffset.parse(text.asText(""));
            Map<RoomId, LogPosition> positions = offset.positions();
            return positions.keySet().stream()
                            .allMatch(room -> room.type().namespace().equals(socket.namespace()))
                    ? Optional.of(offset)
                    : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.empty(); // the text comes from the client and may be anything
        }
    }
}
