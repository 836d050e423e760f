package io.dorami.gateway.auth;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.RoomType;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.GatewayInstance;
import io.dorami.gateway.GatewayMetrics;
import io.dorami.gateway.hub.Client;
import io.dorami.gateway.hub.FrameEncoder;
import io.dorami.gateway.hub.Hub;
import io.dorami.gateway.transport.SendQueue;
import io.dorami.service.security.AccessTokenVerifier;
import io.dorami.service.security.Identity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Authentication of clients, and limits on their connections and requests, for both protocols. */
@ApplicationScoped
public class ClientAuthentication {

    private final AccessTokenVerifier tokens;
    private final ConnectionLimiter connectionLimiter;
    private final AuthenticatedConnections authenticatedConnections;
    private final UserRateLimiter rateLimiter;
    private final Hub hub;
    private final GatewayInstance instance;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;

    ClientAuthentication(
            AccessTokenVerifier tokens,
            ConnectionLimiter connectionLimiter,
            AuthenticatedConnections authenticatedConnections,
            UserRateLimiter rateLimiter,
            Hub hub,
            GatewayInstance instance,
            GatewayConfig config,
            GatewayMetrics metrics) {
        this.tokens = tokens;
        this.connectionLimiter = connectionLimiter;
        this.authenticatedConnections = authenticatedConnections;
        this.rateLimiter = rateLimiter;
        this.hub = hub;
        this.instance = instance;
        this.config = config;
        this.metrics = metrics;
    }

    /** Verifies a token. Fails if the token is invalid or revoked. */
    public Uni<Identity> verify(String token) {
        return tokens.verify(token);
    }

    /**
     * Adds a connection to the user's count, until {@link #releaseUserConnection}.
     *
     * @param scope the connections that are counted together: those on {@code /ws}, or in one namespace
     * @throws DoramiException if the user has the maximum number of connections
     */
    public void acquireUserConnection(Identity identity, String scope) {
        if (!connectionLimiter.tryAcquireForUser(userScope(identity, scope))) {
            throw new DoramiException(
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    "Maximum " + config.maxConnectionsPerUser() + " connections per user; close one first");
        }
    }

    /** Registers a connection to be signed out when its token expires or is revoked. */
    public void register(AuthenticatedConnection connection) {
        authenticatedConnections.add(connection);
    }

    public void unregister(AuthenticatedConnection connection) {
        authenticatedConnections.remove(connection);
    }

    /** Unregisters the connection and removes it from the user's count. */
    public void releaseUserConnection(AuthenticatedConnection connection, Identity identity, String scope) {
        unregister(connection);
        connectionLimiter.releaseForUser(userScope(identity, scope));
    }

    /** Creates a client on the current event loop. */
    public Client newClient(String id, String guestId, FrameEncoder encoder, SendQueue sendQueue, Optional<User> user) {
        return new Client(
                instance.id(), id, user.map(User::id).orElse(guestId), hub.shard(), encoder, sendQueue, user, metrics);
    }

    /**
     * Acquires a permit for an action of the client's user, counted over all connections to this gateway. Returns false
     * if the limit is reached.
     */
    public boolean tryAcquirePermit(Client client, UserRateLimiter.Action action, RoomType roomType) {
        return rateLimiter.tryAcquire(
                client.participant() + ' ' + action + ' ' + roomType.label(), action.limit(), System.nanoTime());
    }

    private static String userScope(Identity identity, String scope) {
        return identity.user().id() + ' ' + scope;
    }
}
