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
 * A web client in one namespace: signs in when it connects, goes on where it was if it can, and asks for things as the front
 * end's contract has it. Lives on its connection's loop.
 */
final class SocketIoClient implements NamespaceSocketListener, AuthenticatedConnection {

    /** The web client looks for a new socket every 200 ms and then clears its list of messages. */
    private static final Duration HISTORY_NOT_BEFORE = Duration.ofMillis(250);

    private static final String CHAT = RoomType.CHAT.namespace();
    private static final Logger LOG = Logger.getLogger(SocketIoClient.class);

    private final SocketIoEndpoint server;
    private final NamespaceSocket socket;
    private final SocketIoFrameEncoder format;

    /** Nothing before it is let in, and where it is not. */
    private @Nullable Client client;

    private long connectedAt;

    /** What it asked for while its history was too early, in order; nothing where nothing waits. */
    private @Nullable Queue<ClientRequest> early;

    /** Who its token speaks for; nobody for a guest, and when its time is over. Read on any thread. */
    private volatile @Nullable Identity identity;

    private boolean gone;

    SocketIoClient(SocketIoEndpoint server, NamespaceSocket socket) {
        this.server = server;
        this.socket = socket;
        this.format = SocketIoFrameEncoder.of(socket.namespace());
    }

    /** Lets it in as whom its token says; as a guest where it has none or a bad one, but not to the chat. */
    void signIn(Optional<String> token, ObjectNode credentials) {
        Uni<Identity> identity = token.map(server.reception::verify)
                .orElseGet(() ->
                        Uni.createFrom().failure(new DoramiException(ErrorCode.UNAUTHORIZED, "no token provided")));
        identity.emitOn(socket.session()::run)
                .subscribe()
                .with(
                        found -> {
                            if (gone) {
                                return;
                            }
                            try {
                                server.reception.requireRoom(found, socket.namespace());
                            } catch (DoramiException e) {
                                turnAway(e.code(), String.valueOf(e.getMessage()));
                                return;
                            }
                            this.identity = found;
                            comeIn(Optional.of(found.user()), credentials);
                        },
                        e -> {
                            if (!socket.namespace().equals(CHAT)) {
                                comeIn(Optional.empty(), credentials);
                            } else if (e instanceof DoramiException refused) {
                                turnAway(refused.code(), String.valueOf(refused.getMessage()));
                            } else {
                                LOG.error("A token could not be verified", e);
                                turnAway(ErrorCode.INTERNAL_ERROR, "authentication failed");
                            }
                        });
    }

    /** Only this makes the client refresh its token, and then it connects again. */
    private void turnAway(ErrorCode code, String message) {
        server.metrics.refused(code);
        socket.accept(UUID.randomUUID().toString(), null, List.of(error(code, message)));
        socket.disconnect();
    }

    private Frame error(ErrorCode code, String message) {
        return format.answer(FrameEncoder.DirectMessage.of(
                null, EventBus.frame(DirectEvent.RequestRejected.of(code, message, Instant.now())), null));
    }

    private void comeIn(Optional<User> user, ObjectNode credentials) {
        if (gone) {
            return;
        }
        String ticket = credentials.path("pid").asText("");
        Optional<RecoveryToken> before = server.tickets.read(ticket, socket.namespace(), userId(user), Instant.now());
        Optional<ClientOffset> offset = offset(credentials.path("offset"));
        if (before.isPresent() && offset.isPresent()) {
            comeBack(user, before.get(), ticket, offset.get());
        } else {
            comeInAnew(user);
        }
    }

    private void comeInAnew(Optional<User> user) {
        RecoveryToken ticket = new RecoveryToken(UUID.randomUUID().toString(), Instant.now());
        Client newcomer = client(ticket.socketId(), user);
        server.hub.add(newcomer);
        enterPlatform(newcomer);
        letIn(
                newcomer,
                ticket,
                server.tickets.write(ticket, socket.namespace(), userId(user)),
                new ClientOffset(newcomer.positions()));
    }

    /** Goes on where it was, under the same id, if the past is still to be had; else like one who comes for the first time. */
    private void comeBack(Optional<User> user, RecoveryToken before, String ticket, ClientOffset offset) {
        Client returning = client(before.socketId(), user);
        server.hub.add(returning);
        client = returning; // so that it is taken out again where it goes meanwhile
        server.requests
                .recover(returning, offset.positions())
                .emitOn(socket.session()::run)
                .onFailure()
                .recoverWithItem(Optional.empty())
                .subscribe()
                .with(missed -> {
                    if (gone) {
                        return;
                    }
                    boolean held = missed.map(Map::keySet)
                            .map(rooms -> rooms.stream().allMatch(room -> returning.in(room) != null))
                            .orElse(false);
                    server.metrics.recovered(held);
                    if (!held) { // or too much was said meanwhile
                        server.requests.closed(returning);
                        client = null;
                        comeInAnew(user);
                    } else {
                        letIn(returning, before, ticket, offset);
                        returning.shard.resume(returning, List.of(), missed.orElseThrow(), List::of);
                        if (returning.in(RoomId.EVERYBODY) == null) {
                            enterPlatform(returning);
                        }
                    }
                });
    }

