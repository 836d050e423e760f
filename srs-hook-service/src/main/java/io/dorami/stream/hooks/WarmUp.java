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
 * Asks itself a few hooks before SRS does, and SRS for its list before the first reconciliation: classes, connections and
 * statements are then there, and neither the first seller after a start nor the hooks of the 30th second (0.27 s, without
 * this) meet a JVM that is slower than the time they have.
 */
@ApplicationScoped
class WarmUp {

    /** 0.3 s on one core; after that a hook takes a few milliseconds. */
    private static final int ROUNDS = 30;

    private static final Duration PATIENCE = Duration.ofSeconds(1);

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
        // A stream that does not exist: all of it happens, and nothing changes.
        StreamKey key = new StreamKey("warm-up-" + UUID.randomUUID());
        String token = "?token=" + tokens.publishToken(key, 0, Instant.now().plusSeconds(60));
        for (int round = 0; round < ROUNDS; round++) {
            for (HookAction action : List.of(HookAction.ON_PUBLISH, HookAction.ON_PLAY, HookAction.ON_UNPUBLISH)) {
                SrsHook hook = new SrsHook(action.name(), "warm-up", "warm-up", key.value(), token, null);
                ask(action.name(), () -> hooks.answer(action, hook)); // there is no such stream
            }
        }
        ask("the streams on air", () -> store.onAir(1));
        if (srs.configured()) {
            ask("SRS's list", srs::list);
        }
    }

    private static void ask(String what, Supplier<Uni<?>> question) {
        try {
            question.get().await().atMost(PATIENCE);
        } catch (RuntimeException e) {
            LOG.debugf("%s in warming up: %s", what, e.getMessage());
        }
    }
}
