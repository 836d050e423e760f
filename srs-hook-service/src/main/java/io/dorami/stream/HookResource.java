package io.dorami.stream;

import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.StreamKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What SRS asks and tells. It must come from inside: the front door answers these addresses with 404, and SRS says the
 * secret. SRS does not repeat a call, and waits for the answers to on_publish and on_play.
 */
@Path("/api/srs/hooks")
@Tag(name = "SRS")
public class HookResource {

    private static final Logger LOG = Logger.getLogger(HookResource.class);

    private final HookSecret secret;
    private final PublishTokens tokens;
    private final StreamStore store;
    private final StreamMetrics metrics;

    HookResource(HookSecret secret, PublishTokens tokens, StreamStore store, StreamMetrics metrics) {
        this.secret = secret;
        this.tokens = tokens;
        this.store = store;
        this.metrics = metrics;
    }

    @POST
    @Operation(summary = "Every hook of SRS")
    public Uni<HookAnswer> hook(@QueryParam("secret") @Nullable String said, @Nullable Hook hook) {
        if (hook == null || !secret.is(said)) {
            return Uni.createFrom().item(HookAnswer.REFUSED);
        }
        HookAction action = HookAction.of(hook.action());
        return answer(action, hook)
                .onFailure(DoramiException.class)
                .recoverWithItem(HookAnswer.REFUSED)
                .onFailure()
                .recoverWithItem(e -> {
                    LOG.errorf(e, "%s could not be handled", action);
                    return HookAnswer.REFUSED;
                })
                .invoke(answer -> metrics.hook(action, answer));
    }

    private Uni<HookAnswer> answer(HookAction action, Hook hook) {
        return switch (action) {
            case ON_PUBLISH -> publish(hook);
            case ON_UNPUBLISH ->
                key(hook).chain(key -> store.unpublish(key, hook.client())).replaceWith(HookAnswer.ACCEPTED);
            case ON_PLAY ->
                key(hook)
                        .chain(store::find)
                        .map(stream -> stream.filter(found -> found.state() instanceof StreamState.Live)
                                        .isPresent()
                                ? HookAnswer.ACCEPTED
                                : HookAnswer.REFUSED);
            case ON_CLOSE -> store.close(hook.client()).replaceWith(HookAnswer.ACCEPTED);
            case ON_CONNECT, ON_STOP, OTHER -> Uni.createFrom().item(HookAnswer.ACCEPTED);
        };
    }

    private Uni<HookAnswer> publish(Hook hook) {
        return key(hook)
                .chain(key ->
                        hook.token().filter(token -> tokens.allows(token, key)).isPresent()
                                ? store.publish(key, hook.client(), hook.serverRun())
                                        .replaceWith(HookAnswer.ACCEPTED)
                                : Uni.createFrom().item(HookAnswer.REFUSED));
    }

    private static Uni<StreamKey> key(Hook hook) {
        return Uni.createFrom()
                .item(() -> hook.key()
                        .orElseThrow(
                                () -> new DoramiException(ErrorCode.INVALID_STREAM_KEY, "The hook names no stream")));
    }
}
