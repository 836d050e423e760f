package io.dorami.stream.hooks;

import io.dorami.contracts.Json;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.runtime.LoopbackRequests;
import io.dorami.service.runtime.WarmUp;
import io.dorami.service.runtime.WarmUpStep;
import io.dorami.service.runtime.WarmUpSteps;
import io.dorami.stream.access.StreamTokens;
import io.dorami.stream.srs.HookAction;
import io.dorami.stream.srs.SrsApi;
import io.dorami.stream.srs.SrsHook;
import io.dorami.stream.state.StreamStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Warms up hooks and the public lists: the first seller after a start, and the hooks of the 30th second (0.27 s, without
 * the warm-up), must not exceed their timeouts because the JVM is cold. The stream of the hooks does not exist, so that
 * all code runs and nothing changes.
 */
@ApplicationScoped
class HookWarmUp implements WarmUpSteps {

    private static final StreamKey KEY = new StreamKey(WarmUp.RESERVED_NAME);

    private final HookResource hooks;
    private final StreamTokens tokens;
    private final StreamStore store;
    private final SrsApi srs;
    private final LoopbackRequests loopback;

    HookWarmUp(HookResource hooks, StreamTokens tokens, StreamStore store, SrsApi srs, LoopbackRequests loopback) {
        this.hooks = hooks;
        this.tokens = tokens;
        this.store = store;
        this.srs = srs;
        this.loopback = loopback;
    }

    @Override
    public List<WarmUpStep> warmUpSteps() {
        List<WarmUpStep> steps = new ArrayList<>(List.of(
                // Without the secret: read, checked and rejected.
                WarmUpStep.repeated(
                        "hooks", () -> loopback.post("/api/srs/hooks", null, Json.write(hook("on_publish")))),
                WarmUpStep.repeated("publish", this::publish),
                WarmUpStep.repeated("play", () -> hooks.handle(HookAction.ON_PLAY, hook("on_play"))),
                WarmUpStep.repeated("lists", () -> loopback.get("/api/streaming/active", null)),
                WarmUpStep.once("streams on air", () -> store.findOnAir(1))));
        if (srs.isConfigured()) {
            steps.add(WarmUpStep.once("SRS's list", srs::list));
        }
        return steps;
    }

    /** Not by the hook's handler, which defers the change if PostgreSQL is slow, as it is to a cold JVM. */
    private Uni<?> publish() {
        SrsHook hook = hook("on_publish");
        int generation = hook.token()
                .map(token -> tokens.verifyPublishToken(token, hook.key()))
                .orElseThrow()
                .orElseThrow();
        return store.publish(hook.key(), hook.connection(), generation)
                .onFailure(DoramiException.class) // the stream does not exist
                .recoverWithUni(() -> store.unpublish(hook.key(), hook.connection()))
                .onFailure(DoramiException.class)
                .recoverWithNull();
    }

    private SrsHook hook(String action) {
        String token = "?token=" + tokens.publishToken(KEY, 0, Instant.now().plusSeconds(60));
        return new SrsHook(action, WarmUp.RESERVED_NAME, WarmUp.RESERVED_NAME, null, KEY.value(), token, null);
    }
}
