package io.dorami.stream.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.events.StreamStatus;
import io.dorami.contracts.events.StreamSummary;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.IntegerParameter;
import io.dorami.service.rest.PublicRead;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.stream.state.Stream;
import io.dorami.stream.state.StreamHistory;
import io.dorami.stream.state.StreamState;
import io.dorami.stream.state.StreamStore;
import io.dorami.stream.state.UpcomingShows;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
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
    private final StreamHistory history;
    private final AudienceCounts audience;

    StreamListResource(StreamStore store, UpcomingShows upcomingShows, StreamHistory history, AudienceCounts audience) {
        this.store = store;
        this.upcomingShows = upcomingShows;
        this.history = history;
        this.audience = audience;
    }

    /**
     * The status of a stream, for a page that has only its key.
     *
     * @param reconnecting true if the show is LIVE and waits for its encoder
     * @param startedAt the start of the last show, as {@code endedAt} is its end
     * @param host missing if the key is unknown
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record KeyStatus(
            StreamStatus status,
            boolean reconnecting,
            long viewerCount,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Instant scheduledAt,
            String title,
            @Nullable String thumbnailUrl,
            StreamSummary.@Nullable Host host) {

        static final KeyStatus UNKNOWN =
                new KeyStatus(StreamStatus.OFFLINE, false, 0, null, null, null, "", null, null);

        static KeyStatus of(Stream stream, long viewers) {
            return new KeyStatus(
                    stream.state().status(),
                    stream.state() instanceof StreamState.Grace,
                    viewers,
                    stream.startedAt(),
                    stream.endedAt(),
                    stream.details().scheduledAt(),
                    stream.details().title(),
                    stream.details().thumbnailUrl(),
                    stream.host());
        }
    }

    /**
     * A show that has ended.
     *
     * @param peakViewers the maximum of concurrent viewers; missing if it is unknown
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record RecentShow(
            UUID id,
            StreamKey streamKey,
            String title,
            @Nullable String description,
            @Nullable String thumbnailUrl,
            Instant startedAt,
            Instant endedAt,
            @Nullable Long peakViewers,
            StreamSummary.Host host) {

        static RecentShow of(StreamHistory.RecentShow recent) {
            Stream stream = recent.stream();
            return new RecentShow(
                    stream.id(),
                    stream.key(),
                    stream.details().title(),
                    stream.details().description(),
                    stream.details().thumbnailUrl(),
                    Objects.requireNonNull(stream.startedAt()),
                    Objects.requireNonNull(stream.endedAt()),
                    recent.peakViewers().orElse(null),
                    stream.host());
        }
    }

    @GET
    @PublicRead
    @Path("/active")
    @Operation(summary = "List shows on air, the newest first")
    public Uni<SuccessResponse<List<StreamSummary>>> active() {
        return store.findPublicOnAir(MAX_SHOWS).chain(audience::summaries).map(SuccessResponse::of);
    }

    @GET
    @PublicRead
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
    @Path("/recent")
    @PublicRead
    @Operation(summary = "List shows that have ended, the last one first")
    public Uni<SuccessResponse<List<RecentShow>>> recent(
            @QueryParam("limit") @DefaultValue("6") IntegerParameter limit) {
        return history.findRecent(limit.clamp(1, MAX_SHOWS))
                .map(shows ->
                        SuccessResponse.of(shows.stream().map(RecentShow::of).toList()));
    }

    @GET
    @PublicRead
    @Path("/key/{key}/status")
    @Operation(summary = "Get status of a stream by key; an unknown key is offline, because pages request it early")
    public Uni<SuccessResponse<KeyStatus>> status(StreamKey key) {
        return store.find(key)
                .chain(stream -> audience.viewers(key)
                        .map(viewers -> stream.map(found -> KeyStatus.of(found, viewers))
                                .orElse(KeyStatus.UNKNOWN)))
                .map(SuccessResponse::of);
    }
}
