package io.dorami.stream.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.StreamSummary;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.stream.srs.Heartbeat;
import io.dorami.stream.state.SrsInstanceStore;
import io.dorami.stream.state.StreamStore;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The status of SRS. */
@Path("/api/streaming/srs")
@Tag(name = "SRS")
public class SrsResource {

    /** Three heartbeats of 9 s. */
    private static final Duration ALIVE_TIMEOUT = Duration.ofSeconds(27);

    private static final int MAX_STREAMS = 100;

    private final SrsInstanceStore instances;
    private final StreamStore store;

    SrsResource(SrsInstanceStore instances, StreamStore store) {
        this.instances = instances;
        this.store = store;
    }

    /**
     * The status of SRS as of its last heartbeat.
     *
     * @param alive whether the last heartbeat is at most 27 s old, which is three heartbeats
     * @param instanceId SRS's service id, new at every start
     * @param load as of the last heartbeat
     * @param streams the streams on air
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SrsStatus(
            boolean alive,
            @Nullable Instant lastHeartbeat,
            @JsonProperty("run") @Nullable String instanceId,
            Heartbeat.@Nullable Load load,
            List<StreamSummary> streams) {}

    @GET
    @RolesAllowed("ADMIN")
    @Operation(summary = "Get SRS's last heartbeat, load and streams")
    public Uni<SuccessResponse<SrsStatus>> status() {
        return store.findOnAir(MAX_STREAMS)
                .chain(streams -> instances.lastHeartbeat().map(heartbeat -> {
                    List<StreamSummary> summaries =
                            streams.stream().map(stream -> stream.summary(null)).toList();
                    return SuccessResponse.of(heartbeat
                            .map(last -> new SrsStatus(
                                    last.receivedAt() != null
                                            && last.receivedAt()
                                                    .isAfter(Instant.now().minus(ALIVE_TIMEOUT)),
                                    last.receivedAt(),
                                    last.instanceId(),
                                    last.load() == null ? null : Json.read(last.load(), Heartbeat.Load.class),
                                    summaries))
                            .orElseGet(() -> new SrsStatus(false, null, null, null, summaries)));
                }));
    }
}
