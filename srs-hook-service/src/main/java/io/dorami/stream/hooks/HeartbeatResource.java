package io.dorami.stream.hooks;

import io.dorami.contracts.Json;
import io.dorami.stream.StreamMetrics;
import io.dorami.stream.srs.Heartbeat;
import io.dorami.stream.state.SrsInstanceStore;
import io.dorami.stream.state.StreamStore;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** SRS says every 9 s that it is there; in a new run, that all its publishers are gone. */
@Path("/api/streaming/srs-heartbeat")
@Tag(name = "SRS")
public class HeartbeatResource {

    private static final Logger LOG = Logger.getLogger(HeartbeatResource.class);

    private final HookSecret secret;
    private final SrsInstanceStore runs;
    private final StreamStore store;
    private final StreamMetrics metrics;

    HeartbeatResource(HookSecret secret, SrsInstanceStore runs, StreamStore store, StreamMetrics metrics) {
        this.secret = secret;
        this.runs = runs;
        this.store = store;
        this.metrics = metrics;
    }

    @POST
    @Operation(summary = "SRS is there")
    public Uni<HookResponse> heartbeat(@QueryParam("secret") @Nullable String said, @Nullable Heartbeat heartbeat) {
        if (!secret.is(said) && (heartbeat == null || !secret.is(heartbeat.deviceId()))) {
            return Uni.createFrom().item(HookResponse.REFUSED);
        }
        metrics.heartbeat();
        if (heartbeat == null
                || heartbeat.service() == null
                || heartbeat.service().isEmpty()) {
            return Uni.createFrom().item(HookResponse.ACCEPTED);
        }
        return take(heartbeat.service(), heartbeat)
                .replaceWith(HookResponse.ACCEPTED)
                .onFailure()
                .recoverWithItem(e -> {
                    LOG.debugf("The next heartbeat does it: %s", e);
                    return HookResponse.ACCEPTED;
                });
    }

    private Uni<Void> take(String run, Heartbeat heartbeat) {
        return runs.beat(run, Instant.now(), heartbeat.load().map(Json::write))
                .chain(order -> store.publishedBefore(run, order)
                        .chain(streams -> Multi.createFrom()
                                .iterable(streams)
                                .onItem()
                                .transformToUniAndConcatenate(stream -> {
                                    LOG.infof("SRS restarted; stream %s has lost its publisher", stream.key());
                                    return store.restart(stream.key(), run, order);
                                })
                                .onItem()
                                .ignoreAsUni()));
    }
}
