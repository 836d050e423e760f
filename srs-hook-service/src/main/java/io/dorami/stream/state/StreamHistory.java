package io.dorami.stream.state;

import io.dorami.contracts.ShowRole;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlTime;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** Streams with their shows: all of them for admins, those of a user, and the last shows for all visitors. */
@ApplicationScoped
public class StreamHistory {

    private static final String SELECT_PAGE = """
            SELECT stream.*, shows.seconds AS airtime_seconds, shows.peak AS peak_viewers
            FROM stream LEFT JOIN LATERAL (
              SELECT floor(sum(EXTRACT(EPOCH FROM COALESCE(show.ended_at, $1) - show.started_at)))::bigint AS seconds,
                max(show.peak_viewers) AS peak
              FROM show WHERE show.stream_id = stream.id
            ) AS shows ON true
            ORDER BY COALESCE(stream.started_at, stream.created_at) DESC, stream.id LIMIT $2 OFFSET $3
            """;

    private static final String SELECT_RECENT = """
            SELECT stream.*, show.peak_viewers
            FROM stream JOIN show ON show.stream_id = stream.id AND show.started_at = stream.started_at
            WHERE state = 'OFFLINE' AND %s ORDER BY stream.ended_at DESC, stream.id LIMIT $1
            """.formatted(StreamRows.IS_PUBLIC);

    /** The ids of the streams that a user owns or works for; each part has an index. */
    private static final String IDS_OF_USER = """
            SELECT id FROM stream WHERE owner_id = $1
            UNION SELECT stream_id FROM stream_staff WHERE user_id = $1
            """;

    private static final String COUNT_OF_USER = "SELECT count(*) AS total FROM (" + IDS_OF_USER + ") AS ids";

    private static final String SELECT_OF_USER = """
            SELECT stream.*, stream_staff.role AS staff_role
            FROM (%s) AS ids JOIN stream ON stream.id = ids.id
              LEFT JOIN stream_staff ON stream_staff.stream_id = stream.id AND stream_staff.user_id = $1
            ORDER BY COALESCE(stream.started_at, stream.created_at) DESC, stream.id LIMIT $2 OFFSET $3
            """.formatted(IDS_OF_USER);

    private static final String SELECT_SHOWS = """
            SELECT started_at, ended_at, peak_viewers FROM show WHERE stream_id = $1
            ORDER BY started_at DESC LIMIT $2
            """;

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Database database;
    private final PeakViewers peaks;

    StreamHistory(Database database, PeakViewers peaks) {
        this.database = database;
        this.peaks = peaks;
    }

    /**
     * A stream in the history.
     *
     * @param airtime the duration of all shows, the current one until now; empty before the first show
     * @param peakViewers the maximum of all shows; 0 if it is unknown
     */
    public record Entry(Stream stream, Optional<Duration> airtime, long peakViewers) {}

    /**
     * A page of the history.
     *
     * @param total the number of all streams
     * @param number the number of the page, at most that of the last page
     */
    public record Page(List<Entry> entries, long total, int number, int size) {

        public int totalPages() {
            return pages(total, size);
        }
    }

    /**
     * A public stream that is off air after its last show.
     *
     * @param peakViewers empty if Redis did not respond at the show's end
     */
    public record RecentShow(Stream stream, Optional<Long> peakViewers) {}

    /**
     * A show of a stream.
     *
     * @param endedAt empty while the show is on air
     * @param peakViewers empty if Redis did not respond at the show's end, or does not respond now
     */
    public record ShowEntry(Instant startedAt, Optional<Instant> endedAt, Optional<Long> peakViewers) {}

    /** A stream with a user's role in it. */
    public record UserStream(Stream stream, ShowRole role) {}

    /**
     * A page of the streams that a user owns or works for.
     *
     * @param total the number of all of them
     * @param number the number of the page, at most that of the last page
     */
    public record UserStreams(List<UserStream> streams, long total, int number, int size) {

        public int totalPages() {
            return pages(total, size);
        }
    }

