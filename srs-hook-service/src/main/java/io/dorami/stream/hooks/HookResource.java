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
import io.dorami.stream.srs.PublisherTakeover;
import io.dorami.stream.srs.SrsHook;
import io.dorami.stream.state.PlayableStreams;
import io.dorami.stream.state.Publisher;
import io.dorami.stream.state.Stream;
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
 * Handles the hooks that SRS calls. They must come from the internal network: the gateway responds with 404 to these
 * addresses, and SRS sends the secret. SRS does not retry a hook, and waits for the responses to on_publish and
 * on_play. It gets a response within 100 ms, even if PostgreSQL is slow. Only a publisher of a stream that has another
 * publisher waits for seconds; see {@link PublisherTakeover}.
 */
@Path("/api/srs/hooks")
@Tag(name = "SRS")
public class HookResource {

    private static final Logger LOG = Logger.getLogger(HookResource.class);

    private final HookSecret hookSecret;
    private final StreamTokens tokens;
    private final PublishKeyGenerations generations;
    private final StreamStore store;
    private final PlayableStreams playableStreams;
    private final MediaViewers mediaViewers;
    private final DeferredPublisherChanges deferredChanges;
    private final PublisherTakeover takeover;
    private final StreamConfig config;
    private final StreamMetrics metrics;

    HookResource(
            HookSecret hookSecret,
            StreamTokens tokens,
            PublishKeyGenerations generations,
            StreamStore store,
            PlayableStreams playableStreams,
            MediaViewers mediaViewers,
            DeferredPublisherChanges deferredChanges,
            PublisherTakeover takeover,
            StreamConfig config,
            StreamMetrics metrics) {
        this.hookSecret = hookSecret;
        this.tokens = tokens;
        this.generations = generations;
        this.store = store;
        this.playableStreams = playableStreams;
        this.mediaViewers = mediaViewers;
        this.deferredChanges = deferredChanges;
        this.takeover = takeover;
        this.config = config;
        this.metrics = metrics;
    }

    @POST
    @Operation(summary = "Handle a hook of SRS")
    public Uni<HookResponse> hook(@QueryParam("secret") @Nullable String secret, @Nullable SrsHook hook) {
        if (hook == null || !hookSecret.matches(secret)) {
            return Uni.createFrom().item(HookResponse.REJECTED);
        }
        long start = System.nanoTime();
        HookAction action = HookAction.of(hook.action());
        return Uni.createFrom()
                .deferred(() -> handle(action, hook))
                .onFailure(DeferredPublisherChanges::isRejection)
                .recoverWithItem(HookResponse.REJECTED)
                .onFailure()
                .recoverWithItem(e -> {
                    LOG.errorf(e, "Hook failed: action=%s", action);
                    return HookResponse.REJECTED;
                })
                .invoke(response ->
                        metrics.recordHook(action, response.isAccepted(), Duration.ofNanos(System.nanoTime() - start)));
    }

    /** Handles a hook whose secret was verified. */
    Uni<HookResponse> handle(HookAction action, SrsHook hook) {
        return switch (action) {
            case ON_PUBLISH -> publish(hook);
            case ON_UNPUBLISH -> unpublish(hook).replaceWith(HookResponse.ACCEPTED);
            case ON_PLAY -> play(hook);
            case ON_STOP -> {
                if (!hook.isHls()) {
                    runInBackground(
                            mediaViewers.remove(hook.key(), hook.connection().clientId()));
                }
                yield Uni.createFrom().item(HookResponse.ACCEPTED);
            }
            case ON_CLOSE -> {
                runInBackground(store.closeConnection(hook.connection())); // the next reconciliation repairs a failure
                yield Uni.createFrom().item(HookResponse.ACCEPTED);
            }
            case ON_CONNECT, OTHER -> Uni.createFrom().item(HookResponse.ACCEPTED);
        };
    }

    /**
     * PostgreSQL decides. If it is slow, the signature and Redis decide, and the change is deferred. If the stream has
     * another publisher, the response waits until one of the two is chosen.
     */
    private Uni<HookResponse> publish(SrsHook hook) {
        StreamKey key = hook.key();
        Publisher publisher = hook.connection();
        OptionalInt generation =
                hook.token().map(token -> tokens.verifyPublishToken(token, key)).orElse(OptionalInt.empty());
        if (generation.isEmpty() || !isSeenByViewers(hook)) {
            return Uni.createFrom().item(HookResponse.REJECTED);
        }
        return withHookTimeout(store.publish(key, publisher, generation.getAsInt()))
                .onItemOrFailure()
                .transformToUni((changed, failure) -> {
                    if (failure == null) {
                        return admit(hook, changed.after());
                    }
                    return DeferredPublisherChanges.isRejection(failure)
                            ? Uni.createFrom().item(HookResponse.REJECTED)
                            : deferPublish(key, publisher, generation.getAsInt());
                });
    }

