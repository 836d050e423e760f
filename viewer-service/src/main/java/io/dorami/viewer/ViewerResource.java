package io.dorami.viewer;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.MediaViewers;
import io.dorami.presence.Presence;
import io.dorami.presence.RunningShowStatistics;
import io.dorami.presence.ShowStatistics;
import io.dorami.presence.ShowStatistics.Minute;
import io.dorami.service.rest.InstantParameter;
import io.dorami.service.rest.IntegerParameter;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Viewer counts and show statistics over REST. The count is public; statistics are for the stream's owner, its co-hosts
 * and admins.
 */
@Path("/api/viewers/{key}")
@Tag(name = "Viewers")
public class ViewerResource {

    private final Presence presence;
    private final MediaViewers media;
    private final RunningShowStatistics shows;
    private final ShowStatisticsStore store;
    private final StaffStore staff;
    private final CurrentUser caller;

    ViewerResource(
            Presence presence,
            MediaViewers media,
            RunningShowStatistics shows,
            ShowStatisticsStore store,
            StaffStore staff,
            CurrentUser caller) {
        this.presence = presence;
        this.media = media;
        this.shows = shows;
        this.store = store;
        this.staff = staff;
        this.caller = caller;
    }

    /**
     * The audience of the show on air, or of the last one.
     *
     * @param connected people in the room now, however many tabs they have
     * @param media connections that play the video by HTTP-FLV or RTMP now: not people, and without HLS. This field and
     *     all that follow are only for the stream's owner, its co-hosts and admins
     * @param endedAt absent while the show is on air
     * @param peak maximum number of people at the same time
     * @param unique number of distinct people; standard error 0.81 %
     * @param average average number of people: watch time divided by the duration
     * @param watchSeconds sum of the time that all people watched
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Audience(
            StreamKey streamKey,
            long connected,
            @Nullable Long media,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Long peak,
            @Nullable Long unique,
            @Nullable Double average,
            @Nullable Long watchSeconds) {}

    /** The audience in one minute, of which {@code seconds} have passed. */
    public record Point(Instant at, long seconds, long peak, long unique, double average, long watchSeconds) {
        static Point of(Minute minute) {
            return new Point(
                    minute.from(),
                    minute.length().toSeconds(),
                    minute.peak(),
                    minute.unique(),
                    roundToHundredths(minute.average()),
                    minute.watched().toSeconds());
        }
    }

    /** A show minute by minute, oldest first. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record History(
            StreamKey streamKey,
            Instant startedAt,
            @Nullable Instant endedAt,
            List<Point> minutes) {}

    /** A show with its end; a show on air has none. */
    private record Show(ShowStatistics statistics, @Nullable Instant endedAt) {}

