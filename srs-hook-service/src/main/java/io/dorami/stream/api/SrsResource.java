package io.dorami.stream.api;

import com.fasterxml.jackson.annotation.JsonInclude;
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

/** How SRS is. */
@Path("/api/streaming/srs")
@Tag(name = "SRS")
public class SrsResource {

    /** Three heartbeats of 9 s. */
    private static final Duration MISSED = Duration.ofSeconds(27);

    private static final int STREAMS = 100;

    private final SrsInstanceStore runs;
    private final StreamStore store;

    SrsResource(SrsInstanceStore runs, StreamStore store) {
        this.runs = runs;
        this.store = store;
    }

    /**
     * What is known of SRS.
     *
     * @param alive whether its last heartbeat is at most 27 s old, which are three
     * @param run its service id, new at every start
     * @param load as of that heartbeat
     * @param streams that are on air
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SrsStatus(
            boolean alive,
            @Nullable Instant lastHeartbeat,
            @Nullable String run,
            Heartbeat.@Nullable Load load,
            List<StreamSummary> streams) {}

    @GET
    @RolesAllowed("ADMIN")
    @Operation(summary = "SRS's last heartbeat, its load and its streams")
    public Uni<SuccessResponse<SrsStatus>> status() {
        return store.onAir(STREAMS)
                .chain(streams -> runs.pulse().map(pulse -> {
                    List<StreamSummary> cards =
                            streams.stream().map(stream -> stream.card(null)).toList();
                    return SuccessResponse.of(pulse.map(last -> new SrsStatus(
                                    last.beatAt() != null
                                            && last.beatAt()
                                                    .isAfter(Instant.now().minus(MISSED)),
                                    last.beatAt(),
                                    last.run(),
                                    last.beat() == null ? null : Json.read(last.beat(), Heartbeat.Load.class),
                                    cards))
                            .orElseGet(() -> new SrsStatus(false, null, null, null, cards)));
                }));
    }
}