    private void enterPlatform(Client newcomer) {
        if (socket.namespace().equals(RoomType.PLATFORM.namespace())) {
            server.hub.enterPlatform(newcomer);
        }
    }

    /** The answer to its CONNECT, and who it is; with where it is, so that an older offset is forgotten. */
    private void letIn(Client in, RecoveryToken ticket, String written, ClientOffset offset) {
        client = in;
        connectedAt = System.nanoTime();
        if (identity != null) {
            server.reception.watch(this);
        }
        EventFrame greeting = ConnectedMessage.in(socket.namespace(), in.user);
        Frame frame = format.answer(new FrameEncoder.DirectMessage(null, greeting, null, offset.toString(), null));
        socket.accept(ticket.socketId(), written, List.of(frame));
    }

    @Override
    public void event(Packet.Event event) {
        Client asking = client;
        if (event.id() != null) {
            socket.acknowledge(event.id(), JsonNodeFactory.instance.arrayNode()); // received; success is an event
        }
        Optional<SocketIoEventType> known = SocketIoEventType.of(socket.namespace(), event.name());
        if (asking == null || known.isEmpty()) {
            return;
        }
        SocketIoEventType kind = known.get();
        if (!server.reception.mayGoOn(asking, kind.kind(), kind.channel())) {
            asking.refuse(null, null, ErrorCode.RATE_LIMIT_EXCEEDED, kind.kind().refusal());
            return;
        }
        ClientRequest request;
        try {
            request = kind.read(event.payload());
        } catch (DoramiException e) {
            asking.refuse(null, null, e.code(), String.valueOf(e.getMessage()));
            return;
        }
        if (early != null) {
            early.add(request);
        } else if (kind == SocketIoEventType.JOIN_CHAT && untilHistory() > 0) {
            Queue<ClientRequest> waiting = new ArrayDeque<>(List.of(request));
            early = waiting;
            asking.shard.loop.after(Duration.ofNanos(untilHistory()), () -> {
                early = null;
                waiting.forEach(asked -> ask(asking, asked));
            });
        } else {
            ask(asking, request);
        }
    }

    private void ask(Client asking, ClientRequest request) {
        if (asking.equals(client)) { // it is still there
            server.requests.handle(asking, request);
        }
    }

    private long untilHistory() {
        return HISTORY_NOT_BEFORE.toNanos() - (System.nanoTime() - connectedAt);
    }

    @Override
    public Identity identity() {
        return Objects.requireNonNull(identity, "A guest is not signed in");
    }

    /** From now on it is a guest, the same participant; out of the chat, upon which it signs in again. */
    @Override
    public void signOut(String message) {
        server.reception.unwatch(this);
        socket.session().run(() -> {
            Client signedIn = client;
            if (signedIn == null || identity == null) {
                return;
            }
            forget();
            if (socket.namespace().equals(CHAT)) {
                signedIn.refuse(null, null, ErrorCode.UNAUTHORIZED, message);
                socket.disconnect();
            } else {
                server.requests.becomeGuest(signedIn);
            }
        });
    }

    /** Counts no more as a connection of its user. */
    private void forget() {
        Identity past = identity;
        if (past != null) {
            identity = null;
            server.reception.signedOut(this, past, socket.namespace());
        }
    }

    @Override
    public void disconnected() {
        gone = true;
        forget();
        Client left = client;
        client = null;
        if (left != null) {
            server.requests.closed(left);
        }
    }

    private Client client(String socketId, Optional<User> user) {
        return server.reception.client(
                UUID.randomUUID().toString(), // another one each time: who comes back may still seem to be here
                "guest:" + socketId,
                format,
                socket.outbox(),
                user);
    }

    private static String userId(Optional<User> user) {
        return user.map(User::id).orElse("");
    }

    /** Where the client was in rooms of this namespace; nothing where that is not what it says. */
    private Optional<ClientOffset> offset(JsonNode text) {
        try {
            ClientOffset offset = ClientOffset.parse(text.asText(""));
            Map<RoomId, LogPosition> positions = offset.positions();
            return positions.keySet().stream()
                            .allMatch(room -> room.type().namespace().equals(socket.namespace()))
                    ? Optional.of(offset)
                    : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.empty(); // it is the client's own text, whatever it is
        }
    }
}
