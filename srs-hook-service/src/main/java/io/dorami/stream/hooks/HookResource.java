package io.dorami.stream.hooks;

import io.dorami.contracts.commands.PublisherChange.PublisherConnected;
import io.dorami.contracts.commands.PublisherChange.PublisherDisconnected;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.MediaViewers;
import io.dorami.service.runtime.Timeouts;
import io.dorami.stream.StreamConfig;
import io.dorami.stream.StreamMetrics;
import io.dorami.stream.access.PublishKeyGenerations;
import io.dorami.stream.access.StreamTokens;
import io.dorami.stream.srs.DeferredPublisherChanges;
import io.dorami.stream.srs.HookAction;
import io.dorami.stream.srs.SrsHook;
import io.dorami.stream.state.PlayableStreams;
import io.dorami.stream.state.Publisher;
import io.dorami.stream.state.StreamStore;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What SRS asks and tells. It must come from inside: the front door answers these addresses with 404, and SRS says the
 * secret. SRS does not repeat a call, and waits for the answers to on_publish and on_play: within 100 ms it has one,
 * whatever PostgreSQL does.
 */
@Path("/api/srs/hooks")
@Tag(name = "SRS")
public class HookResource {

    private static final Logger LOG = Logger.getLogger(HookResource.class);

    private final HookSecret secret;
    private final StreamTokens tokens;
    private final PublishKeyGenerations generations;
    private final StreamStore store;
    private final PlayableStreams playable;
    private final MediaViewers viewers;
    private final DeferredPublisherChanges late;
    private final StreamConfig config;
    private final StreamMetrics metrics;

    HookResource(
            HookSecret secret,
            StreamTokens tokens,
            PublishKeyGenerations generations,
            StreamStore store,
            PlayableStreams playable,
            MediaViewers viewers,
            DeferredPublisherChanges late,
            StreamConfig config,
            StreamMetrics metrics) {
        this.secret = secret;
        this.tokens = tokens;
        this.generations = generations;
        this.store = store;
        this.playable = playable;
        this.viewers = viewers;
        this.late = late;
        this.config = config;
        this.metrics = metrics;
    }

    @POST
    @Operation(summary = "Every hook of SRS")
    public Uni<HookResponse> hook(@QueryParam("secret") @Nullable String said, @Nullable SrsHook hook) {
        if (hook == null || !secret.is(said)) {
            return Uni.createFrom().item(HookResponse.REFUSED);
        }
        long start = System.nanoTime();
        HookAction action = HookAction.of(hook.action());
        return Uni.createFrom()
                .deferred(() -> answer(action, hook))
                .onFailure(DeferredPublisherChanges::refused)
                .recoverWithItem(HookResponse.REFUSED)
                .onFailure()
                .recoverWithItem(e -> {
                    LOG.errorf(e, "%s could not be handled", action);
                    return HookResponse.REFUSED;
                })
                .invoke(answer -> metrics.hook(action, answer, Duration.ofNanos(System.nanoTime() - start)));
    }

    /** The answer to a call that has said the secret. */
    Uni<HookResponse> answer(HookAction action, SrsHook hook) {
        return switch (action) {
            case ON_PUBLISH -> publish(hook);
            case ON_UNPUBLISH -> unpublish(hook).replaceWith(HookResponse.ACCEPTED);
            case ON_PLAY -> play(hook);
            case ON_STOP -> {
                if (!hook.hls()) {
                    inBackground(viewers.went(hook.key(), hook.connection().client()));
                }
                yield Uni.createFrom().item(HookResponse.ACCEPTED);
            }
            case ON_CLOSE -> {
                inBackground(store.close(hook.connection())); // its loss costs until the next reconciliation
                yield Uni.createFrom().item(HookResponse.ACCEPTED);
            }
            case ON_CONNECT, OTHER -> Uni.createFrom().item(HookResponse.ACCEPTED);
        };
    }

    /** PostgreSQL decides; where it is slow, the signature and what Redis knows, and the change is made later. */
    private Uni<HookResponse> publish(SrsHook hook) {
        StreamKey key = hook.key();
        Publisher publisher = hook.connection();
        OptionalInt generation =
                hook.token().map(token -> tokens.mayPublish(token, key)).orElse(OptionalInt.empty());
        if (generation.isEmpty()) {
            return Uni.createFrom().item(HookResponse.REFUSED);
        }
        return inTime(store.publish(key, publisher, generation.getAsInt()))
                .replaceWith(HookResponse.ACCEPTED)
                .onFailure(e -> !DeferredPublisherChanges.refused(e))
                .recoverWithUni(slow -> generations
                        .isVoid(key, generation.getAsInt())
                        .chain(isVoid -> isVoid
                                ? Uni.createFrom().item(HookResponse.REFUSED)
                                : late.keep(new PublisherConnected(
                                                key, publisher.client(), publisher.run(), generation.getAsInt()))
                                        .replaceWith(HookResponse.ACCEPTED)));
    }

    private Uni<Void> unpublish(SrsHook hook) {
        StreamKey key = hook.key();
        Publisher publisher = hook.connection();
        return inTime(store.unpublish(key, publisher))
                .replaceWithVoid()
                .onFailure(e -> !DeferredPublisherChanges.refused(e))
                .recoverWithUni(slow -> late.keep(new PublisherDisconnected(key, publisher.client(), publisher.run())));
    }

    /** Refused unless somebody publishes: who asks for a stream too early breaks its HLS. */
    private Uni<HookResponse> play(SrsHook hook) {
        StreamKey key = hook.key();
        String client = hook.connection().client();
        if (key.isPrivate()
                && !hook.token().filter(token -> tokens.mayPlay(token, key)).isPresent()) {
            return Uni.createFrom().item(HookResponse.REFUSED);
        }
        return inTime(store.isPlayable(key))
                .onFailure()
                .recoverWithUni(slow -> Timeouts.within(config.redisPatience(), playable.ask(key)))
                .onFailure()
                .recoverWithItem(false)
                .call(live -> live && !hook.hls()
                        ? count(key, client)
                        : Uni.createFrom().voidItem())
                .map(live -> live ? HookResponse.ACCEPTED : HookResponse.REFUSED);
    }

    /** Before the answer, so that a viewer who was let in is counted though this replica dies. */
    private Uni<Void> count(StreamKey key, String client) {
        return Timeouts.within(config.redisPatience(), viewers.came(key, client, Instant.now()))
                .onFailure()
                .recoverWithNull();
    }

    private <T> Uni<T> inTime(Uni<T> asked) {
        return Timeouts.within(config.hookPatience(), asked);
    }

    /** SRS does not wait for it. */
    private static void inBackground(Uni<Void> work) {
        work.subscribe().with(done -> {}, e -> LOG.debugf("Found by the next reconciliation: %s", e));
    }
}
