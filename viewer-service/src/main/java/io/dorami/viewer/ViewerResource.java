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
 * Viewer counts and show statistics over REST. The count is public; statistics are for the stream's owner and admins.
 */
@Path("/api/viewers/{key}")
@Tag(name = "Viewers")
public class ViewerResource {

    private final Presence presence;
    private final MediaViewers media;
    private final RunningShowStatistics shows;
    private final ShowStatisticsStore store;
    private final CurrentUser caller;

    ViewerResource(
            Presence presence,
            MediaViewers media,
            RunningShowStatistics shows,
            ShowStatisticsStore store,
            CurrentUser caller) {
        this.presence = presence;
        this.media = media;
        this.shows = shows;
        this.store = store;
        this.caller = caller;
    }

    /**
     * The audience of the show on air, or of the last one.
     *
     * @param connected people in the room now, however many tabs they have
     * @param media connections that play the video by HTTP-FLV or RTMP now: not people, and without HLS. This field and
     *     all that follow are only for the stream's owner and admins
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
            description = "For the stream's owner and admins also the statistics of the current or last show.")
    public Uni<SuccessResponse<Audience>> audience(StreamKey key) {
        return caller.getOptional()
                .chain(user -> presence.counts(List.of(key))
                        .chain(counts -> user.map(authenticated -> audienceFor(authenticated, key, counts.getFirst()))
                                .orElseGet(() -> Uni.createFrom().item(publicAudience(key, counts.getFirst())))))
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/history")
    @Authenticated
    @Operation(
            summary = "Get show statistics by minute",
            description = "Of the current or last show; only for the stream's owner and admins.")
    public Uni<SuccessResponse<History>> history(
            StreamKey key, @QueryParam("minutes") @DefaultValue("240") IntegerParameter minutes) {
        User user = caller.get();
        return findShow(key)
                .map(found -> found.orElseThrow(
                        () -> new DoramiException(ErrorCode.STREAM_NOT_FOUND, "This stream has had no show yet")))
                .invoke(show -> {
                    if (!isHost(user, show)) {
                        throw new DoramiException(
                                ErrorCode.FORBIDDEN, "Only the stream's owner or an admin can read its history");
                    }
                })
                .chain(show -> findMinutes(show, minutes.clamp(1, ShowStatistics.MAX_MINUTES))
                        .map(points -> new History(key, show.statistics().startedAt(), show.endedAt(), points)))
                .map(SuccessResponse::of);
    }

    private Uni<Audience> audienceFor(User user, StreamKey key, long connected) {
        return findShow(key).chain(show -> {
            if (!user.isAdmin() && show.filter(found -> isHost(user, found)).isEmpty()) {
                return Uni.createFrom().item(publicAudience(key, connected));
            }
            return media.counts(List.of(key)).map(counts -> fullAudience(key, connected, counts.getFirst(), show));
        });
    }

    /** Finds the show on air, else the last ended show. */
    private Uni<Optional<Show>> findShow(StreamKey key) {
        return shows.findRunning(key)
                .chain(running -> running.isPresent()
                        ? Uni.createFrom().item(running.map(statistics -> new Show(statistics, null)))
                        : store.findLast(key)
                                .map(last -> last.map(statistics -> new Show(statistics, statistics.measuredTo()))));
    }

    private Uni<List<Point>> findMinutes(Show show, int limit) {
        List<Minute> runningMinutes = show.statistics().minutes();
        Uni<List<Minute>> minutes = show.endedAt() == null
                ? Uni.createFrom()
                        .item(runningMinutes.subList(Math.max(0, runningMinutes.size() - limit), runningMinutes.size()))
                : store.findMinutes(show.statistics(), limit);
        return minutes.map(found -> found.stream().map(Point::of).toList());
    }

    private static boolean isHost(User user, Show show) {
        return user.isAdmin() || show.statistics().ownerId().equals(user.id());
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
