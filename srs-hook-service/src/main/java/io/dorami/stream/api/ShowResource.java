package io.dorami.stream.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.dorami.stream.state.StreamHistory;
import io.dorami.stream.state.StreamStore;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The shows of a stream, whose starts and ends select their records in the other services. */
@Path("/api/streaming/{id}/shows")
@Tag(name = "Record of a show")
@Authenticated
public class ShowResource {

    /** A key is made for one show and a few repetitions. */
    private static final int MAX_SHOWS = 100;

    private final StreamStore store;
    private final StreamHistory history;
    private final CurrentUser currentUser;

    ShowResource(StreamStore store, StreamHistory history, CurrentUser currentUser) {
        this.store = store;
        this.history = history;
        this.currentUser = currentUser;
    }

    /**
     * A show.
     *
     * @param endedAt absent while the show is on air
     * @param peakViewers absent if it is unknown
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PastShow(
            Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Long peakViewers) {}

    @GET
    @Operation(
            summary = "List shows of a stream, the newest first",
            description = "At most 100; for the stream's owner, its co-hosts and admins.")
    public Uni<SuccessResponse<List<PastShow>>> list(UUID id) {
        return store.getForSeller(id, currentUser.get())
                .chain(stream -> history.findShows(stream, MAX_SHOWS))
                .map(shows -> SuccessResponse.of(shows.stream()
                        .map(show -> new PastShow(
                                show.startedAt(),
                                show.endedAt().orElse(null),
                                show.peakViewers().orElse(null)))
                        .toList()));
    }
}
