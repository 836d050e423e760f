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

/** What is the same in both protocols when a client comes, asks and goes: whom its token speaks for, and what counts. */
@ApplicationScoped
public class ClientAuthentication {

    private final AccessTokenVerifier tokens;
    private final ConnectionLimiter admission;
    private final AuthenticatedConnections sessions;
    private final UserRateLimiter limits;
    private final Hub hub;
    private final GatewayInstance boot;
    private final GatewayConfig config;
    private final GatewayMetrics metrics;

    ClientAuthentication(
            AccessTokenVerifier tokens,
            ConnectionLimiter admission,
            AuthenticatedConnections sessions,
            UserRateLimiter limits,
            Hub hub,
            GatewayInstance boot,
            GatewayConfig config,
            GatewayMetrics metrics) {
        this.tokens = tokens;
        this.admission = admission;
        this.sessions = sessions;
        this.limits = limits;
        this.hub = hub;
        this.boot = boot;
        this.config = config;
        this.metrics = metrics;
    }

    /** Whom the token speaks for; fails where it is not valid or was revoked. */
    public Uni<Identity> verify(String token) {
        return tokens.verify(token);
    }

    /**
     * One more connection of a user, until {@link #signedOut}.
     *
     * @param where what of a user's connections is counted together: those on {@code /ws}, or in one namespace
     * @throws DoramiException where it has as many as it may
     */
    public void requireRoom(Identity identity, String where) {
        if (!admission.maySignIn(place(identity, where))) {
            throw new DoramiException(
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    "A user has " + config.connectionsPerUser() + " connections at most");
        }
    }

    /** From now on it hears when its token's time is over or the platform revokes it. */
    public void watch(AuthenticatedConnection one) {
        sessions.add(one);
    }

    public void unwatch(AuthenticatedConnection one) {
        sessions.remove(one);
    }

    /** It speaks for the user no more, and counts no more as a connection of it. */
    public void signedOut(AuthenticatedConnection one, Identity past, String where) {
        unwatch(one);
        admission.signedOut(place(past, where));
    }

    /** A client on the event loop that this is called on. */
    public Client client(String id, String guest, FrameEncoder format, SendQueue outbox, Optional<User> user) {
        return new Client(boot.id(), id, user.map(User::id).orElse(guest), hub.shard(), format, outbox, user, metrics);
    }

    /** Whether a client may do that once more; then it counts, for its user on all connections to this gateway. */
    public boolean mayGoOn(Client client, UserRateLimiter.Action kind, RoomType channel) {
        return limits.take(client.participant() + ' ' + kind + ' ' + channel.label(), kind.limit(), System.nanoTime());
    }

    private static String place(Identity identity, String where) {
        return identity.user().id() + ' ' + where;
    }
}
