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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Everybody who is signed in here, and the end of it: when a token's time is over, and within a second when the platform
 * revokes it. Redis tells of revocations as they are set; what was missed a sweep finds. Where Redis is not configured to
 * tell, the sweep asks each second: three EXISTS for each signed-in connection, in pipelines.
 */
@ApplicationScoped
public class AuthenticatedConnections {

    private static final Duration TICK = Duration.ofSeconds(1);

    /** Where Redis tells by itself, a notice may still be lost with the link: then this late at the most. */
    private static final int TICKS_BETWEEN_SWEEPS = 30;

    /** Three keys each, so 1,536 commands in a pipeline: about 2 ms of Redis. */
    private static final int PAGE = 512;

    private static final Logger LOG = Logger.getLogger(AuthenticatedConnections.class);

    private final Set<AuthenticatedConnection> all = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final AccessTokenVerifier tokens;
    private final Redis redis;
    private final Vertx vertx;

    private volatile boolean toldByRedis;
    private int ticks;

    AuthenticatedConnections(AccessTokenVerifier tokens, Redis redis, Vertx vertx) {
        this.tokens = tokens;
        this.redis = redis;
        this.vertx = vertx;
    }

    void start(@Observes StartupEvent event) {
        vertx.setPeriodic(TICK.toMillis(), timer -> tick());
    }

    void add(AuthenticatedConnection one) {
        all.add(one);
    }

    void remove(AuthenticatedConnection one) {
        all.remove(one);
    }

    /** Redis set a key of a revocation. */
    public void revoked(String key) {
        for (AuthenticatedConnection one : all) {
            AccessTokenVerifier.revokedBy(one.identity(), key).ifPresent(one::signOut);
        }
    }

    /** From now on notices arrive, if Redis sends any; what was set before is swept. */
    public void listening() {
        redis.send(Request.cmd(Command.CONFIG).arg("GET").arg("notify-keyspace-events"))
                .map(AuthenticatedConnections::tellsOfKeys)
                .onFailure()
                .recoverWithItem(false) // a hosted Redis may refuse to say
                .subscribe()
                .with(tells -> {
                    if (!tells) {
                        LOG.info("Redis does not tell of revocations (notify-keyspace-events K$): asking each second");
                    }
                    toldByRedis = tells;
                    sweep();
                });
    }

    private static boolean tellsOfKeys(Response answer) {
        String flags = answer.getKeys().isEmpty()
                ? answer.size() < 2 ? "" : answer.get(1).toString() // RESP2: name, value
                : answer.get("notify-keyspace-events").toString();
        return flags.contains("K") && (flags.contains("$") || flags.contains("A"));
    }

    private void tick() {
        Instant now = Instant.now();
        for (AuthenticatedConnection one : all) {
            if (!one.identity().expires().isAfter(now)) {
                one.signOut("jwt expired");
            }
        }
        ticks++;
        if (!toldByRedis || ticks % TICKS_BETWEEN_SWEEPS == 0) {
            sweep();
        }
    }

    private void sweep() {
        if (all.isEmpty() || !sweeping.compareAndSet(false, true)) {
            return;
        }
        Multi.createFrom()
                .iterable(List.copyOf(all))
                .group()
                .intoLists()
                .of(PAGE)
                .onItem()
                .transformToUniAndConcatenate(this::sweep)
                .onItem()
                .ignoreAsUni()
                .onTermination()
                .invoke(() -> sweeping.set(false))
                .subscribe()
                .with(done -> {}, e -> LOG.debugf("revocations are asked for again later: %s", e.getMessage()));
    }

    private Uni<Void> sweep(List<AuthenticatedConnection> page) {
        List<Identity> identities =
                page.stream().map(AuthenticatedConnection::identity).toList();
        return tokens.revoked(identities)
                .invoke(why -> {
                    for (AuthenticatedConnection one : page) {
                        String message = why.get(one.identity());
                        if (message != null) {
                            one.signOut(message);
                        }
                    }
                })
                .replaceWithVoid();
    }
}
