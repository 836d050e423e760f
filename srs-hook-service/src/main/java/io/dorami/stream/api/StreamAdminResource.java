package io.dorami.stream.api;

import io.dorami.contracts.commands.FreeShipping;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.StreamStatus;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.rest.IntegerParameter;
import io.dorami.service.rest.StrictBody;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.stream.access.PublishKeyGenerations;
import io.dorami.stream.state.Stream;
import io.dorami.stream.state.StreamDeletions;
import io.dorami.stream.state.StreamHistory;
import io.dorami.stream.state.StreamStore;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The admins' pages: the show on air, and the history of all streams. */
@Path("/api/streaming")
@Tag(name = "Stream administration")
@RolesAllowed("ADMIN")
public class StreamAdminResource {

    /** Streams on one page and in one deletion. */
    private static final int MAX_STREAMS = 100;

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final StreamStore store;
    private final StreamHistory history;
    private final StreamDeletions deletions;
    private final PublishKeyGenerations generations;
    private final AudienceCounts audience;

    StreamAdminResource(
            StreamStore store,
            StreamHistory history,
            StreamDeletions deletions,
            PublishKeyGenerations generations,
            AudienceCounts audience) {
        this.store = store;
        this.history = history;
        this.deletions = deletions;
        this.generations = generations;
        this.audience = audience;
    }

    /**
     * The newest show on air, private shows included. Without a show, all fields but {@code viewerCount} are null.
     *
     * @param duration the time since the start as {@code HH:mm:ss}
     */
    public record LiveStatus(
            boolean isLive,
            @Nullable UUID streamId,
            @Nullable StreamKey streamKey,
            @Nullable String title,
            @Nullable String duration,
            long viewerCount,
            @Nullable String thumbnailUrl,
            @Nullable Instant startedAt) {

        static final LiveStatus NO_SHOW = new LiveStatus(false, null, null, null, null, 0, null, null);

        static LiveStatus of(Stream stream, long viewers, Instant now) {
            Instant startedAt = stream.startedAt();
            return new LiveStatus(
                    true,
                    stream.id(),
                    stream.key(),
                    stream.details().title(),
                    startedAt == null ? null : clockTime(Duration.between(startedAt, now)),
                    viewers,
                    stream.details().thumbnailUrl(),
                    startedAt);
        }

        private static String clockTime(Duration duration) {
            return "%02d:%02d:%02d".formatted(duration.toHours(), duration.toMinutesPart(), duration.toSecondsPart());
        }
    }

    /**
     * A page of the history.
     *
     * @param page the number of this page, at most {@code totalPages}
     */
    public record HistoryPage(List<HistoryEntry> streams, long total, int page, int limit, int totalPages) {

        static HistoryPage of(StreamHistory.Page page) {
            return new HistoryPage(
                    page.entries().stream().map(HistoryEntry::of).toList(),
                    page.total(),
                    page.number(),
                    page.size(),
                    page.totalPages());
        }
    }

    /**
     * A stream in the history. It may be on air, or may not have had a show yet.
     *
     * @param startedAt the start of the last show, as {@code endedAt} is its end
     * @param totalDuration the seconds of all shows, the current one until now; null before the first show
     * @param peakViewers the maximum of concurrent viewers of all shows; 0 if it is unknown
     */
    public record HistoryEntry(
            UUID id,
            StreamKey streamKey,
            String title,
            @Nullable String description,
            StreamStatus status,
            String userId,
            Owner user,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Instant scheduledAt,
            @Nullable Long totalDuration,
            long peakViewers,
            FreeShipping.Mode freeShippingMode,
            @Nullable BigDecimal freeShippingThreshold,
            @Nullable String thumbnailUrl,
            Instant expiresAt,
            Instant createdAt) {

        static HistoryEntry of(StreamHistory.Entry entry) {
            Stream stream = entry.stream();
            FreeShipping freeShipping = stream.details().freeShipping();
            return new HistoryEntry(
                    stream.id(),
                    stream.key(),
                    stream.details().title(),
                    stream.details().description(),
                    stream.state().status(),
                    stream.ownerId(),
                    new Owner(stream.ownerId(), stream.ownerName(), ""),
                    stream.startedAt(),
                    stream.endedAt(),
                    stream.details().scheduledAt(),
                    entry.airtime().map(Duration::toSeconds).orElse(null),
                    entry.peakViewers(),
                    freeShipping.mode(),
                    freeShipping.threshold(),
                    stream.details().thumbnailUrl(),
                    stream.expiresAt(),
                    stream.createdAt());
        }
    }

    /**
     * The owner of a stream.
     *
     * @param email always empty, because this service stores no addresses; the web client's search fails without the
     *     field
     */
    public record Owner(String id, String name, String email) {}

    /** The streams to delete, under either name. */
    public record BulkDeletion(
            @Nullable @Size(min = 1, max = MAX_STREAMS) List<@NotNull UUID> ids,
            @Nullable @Size(min = 1, max = MAX_STREAMS) List<@NotNull UUID> streamIds)
            implements StrictBody {

        Set<UUID> requested() {
            if (ids != null && streamIds == null) {
                return new LinkedHashSet<>(ids);
            }
            if (ids == null && streamIds != null) {
                return new LinkedHashSet<>(streamIds);
            }
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "body: expected either ids or streamIds");
        }
    }

    /** The result of a deletion. Streams that are on air or do not exist are skipped. */
    public record BulkDeletionResult(
            int requestedCount, int deletedCount, int skippedCount, List<UUID> deletedIds, List<UUID> skippedIds) {

        static BulkDeletionResult of(Set<UUID> requested, List<Stream> deleted) {
            List<UUID> deletedIds = deleted.stream().map(Stream::id).toList();
            List<UUID> skippedIds =
                    requested.stream().filter(id -> !deletedIds.contains(id)).toList();
            return new BulkDeletionResult(
                    requested.size(), deletedIds.size(), skippedIds.size(), deletedIds, skippedIds);
        }
    }

    @GET
    @Path("/live-status")
    @Operation(summary = "Get the newest show on air")
    public Uni<SuccessResponse<LiveStatus>> liveStatus() {
        return store.findOnAir(1)
                .chain(streams -> streams.isEmpty()
                        ? Uni.createFrom().item(LiveStatus.NO_SHOW)
                        : audience.viewers(streams.getFirst().key())
                                .map(viewers -> LiveStatus.of(streams.getFirst(), viewers, clock.instant())))
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/history")
    @Operation(summary = "List all streams with their last show, the newest first")
    public Uni<SuccessResponse<HistoryPage>> history(
            @QueryParam("page") @DefaultValue("1") IntegerParameter page,
            @QueryParam("limit") @DefaultValue("20") IntegerParameter limit) {
        return history.find(page.clamp(1, Integer.MAX_VALUE), limit.clamp(1, MAX_STREAMS))
                .map(HistoryPage::of)
                .map(SuccessResponse::of);
    }

    @POST
    @Path("/history/bulk-delete")
    @Operation(summary = "Delete streams with their shows; streams on air are skipped")
    public Uni<SuccessResponse<BulkDeletionResult>> delete(@NotNull @Valid BulkDeletion request) {
        Set<UUID> requested = request.requested();
        return deletions
                .deleteOffAir(requested)
                .call(generations::publishAll)
                .map(deleted -> SuccessResponse.of(BulkDeletionResult.of(requested, deleted)));
    }
}
