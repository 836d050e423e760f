package io.dorami.gateway.auth;

import io.dorami.service.security.AccessTokenVerifier;
import io.dorami.service.security.Identity;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * The authenticated connections of this gateway. Ends a connection's authentication within a second after its token
 * has expired, or after the platform has revoked the token or the user. Redis sends a notice for each revocation; a
 * sweep finds those whose notice was lost. If Redis is not configured to send notices, the sweep runs each second:
 * three EXISTS for each authenticated connection, in pipelines.
 */
@ApplicationScoped
public class AuthenticatedConnections {

    private static final Duration TICK_INTERVAL = Duration.ofSeconds(1);

    /** Maximum ticks until a sweep finds a revocation whose notice was lost together with the Redis connection. */
    private static final int TICKS_BETWEEN_SWEEPS = 30;

    /** Connections per pipeline: three keys each, so 1,536 commands, about 2 ms of Redis. */
    private static final int PAGE_SIZE = 512;

    private static final Logger LOG = Logger.getLogger(AuthenticatedConnections.class);

    private final Set<AuthenticatedConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final AccessTokenVerifier tokens;
    private final Redis redis;
    private final Vertx vertx;

    private volatile boolean notifiedByRedis;
    private int ticks;

    AuthenticatedConnections(AccessTokenVerifier tokens, Redis redis, Vertx vertx) {
        this.tokens = tokens;
        this.redis = redis;
        this.vertx = vertx;
    }

    void start(@Observes StartupEvent event) {
        vertx.setPeriodic(TICK_INTERVAL.toMillis(), timer -> tick());
    }

    void add(AuthenticatedConnection connection) {
        connections.add(connection);
    }

    void remove(AuthenticatedConnection connection) {
        connections.remove(connection);
    }

    /** Signs out the connections that a revocation key applies to, after Redis has set the key. */
    public void signOutRevoked(String key) {
        for (AuthenticatedConnection connection : connections) {
            Identity identity = connection.identity();
            if (identity != null) {
                AccessTokenVerifier.revocationReason(identity, key)
                        .ifPresent(message -> connection.signOut(identity, message));
            }
        }
    }

    /**
     * Handles the completed subscription to notices. Checks if Redis sends any, and sweeps for revocations that were
     * set before.
     */
    public void onNoticesSubscribed() {
        redis.send(Request.cmd(Command.CONFIG).arg("GET").arg("notify-keyspace-events"))
                .map(AuthenticatedConnections::notifiesOfKeys)
                .onFailure()
                .recoverWithItem(false) // a hosted Redis may reject CONFIG
                .subscribe()
                .with(isNotifying -> {
                    if (!isNotifying) {
                        LOG.info("Redis sends no revocation notices (notify-keyspace-events K$): polling each second");
                    }
                    notifiedByRedis = isNotifying;
                    sweep();
                });
    }

    private static boolean notifiesOfKeys(Response response) {
        String flags = response.getKeys().isEmpty()
                ? response.size() < 2 ? "" : response.get(1).toString() // RESP2: name, value
                : response.get("notify-keyspace-events").toString();
        return flags.contains("K") && (flags.contains("$") || flags.contains("A"));
    }

    private void tick() {
        Instant now = Instant.now();
        for (AuthenticatedConnection connection : connections) {
            Identity identity = connection.identity();
            if (identity != null && identity.isExpired(now)) {
                connection.expire(identity);
            }
        }
        ticks++;
        if (!notifiedByRedis || ticks % TICKS_BETWEEN_SWEEPS == 0) {
            sweep();
        }
    }

    private void sweep() {
        if (connections.isEmpty() || !sweeping.compareAndSet(false, true)) {
            return;
        }
        Multi.createFrom()
                .iterable(List.copyOf(connections))
                .group()
                .intoLists()
                .of(PAGE_SIZE)
                .onItem()
                .transformToUniAndConcatenate(this::sweep)
                .onItem()
                .ignoreAsUni()
                .onTermination()
                .invoke(() -> sweeping.set(false))
                .subscribe()
                .with(done -> {}, e -> LOG.debugf("Revocation sweep failed, retrying: reason=%s", e.getMessage()));
    }

    private Uni<Void> sweep(List<AuthenticatedConnection> page) {
        List<Identity> identities = page.stream()
                .map(AuthenticatedConnection::identity)
                .filter(Objects::nonNull)
                .toList();
        return tokens.revocationReasons(identities)
                .invoke(messages -> {
                    for (AuthenticatedConnection connection : page) {
                        Identity identity = connection.identity();
                        String message = identity == null ? null : messages.get(identity);
                        if (identity != null && message != null) {
                            connection.signOut(identity, message);
                        }
                    }
                })
                .replaceWithVoid();
    }
}