    @GET
    @Operation(
            summary = "Get viewer count",
            description =
                    "For the stream's owner, its co-hosts and admins also the statistics of the show that began at "
                            + "startedAt; without it of the current or last show.")
    public Uni<SuccessResponse<Audience>> audience(
            StreamKey key, @QueryParam("startedAt") @Nullable InstantParameter startedAt) {
        return caller.getOptional()
                .chain(user -> presence.counts(List.of(key))
                        .chain(counts -> user.map(authenticated -> audienceFor(
                                        authenticated, key, InstantParameter.valueOrNull(startedAt), counts.getFirst()))
                                .orElseGet(() -> Uni.createFrom().item(publicAudience(key, counts.getFirst())))))
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/history")
    @Authenticated
    @Operation(
            summary = "Get show statistics by minute",
            description = "Of the show that began at startedAt; without it of the current or last show. Only for the "
                    + "stream's owner, its co-hosts and admins.")
    public Uni<SuccessResponse<History>> history(
            StreamKey key,
            @QueryParam("startedAt") @Nullable InstantParameter startedAt,
            @QueryParam("minutes") @DefaultValue("240") IntegerParameter minutes) {
        User user = caller.get();
        return findShow(key, InstantParameter.valueOrNull(startedAt))
                .map(found -> found.orElseThrow(() -> new DoramiException(
                        ErrorCode.STREAM_NOT_FOUND,
                        startedAt == null
                                ? "This stream has had no show yet"
                                : "No show of this stream began at startedAt")))
                .call(show -> canRead(user, key, Optional.of(show)).invoke(canRead -> {
                    if (!canRead) {
                        throw new DoramiException(
                                ErrorCode.FORBIDDEN,
                                "Only the stream's owner, a co-host or an admin can read its history");
                    }
                }))
                .chain(show -> findMinutes(show, minutes.clamp(1, ShowStatistics.MAX_MINUTES))
                        .map(points -> new History(key, show.statistics().startedAt(), show.endedAt(), points)))
                .map(SuccessResponse::of);
    }

    private Uni<Audience> audienceFor(User user, StreamKey key, @Nullable Instant startedAt, long connected) {
        return findShow(key, startedAt)
                .chain(show -> canRead(user, key, show)
                        .onFailure()
                        .recoverWithItem(false) // the count alone does not need PostgreSQL
                        .chain(canRead -> canRead
                                ? media.counts(List.of(key))
                                        .map(counts -> fullAudience(key, connected, counts.getFirst(), show))
                                : Uni.createFrom().item(publicAudience(key, connected))));
    }

    /** Finds the show with this start; without a start the show on air, else the last ended show. */
    private Uni<Optional<Show>> findShow(StreamKey key, @Nullable Instant startedAt) {
        return shows.findRunning(key)
                .map(running -> running.filter(
                        show -> startedAt == null || show.startedAt().equals(startedAt)))
                .chain(running -> running.isPresent()
                        ? Uni.createFrom().item(running.map(statistics -> new Show(statistics, null)))
                        : findEnded(key, startedAt)
                                .map(ended -> ended.map(statistics -> new Show(statistics, statistics.measuredTo()))));
    }

    /** Finds an ended show. The page of its record asks at once, before PostgreSQL has the show. */
    private Uni<Optional<ShowStatistics>> findEnded(StreamKey key, @Nullable Instant startedAt) {
        return startedAt == null
                ? store.find(key, null)
                : shows.findEnded(key, startedAt)
                        .chain(ended -> ended.isPresent() ? Uni.createFrom().item(ended) : store.find(key, startedAt));
    }

    private Uni<List<Point>> findMinutes(Show show, int limit) {
        List<Minute> known = show.statistics().minutes();
        Uni<List<Minute>> minutes = known.isEmpty() // a show from PostgreSQL, which has them in another table
                ? store.findMinutes(show.statistics(), limit)
                : Uni.createFrom().item(known.subList(Math.max(0, known.size() - limit), known.size()));
        return minutes.map(found -> found.stream().map(Point::of).toList());
    }

    /** Returns true for admins, the owner of the show, and the stream's co-hosts. */
    private Uni<Boolean> canRead(User user, StreamKey key, Optional<Show> show) {
        boolean isHost = show.filter(found -> found.statistics().ownerId().equals(user.id()))
                .isPresent();
        return user.isAdmin() || isHost ? Uni.createFrom().item(true) : staff.isCohost(key, user.id());
    }

    private static Audience publicAudience(StreamKey key, long connected) {
        return new Audience(key, connected, null, null, null, null, null, null, null);
    }

    private static Audience fullAudience(StreamKey key, long connected, long media, Optional<Show> show) {
        return show.map(found -> new Audience(
                        key,
                        connected,
                        media,
                        found.statistics().startedAt(),
                        found.endedAt(),
                        found.statistics().peak(),
                        found.statistics().unique(),
                        roundToHundredths(found.statistics().average()),
                        found.statistics().watched().toSeconds()))
                .orElseGet(() -> new Audience(key, connected, media, null, null, null, null, null, null));
    }

    /** Rounds to two decimal places, which is more than a plot can show. */
    private static double roundToHundredths(double average) {
        return Math.round(average * 100) / 100.0;
    }
}
