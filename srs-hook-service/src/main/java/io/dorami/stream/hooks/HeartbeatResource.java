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

/** Receives SRS's heartbeat every 9 s. A heartbeat of a new instance means that all earlier publishers are gone. */
@Path("/api/streaming/srs-heartbeat")
@Tag(name = "SRS")
public class HeartbeatResource {

    private static final Logger LOG = Logger.getLogger(HeartbeatResource.class);

    private final HookSecret hookSecret;
    private final SrsInstanceStore instances;
    private final StreamStore store;
    private final StreamMetrics metrics;

    HeartbeatResource(HookSecret hookSecret, SrsInstanceStore instances, StreamStore store, StreamMetrics metrics) {
        this.hookSecret = hookSecret;
        this.instances = instances;
        this.store = store;
        this.metrics = metrics;
    }

    @POST
    @Operation(summary = "Receive heartbeat of SRS")
    public Uni<HookResponse> heartbeat(@QueryParam("secret") @Nullable String secret, @Nullable Heartbeat heartbeat) {
        if (!hookSecret.matches(secret) && (heartbeat == null || !hookSecret.matches(heartbeat.deviceId()))) {
            return Uni.createFrom().item(HookResponse.REJECTED);
        }
        metrics.recordHeartbeat();
        if (heartbeat == null
                || heartbeat.service() == null
                || heartbeat.service().isEmpty()) {
            return Uni.createFrom().item(HookResponse.ACCEPTED);
        }
        return process(heartbeat.service(), heartbeat)
                .replaceWith(HookResponse.ACCEPTED)
                .onFailure()
                .recoverWithItem(e -> {
                    LOG.debugf(
                            "Heartbeat not stored, the next one will be: instance=%s cause=%s", heartbeat.service(), e);
                    return HookResponse.ACCEPTED;
                });
    }

    private Uni<Void> process(String instanceId, Heartbeat heartbeat) {
        return instances
                .recordHeartbeat(instanceId, Instant.now(), heartbeat.load().map(Json::write))
                .chain(known -> store.findPublishedBefore(instanceId, known)
                        .chain(streams -> Multi.createFrom()
                                .iterable(streams)
                                .onItem()
                                .transformToUniAndConcatenate(stream -> {
                                    LOG.infof(
                                            "Publisher lost by restart of SRS: stream=%s instance=%s",
                                            stream.key(), instanceId);
                                    return store.restart(stream.key(), instanceId, known);
                                })
                                .onItem()
                                .ignoreAsUni()));
    }
}
