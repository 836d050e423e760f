package io.dorami.stream.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.ShowRole;
import io.dorami.contracts.events.StreamStatus;
import io.dorami.contracts.events.StreamSummary;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.IntegerParameter;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.dorami.stream.state.Stream;
import io.dorami.stream.state.StreamHistory;
import io.dorami.stream.state.StreamState;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The streams that the caller owns or works for. */
@Path("/api/streaming/mine")
@Tag(name = "Streams")
@Authenticated
public class MyStreamsResource {

    private static final int MAX_STREAMS = 100;

    private final StreamHistory history;
    private final CurrentUser currentUser;

    MyStreamsResource(StreamHistory history, CurrentUser currentUser) {
        this.history = history;
        this.currentUser = currentUser;
    }

    /**
     * A page of the caller's streams.
     *
     * @param page the number of this page, at most {@code totalPages}
     */
    public record MyStreams(List<MyStream> streams, long total, int page, int limit, int totalPages) {}

    /**
     * A stream that the caller owns or works for.
     *
     * @param reconnecting true if the show is LIVE and waits for its encoder
     * @param startedAt the start of the last show, as {@code endedAt} is its end
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record MyStream(
            UUID id,
            StreamKey streamKey,
            String title,
            @Nullable String description,
            StreamStatus status,
            boolean reconnecting,
            ShowRole role,
            @Nullable Instant scheduledAt,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable String thumbnailUrl,
            StreamSummary.Host host,
            Instant createdAt) {

        static MyStream of(StreamHistory.UserStream found) {
            Stream stream = found.stream();
            return new MyStream(
                    stream.id(),
                    stream.key(),
                    stream.details().title(),
                    stream.details().description(),
                    stream.state().status(),
                    stream.state() instanceof StreamState.Grace,
                    found.role(),
                    stream.details().scheduledAt(),
                    stream.startedAt(),
                    stream.endedAt(),
                    stream.details().thumbnailUrl(),
                    stream.host(),
                    stream.createdAt());
        }
    }

    @GET
    @Operation(summary = "List streams that the caller owns or works for, the newest first")
    public Uni<SuccessResponse<MyStreams>> list(
            @QueryParam("page") @DefaultValue("1") IntegerParameter page,
            @QueryParam("limit") @DefaultValue("20") IntegerParameter limit) {
        return history.findOfUser(currentUser.get().id(), page.clamp(1, Integer.MAX_VALUE), limit.clamp(1, MAX_STREAMS))
                .map(found -> SuccessResponse.of(new MyStreams(
                        found.streams().stream().map(MyStream::of).toList(),
                        found.total(),
                        found.number(),
                        found.size(),
                        found.totalPages())));
    }
}
