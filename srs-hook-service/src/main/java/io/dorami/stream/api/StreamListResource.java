package io.dorami.stream.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.events.StreamStatus;
import io.dorami.contracts.events.StreamSummary;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.IntegerParameter;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.stream.state.StreamStore;
import io.dorami.stream.state.UpcomingShows;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Streams as every visitor sees them. */
@Path("/api/streaming")
@Tag(name = "Streams")
public class StreamListResource {

    /** Shows on one page. At the target of 500 viewers for each show, this is far beyond one platform. */
    private static final int MAX_SHOWS = 100;

    private final StreamStore store;
    private final UpcomingShows upcomingShows;
    private final AudienceCounts audience;

    StreamListResource(StreamStore store, UpcomingShows upcomingShows, AudienceCounts audience) {
        this.store = store;
        this.upcomingShows = upcomingShows;
        this.audience = audience;
    }

    /**
     * The status of a stream, for a page that has only its key.
     *
     * @param host missing if the key is unknown
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record KeyStatus(
            StreamStatus status,
            long viewerCount,
            @Nullable Instant startedAt,
            String title,
            StreamSummary.@Nullable Host host) {}

    @GET
    @Path("/active")
    @Operation(summary = "List shows on air, the newest first")
    public Uni<SuccessResponse<List<StreamSummary>>> active() {
        return store.findPublicOnAir(MAX_SHOWS).chain(audience::summaries).map(SuccessResponse::of);
    }

    @GET
    @Path("/upcoming")
    @Operation(summary = "List shows on air, then upcoming shows, the next one first")
    public Uni<SuccessResponse<List<StreamSummary>>> upcoming(
            @QueryParam("limit") @DefaultValue("3") IntegerParameter limit) {
        return upcomingShows
                .find(limit.clamp(1, MAX_SHOWS))
                .chain(audience::summaries)
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/key/{key}/status")
    @Operation(summary = "Get status of a stream by key; an unknown key is offline, because pages request it early")
    public Uni<SuccessResponse<KeyStatus>> status(StreamKey key) {
        return store.find(key)
                .chain(stream -> audience.viewers(key)
                        .map(viewers -> stream.map(found -> new KeyStatus(
                                        found.state().status(),
                                        viewers,
                                        found.startedAt(),
                                        found.details().title(),
                                        found.host()))
                                .orElseGet(() -> new KeyStatus(StreamStatus.OFFLINE, 0, null, "", null))))
                .map(SuccessResponse::of);
    }
}