    /**
     * Finds a page of the streams that a user owns or works for, the newest first. A number beyond the last page finds
     * the last page.
     */
    public Uni<UserStreams> findOfUser(String userId, int number, int size) {
        return database.runBulk(connection -> connection
                .preparedQuery(COUNT_OF_USER)
                .execute(Tuple.of(userId))
                .map(rows -> rows.iterator().next().getLong("total"))
                .chain(total -> {
                    int existing = existingPage(number, total, size);
                    return connection
                            .preparedQuery(SELECT_OF_USER)
                            .execute(Tuple.of(userId, size, (existing - 1L) * size))
                            .map(rows -> new UserStreams(
                                    StreamRows.list(rows, StreamHistory::userStream), total, existing, size));
                }));
    }

    private static UserStream userStream(Row row) {
        String role = row.getString("staff_role");
        return new UserStream(StreamRows.stream(row), role == null ? ShowRole.OWNER : ShowRole.valueOf(role));
    }

    /** Finds the shows of a stream, the newest first. */
    public Uni<List<ShowEntry>> findShows(Stream stream, int limit) {
        return database.runBulk(
                        connection -> connection.preparedQuery(SELECT_SHOWS).execute(Tuple.of(stream.id(), limit)))
                .map(rows -> StreamRows.list(
                        rows,
                        row -> new ShowEntry(
                                SqlTime.instant(row, "started_at"),
                                Optional.ofNullable(SqlTime.nullableInstant(row, "ended_at")),
                                Optional.ofNullable(row.getLong("peak_viewers")))))
                .chain(shows -> stream.state().isOnAir()
                        ? peaks.find(stream).map(peak -> withCurrentPeak(shows, peak))
                        : Uni.createFrom().item(shows));
    }

    private static List<ShowEntry> withCurrentPeak(List<ShowEntry> shows, Optional<Long> peak) {
        return shows.stream()
                .map(show -> show.endedAt().isPresent() ? show : new ShowEntry(show.startedAt(), show.endedAt(), peak))
                .toList();
    }

    /** Finds the shows that ended last, one for each public stream that is off air. */
    public Uni<List<RecentShow>> findRecent(int limit) {
        return database.runBulk(
                        connection -> connection.preparedQuery(SELECT_RECENT).execute(Tuple.of(limit)))
                .map(rows -> StreamRows.list(
                        rows,
                        row -> new RecentShow(
                                StreamRows.stream(row), Optional.ofNullable(row.getLong("peak_viewers")))));
    }

    /** Finds a page, the newest stream first. A number beyond the last page finds the last page. */
    public Uni<Page> find(int number, int size) {
        return database.runBulk(connection -> count(connection).chain(total -> {
                    int existing = existingPage(number, total, size);
                    return find(connection, existing, size).map(entries -> new Page(entries, total, existing, size));
                }))
                .chain(this::withCurrentPeaks);
    }

    private static int existingPage(int number, long total, int size) {
        return Math.max(1, Math.min(number, pages(total, size)));
    }

    private static int pages(long total, int size) {
        return Math.toIntExact(Math.ceilDiv(total, size));
    }

    private static Uni<Long> count(SqlConnection connection) {
        return connection
                .query("SELECT count(*) AS total FROM stream")
                .execute()
                .map(rows -> rows.iterator().next().getLong("total"));
    }

    private Uni<List<Entry>> find(SqlConnection connection, int number, int size) {
        return connection
                .preparedQuery(SELECT_PAGE)
                .execute(Tuple.of(SqlTime.utc(clock.instant()), size, (number - 1L) * size))
                .map(rows -> StreamRows.list(rows, StreamHistory::entry));
    }

    private static Entry entry(Row row) {
        Long peak = row.getLong("peak_viewers");
        return new Entry(
                StreamRows.stream(row),
                Optional.ofNullable(row.getLong("airtime_seconds")).map(Duration::ofSeconds),
                peak == null ? 0 : peak);
    }

    /** Adds the peaks of shows on air, which PostgreSQL does not have yet. */
    private Uni<Page> withCurrentPeaks(Page page) {
        return Multi.createFrom()
                .iterable(page.entries())
                .onItem()
                .transformToUniAndConcatenate(this::withCurrentPeak)
                .collect()
                .asList()
                .map(entries -> new Page(entries, page.total(), page.number(), page.size()));
    }

    private Uni<Entry> withCurrentPeak(Entry entry) {
        return entry.stream().state().isOnAir()
                ? peaks.find(entry.stream())
                        .map(current -> new Entry(
                                entry.stream(), entry.airtime(), Math.max(entry.peakViewers(), current.orElse(0L))))
                : Uni.createFrom().item(entry);
    }
}
