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
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
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

/** How many watch, and what a show's audience adds up to. Everybody reads the count; the owner and admins all of it. */
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
     * @param media connections that play the picture by HTTP-FLV or RTMP now: not people, and without HLS. Like all that
     *     follows, only for the stream's owner and admins
     * @param endedAt missing while the show is on air
     * @param unique people who were there at any time; standard error 0.81 %
     * @param average people who were there, over the time
     * @param watchSeconds the time that all spent together
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

    /** The audience in one minute, or in what has passed of it: {@code seconds}. */
    public record Point(Instant at, long seconds, long peak, long unique, double average, long watchSeconds) {
        static Point of(Minute minute) {
            return new Point(
                    minute.from(),
                    minute.length().toSeconds(),
                    minute.peak(),
                    minute.unique(),
                    rounded(minute.average()),
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

    /** A show, and when it ended. */
    private record Show(ShowStatistics record, @Nullable Instant endedAt) {}

    @GET
    @Operation(
            summary =
                    "How many watch; for the stream's owner and admins, the whole audience of the present or last show")
    public Uni<SuccessResponse<Audience>> audience(StreamKey key) {
        return caller.orGuest()
                .chain(user -> presence.counts(List.of(key))
                        .chain(counts -> user.map(signedIn -> ifHost(signedIn, key, counts.getFirst()))
                                .orElseGet(() -> Uni.createFrom().item(forEverybody(key, counts.getFirst())))))
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/history")
    @Authenticated
    @Operation(
            summary = "The audience of the present or last show, minute by minute; for the stream's owner and admins")
    public Uni<SuccessResponse<History>> history(
            StreamKey key,
            @QueryParam("minutes") @DefaultValue("240") @Min(1) @Max(ShowStatistics.MINUTES) int minutes) {
        User user = caller.get();
        return show(key)
                .map(found -> found.orElseThrow(
                        () -> new DoramiException(ErrorCode.STREAM_NOT_FOUND, "This stream has not been on air")))
                .invoke(show -> {
                    if (!isHost(user, show)) {
                        throw new DoramiException(
                                ErrorCode.FORBIDDEN, "Only the stream's owner or an admin may see its history");
                    }
                })
                .chain(show -> minutes(show, minutes)
                        .map(points -> new History(key, show.record().startedAt(), show.endedAt(), points)))
                .map(SuccessResponse::of);
    }

    private Uni<Audience> ifHost(User user, StreamKey key, long connected) {
        return show(key).chain(show -> {
            if (!user.admin() && show.filter(found -> isHost(user, found)).isEmpty()) {
                return Uni.createFrom().item(forEverybody(key, connected));
            }
            return media.counts(List.of(key)).map(counts -> forHost(key, connected, counts.getFirst(), show));
        });
    }

    /** The show on air, else the last one. */
    private Uni<Optional<Show>> show(StreamKey key) {
        return shows.onAir(key)
                .chain(onAir -> onAir.isPresent()
                        ? Uni.createFrom().item(onAir.map(record -> new Show(record, null)))
                        : store.last(key).map(last -> last.map(record -> new Show(record, record.measuredTo()))));
    }

    private Uni<List<Point>> minutes(Show show, int most) {
        List<Minute> onAir = show.record().minutes();
        Uni<List<Minute>> minutes = show.endedAt() == null
                ? Uni.createFrom().item(onAir.subList(Math.max(0, onAir.size() - most), onAir.size()))
                : store.minutes(show.record(), most);
        return minutes.map(found -> found.stream().map(Point::of).toList());
    }

    private static boolean isHost(User user, Show show) {
        return user.admin() || show.record().ownerId().equals(user.id());
    }

    private static Audience forEverybody(StreamKey key, long connected) {
        return new Audience(key, connected, null, null, null, null, null, null, null);
    }

    private static Audience forHost(StreamKey key, long connected, long media, Optional<Show> show) {
        return show.map(found -> new Audience(
                        key,
                        connected,
                        media,
                        found.record().startedAt(),
                        found.endedAt(),
                        found.record().peak(),
                        found.record().unique(),
                        rounded(found.record().average()),
                        found.record().watched().toSeconds()))
                .orElseGet(() -> new Audience(key, connected, media, null, null, null, null, null, null));
    }

    /** Two digits behind the point are more than a plot shows. */
    private static double rounded(double average) {
        return Math.round(average * 100) / 100.0;
    }
}
