package io.dorami.gateway.socketio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.DirectEvent;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.LogPosition;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.auth.AuthenticatedConnection;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.ClientOffset;
import io.dorami.gateway.hub.FrameEncoder;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
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

    private static final String CHAT = RoomType.CHAT.namespace();
    private static final Logger LOG = Logger.getLogger(SocketIoClient.class);

    private final SocketIoEndpoint endpoint;
    private final NamespaceSocket socket;
    private final SocketIoFrameEncoder frameEncoder;

    /** Client of the hub; null until the client is admitted, and if rejected. */
    private @Nullable Client client;

    private long connectedNanos;

    /** Requests received during the history delay, in order; null if no request is delayed. */
    private @Nullable Queue<ClientRequest> queuedRequests;

    /** Identity of the client's token; null for a guest and after the token expired. Read on any thread. */
    private volatile @Nullable Identity identity;

    private boolean disconnected;

    SocketIoClient(SocketIoEndpoint endpoint, NamespaceSocket socket) {
        this.endpoint = endpoint;
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
                                reject(e.code(), String.valueOf(e.getMessage()));
                                return;
                            }
                            this.identity = verified;
                            connect(Optional.of(verified.user()), credentials);
                        },
                        e -> {
                            if (!socket.namespace().equals(CHAT)) {
                                connect(Optional.empty(), credentials);
                            } else if (e instanceof DoramiException invalid) {
                                reject(invalid.code(), String.valueOf(invalid.getMessage()));
                            } else {
                                LOG.errorf(e, "Token verification failed: namespace=%s", socket.namespace());
                                reject(ErrorCode.INTERNAL_ERROR, "authentication failed");
                            }
                        });
    }

    /**
     * Rejects the client by CONNECT, an error event and DISCONNECT. Only this sequence makes the web client refresh its
     * token and connect again.
     */
    private void reject(ErrorCode code, String message) {
        endpoint.metrics.recordRejection(code);
        socket.accept(UUID.randomUUID().toString(), null, List.of(errorFrame(code, message)));
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
                        endpoint.requestHandler.disconnect(recoveredClient);
                        client = null;
                        connectFresh(user);
                    } else {
                        admit(recoveredClient, token, tokenText, offset);
                        recoveredClient.shard.resume(recoveredClient, List.of(), replays.orElseThrow(), List::of);
                        if (recoveredClient.subscription(RoomId.PLATFORM) == null) {
                            joinPlatform(recoveredClient);
                        }
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
    }

    @Override
    public void onEvent(Packet.Event event) {
        Client sender = client;
        if (event.id() != null) {
            // Confirms the receipt only; success is an event.
            socket.acknowledge(event.id(), JsonNodeFactory.instance.arrayNode());
        }
        Optional<SocketIoEventType> knownType = SocketIoEventType.find(socket.namespace(), event.name());
        if (sender == null || knownType.isEmpty()) {
            return;
        }
        SocketIoEventType type = knownType.get();
        if (!endpoint.rateLimiter.tryAcquire(sender.participant(), type.action(), type.roomType())) {
            sender.reject(
                    null, null, ErrorCode.RATE_LIMIT_EXCEEDED, type.action().rejectionMessage());
            return;
        }
        ClientRequest request;
        try {
            request = type.toRequest(event.payload());
        } catch (DoramiException e) {
            sender.reject(null, null, e.code(), String.valueOf(e.getMessage()));
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

    private void handle(Client sender, ClientRequest request) {
        if (sender.equals(client)) { // still connected
            endpoint.requestHandler.handle(sender, request);
        }
    }

    private long historyDelayNanos() {
        return HISTORY_DELAY.toNanos() - (System.nanoTime() - connectedNanos);
    }

    @Override
    public Identity identity() {
        return Objects.requireNonNull(identity, "A guest has no identity");
    }

    /**
     * Downgrades the client to a guest, who stays the same participant. Disconnects it from the chat namespace, after
     * which the web client authenticates again.
     */
    @Override
    public void signOut(String message) {
        endpoint.authentication.unregister(this);
        socket.session().execute(() -> {
            Client authenticatedClient = client;
            if (authenticatedClient == null || identity == null) {
                return;
            }
            releaseIdentity();
            if (socket.namespace().equals(CHAT)) {
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
            endpoint.requestHandler.disconnect(closedClient);
        }
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