    /** Accepts the publisher, unless the stream has another one that sends media. */
    private Uni<HookResponse> admit(SrsHook hook, Stream stream) {
        Publisher publisher = hook.connection();
        boolean hasOther =
                stream.publisher().filter(current -> !current.equals(publisher)).isPresent();
        if (!hasOther) {
            return Uni.createFrom().item(HookResponse.ACCEPTED);
        }
        return takeover.mayPublish(stream.key(), publisher)
                .chain(mayPublish -> mayPublish
                        ? Uni.createFrom().item(HookResponse.ACCEPTED)
                        : unpublish(hook).replaceWith(HookResponse.REJECTED));
    }

    private Uni<HookResponse> deferPublish(StreamKey key, Publisher publisher, int generation) {
        return generations
                .isRevoked(key, generation)
                .chain(isRevoked -> isRevoked
                        ? Uni.createFrom().item(HookResponse.REJECTED)
                        : deferredChanges
                                .defer(new PublisherConnected(
                                        key, publisher.clientId(), publisher.instanceId(), generation))
                                .replaceWith(HookResponse.ACCEPTED));
    }

    /**
     * Returns true if viewers see what is published. The log line has the reason, because the encoder shows none.
     */
    private boolean isSeenByViewers(SrsHook hook) {
        if (hook.isNamedWithQuery()) {
            LOG.warnf(
                    "SRS serves a stream under a name with a query, because a space was pasted after the key: stream=%s",
                    hook.key());
        }
        boolean isSeen = hook.app() == null || config.applications().contains(hook.app());
        if (!isSeen) {
            LOG.infof(
                    "Publisher rejected, viewers see only other applications: stream=%s app=%s seen=%s",
                    hook.key(), hook.app(), config.applications());
        }
        return isSeen;
    }

    private Uni<Void> unpublish(SrsHook hook) {
        StreamKey key = hook.key();
        Publisher publisher = hook.connection();
        return withHookTimeout(store.unpublish(key, publisher))
                .replaceWithVoid()
                .onFailure(e -> !DeferredPublisherChanges.isRejection(e))
                .recoverWithUni(slow -> deferredChanges.defer(
                        new PublisherDisconnected(key, publisher.clientId(), publisher.instanceId())));
    }

    /** Rejects a player unless the stream has a publisher, because a player that is too early breaks its HLS. */
    private Uni<HookResponse> play(SrsHook hook) {
        StreamKey key = hook.key();
        String client = hook.connection().clientId();
        if (key.isPrivate()
                && !hook.token()
                        .filter(token -> tokens.isValidPlayToken(token, key))
                        .isPresent()) {
            return Uni.createFrom().item(HookResponse.REJECTED);
        }
        return withHookTimeout(store.isPlayable(key))
                .onFailure()
                .recoverWithUni(slow -> Timeouts.failAfter(config.redisTimeout(), playableStreams.isPlayable(key)))
                .onFailure()
                .recoverWithItem(false)
                .call(playable -> playable && !hook.isHls()
                        ? countViewer(key, client)
                        : Uni.createFrom().voidItem())
                .map(playable -> playable ? HookResponse.ACCEPTED : HookResponse.REJECTED);
    }

    /** Counts before the response, so that an accepted viewer is counted even if this replica dies. */
    private Uni<Void> countViewer(StreamKey key, String client) {
        return Timeouts.failAfter(config.redisTimeout(), mediaViewers.add(key, client, Instant.now()))
                .onFailure()
                .recoverWithNull();
    }

    private <T> Uni<T> withHookTimeout(Uni<T> request) {
        return Timeouts.failAfter(config.hookTimeout(), request);
    }

    /** Runs work that the response to SRS does not wait for. */
    private static void runInBackground(Uni<Void> work) {
        work.subscribe()
                .with(done -> {}, e -> LOG.debugf("Hook failed, the next reconciliation repairs it: cause=%s", e));
    }
}
