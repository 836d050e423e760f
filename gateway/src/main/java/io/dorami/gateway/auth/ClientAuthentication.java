package io.dorami.gateway.auth;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.gateway.GatewayConfig;
import io.dorami.service.security.AccessTokenVerifier;
import io.dorami.service.security.Identity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Authentication of clients in both protocols: verifies tokens, and ends a client's session with its token. */
@ApplicationScoped
public class ClientAuthentication {

    private final AccessTokenVerifier tokens;
    private final ConnectionLimiter connectionLimiter;
    private final AuthenticatedConnections authenticatedConnections;
    private final GatewayConfig config;

    ClientAuthentication(
            AccessTokenVerifier tokens,
            ConnectionLimiter connectionLimiter,
            AuthenticatedConnections authenticatedConnections,
            GatewayConfig config) {
        this.tokens = tokens;
        this.connectionLimiter = connectionLimiter;
        this.authenticatedConnections = authenticatedConnections;
        this.config = config;
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

    /** Registers a connection whose authentication ends when its token expires or is revoked. */
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

    private static String userScope(Identity identity, String scope) {
        return identity.user().id() + ' ' + scope;
    }
}
