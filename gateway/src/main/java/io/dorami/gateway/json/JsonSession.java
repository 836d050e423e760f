package io.dorami.gateway.json;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.CloseCode;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.RoomId;
import io.dorami.gateway.auth.AuthenticatedConnection;
import io.dorami.gateway.auth.ClientAuthentication;
import io.dorami.gateway.auth.Handshake;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.Hub;
import io.dorami.gateway.hub.RequestIds;
import io.dorami.gateway.hub.Shard;
import io.dorami.gateway.rooms.ClientRequestHandler;
import io.dorami.gateway.transport.Frame;
import io.dorami.gateway.transport.PacketCounter;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.gateway.transport.WebSocketChannel;
import io.dorami.service.security.Identity;
import io.quarkus.websockets.next.CloseReason;
import io.quarkus.websockets.next.WebSocketConnection;
import io.vertx.core.http.HttpConnection;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A connection, before and after its hello. Used only on its loop, except where a member is marked otherwise. */
final class JsonSession implements SendQueue.Owner, AuthenticatedConnection {
    private static final Logger LOG = Logger.getLogger(JsonSession.class);

    final WebSocketConnection connection;
    final Handshake handshake;
    final Shard shard;
    final SendQueue sendQueue;

    private final Hub hub;
    private final ClientAuthentication authentication;
    private final ClientRequestHandler requestHandler;

    /** Time of the last frame or pong. Read on any thread. */
    volatile long lastReceivedNanos = System.nanoTime();

    final PacketCounter receivedFrames = new PacketCounter();

    /** Null before the hello. */
    @Nullable
    Client client;

    /** Identity of the client's token; null for a guest and after the token expired. Read on any thread. */
    volatile @Nullable Identity identity;

    /** True if the identity is that of the handshake's token, which only a new connection can replace by itself. */
    private boolean isFromHandshake;

    /** Code with which this gateway closed the connection; null if the client or the network did. */
    private @Nullable CloseCode closeCode;

    /**
     * Creates the session. Call on the connection's event loop.
     *
     * @param httpConnection the connection before its upgrade, to whose channel whole frames are written
     */
    JsonSession(
            WebSocketConnection connection,
            HttpConnection httpConnection,
            Handshake handshake,
            Hub hub,
            ClientAuthentication authentication,
            ClientRequestHandler requestHandler) {
        this.connection = connection;
        this.handshake = handshake;
        this.shard = hub.shard();
        this.hub = hub;
        this.authentication = authentication;
        this.requestHandler = requestHandler;
        WebSocketChannel channel = new WebSocketChannel(httpConnection, (code, reason) -> {
            if (connection.isClosed()) {
                return; // Quarkus would log a warning for each
            }
            connection
                    .close(new CloseReason(code, reason))
                    .subscribe()
                    .with(closed -> {}, e -> LOG.debugf("Close failed: connection=%s error=%s", connection.id(), e));
        });
        this.sendQueue = shard.newSendQueue(channel, this);
    }

    @Override
    public Frame droppedMessage(String topic, int count) {
        return JsonFrameEncoder.INSTANCE.encodeDropped(RoomId.parse(topic), count);
    }

    @Override
    public void onOverflow() {
        close(CloseCode.TRY_AGAIN_LATER);
    }

    @Override
    public @Nullable Identity identity() {
        return identity;
    }

    /**
     * Closes the connection if its token came with the handshake, as a page sends its cookie. A client that gave the
     * token itself can give the next one on this connection.
     */
    @Override
    public void expire(Identity expired) {
        shard.loop.execute(() -> {
            if (!expired.equals(identity)) {
                return;
            }
            if (isFromHandshake) {
                close(CloseCode.SERVICE_RESTART);
            } else {
                downgradeToGuest("jwt expired");
            }
        });
    }

    @Override
    public void signOut(Identity revoked, String message) {
        shard.loop.execute(() -> {
            if (revoked.equals(identity)) {
                downgradeToGuest(message);
            }
        });
    }

    /**
     * Downgrades the client to a guest, who stays the same participant, and removes it from chat and admin rooms.
     */
    private void downgradeToGuest(String message) {
        releaseIdentity();
        Client authenticatedClient = client;
        if (authenticatedClient != null) {
            requestHandler.downgradeToGuest(authenticatedClient);
            authenticatedClient.reject(null, null, ErrorCode.UNAUTHORIZED, message);
        }
    }

    /** Removes the connection from those of its user. */
    void releaseIdentity() {
        Identity previous = identity;
        if (previous != null) {
            identity = null;
            authentication.releaseUserConnection(this, previous, JsonWebSocketEndpoint.PATH);
        }
    }

    /**
     * Sets the identity of the first or of a newer token of the same user.
     *
     * @param fromHandshake true if the token is the handshake's, false if a hello gave it
     */
    void setIdentity(Identity newIdentity, boolean fromHandshake) {
        if (identity == null) {
            authentication.acquireUserConnection(newIdentity, JsonWebSocketEndpoint.PATH);
        }
        identity = newIdentity;
        isFromHandshake = fromHandshake;
        authentication.register(this);
    }

    void close(CloseCode code) {
        if (closeCode == null) {
            closeCode = code;
            newClient(Optional.empty()).close(code);
        }
    }

    /** Returns true if this gateway has closed the connection. Frames that arrive afterwards are ignored. */
    boolean isClosing() {
        return closeCode != null;
    }

    /** Returns true if this gateway has closed the connection, upon which the client reconnects. */
    boolean isExpectedBack() {
        return closeCode != null && closeCode.expectsReturn();
    }

    void reject(RequestIds ids, ErrorCode code, @Nullable String message) {
        newClient(Optional.empty()).rejectRequest(null, ids, code, String.valueOf(message));
    }

    Client newClient(Optional<User> user) {
        return hub.newClient(connection.id(), "guest:" + connection.id(), JsonFrameEncoder.INSTANCE, sendQueue, user);
    }
}
