package io.dorami.stream;

import io.dorami.contracts.StreamKey;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Asks itself a few hooks before SRS does: classes, connections and statements are then there, and the first seller after a
 * start does not meet a JVM that is slower than the time she has.
 */
@ApplicationScoped
class WarmUp {

    /** 0.3 s on one core; after that a hook takes a few milliseconds. */
    private static final int ROUNDS = 30;

    private static final Logger LOG = Logger.getLogger(WarmUp.class);

    private final HookResource hooks;
    private final StreamTokens tokens;

    WarmUp(HookResource hooks, StreamTokens tokens) {
        this.hooks = hooks;
        this.tokens = tokens;
    }

    void start(@Observes StartupEvent event) {
        // A stream that does not exist: all of it happens, and nothing changes.
        StreamKey key = new StreamKey("warm-up-" + UUID.randomUUID());
        String token = "?token=" + tokens.publishToken(key, 0, Instant.now().plusSeconds(60));
        for (int round = 0; round < ROUNDS; round++) {
            for (HookAction action : List.of(HookAction.ON_PUBLISH, HookAction.ON_PLAY, HookAction.ON_UNPUBLISH)) {
                Hook hook = new Hook(action.name(), "warm-up", "warm-up", key.value(), token, null);
                try {
                    hooks.answer(action, hook).await().atMost(Duration.ofSeconds(1));
                } catch (RuntimeException e) {
                    LOG.debugf("%s in warming up: %s", action, e.getMessage()); // there is no such stream
                }
            }
        }
    }
}
