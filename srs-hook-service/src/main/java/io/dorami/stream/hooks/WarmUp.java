package io.dorami.stream.hooks;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.stream.access.StreamTokens;
import io.dorami.stream.srs.HookAction;
import io.dorami.stream.srs.SrsApi;
import io.dorami.stream.srs.SrsHook;
import io.dorami.stream.state.StreamStore;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Sends hooks to this service before SRS does, and requests SRS's list before the first reconciliation. Classes,
 * connections and statements are then loaded, so that neither the first seller after a start nor the hooks of the 30th
 * second (0.27 s, without the warm-up) exceed their timeouts because the JVM is cold.
 */
@ApplicationScoped
class WarmUp {

    /** Rounds of three hooks: 0.3 s on one core. After that a hook takes a few milliseconds. */
    private static final int ROUNDS = 30;

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(1);

    private static final Logger LOG = Logger.getLogger(WarmUp.class);

    private final HookResource hooks;
    private final StreamTokens tokens;
    private final StreamStore store;
    private final SrsApi srs;

    WarmUp(HookResource hooks, StreamTokens tokens, StreamStore store, SrsApi srs) {
        this.hooks = hooks;
        this.tokens = tokens;
        this.store = store;
        this.srs = srs;
    }

    void start(@Observes StartupEvent event) {
        // The stream does not exist: all code runs, and nothing changes.
        StreamKey key = new StreamKey("warm-up-" + UUID.randomUUID());
        String token = "?token=" + tokens.publishToken(key, 0, Instant.now().plusSeconds(60));
        for (int round = 0; round < ROUNDS; round++) {
            for (HookAction action : List.of(HookAction.ON_PUBLISH, HookAction.ON_PLAY, HookAction.ON_UNPUBLISH)) {
                SrsHook hook = new SrsHook(action.name(), "warm-up", "warm-up", null, key.value(), token, null);
                send(action.name(), () -> hooks.handle(action, hook));
            }
        }
        send("streams on air", () -> store.findOnAir(1));
        if (srs.isConfigured()) {
            send("SRS's list", srs::list);
        }
    }

    private static void send(String subject, Supplier<Uni<?>> request) {
        try {
            request.get().await().atMost(REQUEST_TIMEOUT);
        } catch (RuntimeException e) {
            LOG.debugf("Warm-up request failed: subject=%s cause=%s", subject, e.getMessage());
        }
    }
}
