package io.dorami.viewer;

import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.RunningShowStatistics;
import io.dorami.presence.ShowStatistics;
import io.dorami.presence.ShowStatistics.Minute;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stores the statistics of ended shows in PostgreSQL. An ended show stays in Redis until it is written, however long
 * PostgreSQL is unavailable. Writing is idempotent.
 */
@ApplicationScoped
class ShowStatisticsStore {

    private static final String INSERT_SHOW = """
            WITH written AS (
                INSERT INTO show_record (stream_key, started_at, owner_id, measured_from, measured_to, peak,
                    unique_viewers, watched_ms)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT DO NOTHING
                RETURNING stream_key, started_at
            )
            INSERT INTO show_minute (stream_key, started_at, begins_at, length_ms, peak, unique_viewers, watched_ms)
            SELECT stream_key, started_at, minute.*
            FROM written,
                unnest($9::timestamptz[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[]) AS minute
            """;

    private static final String SELECT_SHOW = """
            SELECT stream_key, started_at, owner_id, measured_from, measured_to, peak, unique_viewers, watched_ms
            FROM show_record
            WHERE stream_key = $1 AND ($2::timestamptz IS NULL OR started_at = $2)
            ORDER BY started_at DESC
            LIMIT 1
            """;

    private static final String SELECT_MINUTES = """
            SELECT begins_at, length_ms, peak, unique_viewers, watched_ms
            FROM show_minute
            WHERE stream_key = $1 AND started_at = $2
            ORDER BY begins_at DESC
            LIMIT $3
            """;

    private final Database database;
    private final RunningShowStatistics shows;
    private final ViewerMetrics metrics;

    ShowStatisticsStore(Database database, RunningShowStatistics shows, ViewerMetrics metrics) {
        this.database = database;
        this.shows = shows;
        this.metrics = metrics;
    }

    /** Writes the ended shows of these partitions. */
    Uni<Void> writeEnded(List<Partition> owned) {
        return Multi.createFrom()
                .iterable(owned)
                .onItem()
                .transformToUniAndConcatenate(shows::findEnded)
                .onItem()
                .transformToMultiAndConcatenate(ended -> Multi.createFrom().iterable(ended))
                .onItem()
                .transformToUniAndConcatenate(
                        show -> write(show).chain(() -> shows.deleteEnded(show)).invoke(metrics::countWrittenShow))
                .onItem()
                .ignoreAsUni();
    }

    /** Finds the ended show with this start, without a start the last one; the result has no minutes. */
    Uni<Optional<ShowStatistics>> find(StreamKey key, @Nullable Instant startedAt) {
        return database.runBulk(connection -> connection
                .preparedQuery(SELECT_SHOW)
                .execute(Tuple.of(key.value(), SqlTime.utc(startedAt)))
                .map(rows -> SqlRows.first(rows, ShowStatisticsStore::toShowStatistics)));
    }

    /** Finds the last minutes of an ended show, oldest first. */
    Uni<List<Minute>> findMinutes(ShowStatistics show, int limit) {
        return database.runBulk(connection -> connection
                .preparedQuery(SELECT_MINUTES)
                .execute(Tuple.of(show.stream().value(), SqlTime.utc(show.startedAt()), limit))
                .map(rows -> SqlRows.list(rows, ShowStatisticsStore::toMinute).reversed()));
    }

    private Uni<Void> write(ShowStatistics show) {
        Tuple row = Tuple.tuple()
                .addString(show.stream().value())
                .addOffsetDateTime(SqlTime.utc(show.startedAt()))
                .addString(show.ownerId())
                .addOffsetDateTime(SqlTime.utc(show.measuredFrom()))
                .addOffsetDateTime(SqlTime.utc(show.measuredTo()))
                .addLong(show.peak())
                .addLong(show.unique())
                .addLong(show.watched().toMillis())
                .addArrayOfOffsetDateTime(show.minutes().stream()
                        .map(minute -> SqlTime.utc(minute.from()))
                        .toArray(OffsetDateTime[]::new))
                .addArrayOfLong(column(show, minute -> minute.length().toMillis()))
                .addArrayOfLong(column(show, Minute::peak))
                .addArrayOfLong(column(show, Minute::unique))
                .addArrayOfLong(column(show, minute -> minute.watched().toMillis()));
        return database.runBulk((SqlConnection connection) ->
                connection.preparedQuery(INSERT_SHOW).execute(row).replaceWithVoid());
    }

    private static Long[] column(ShowStatistics show, Function<Minute, Long> mapper) {
        return show.minutes().stream().map(mapper).toArray(Long[]::new);
    }

    private static ShowStatistics toShowStatistics(Row row) {
        return new ShowStatistics(
                new StreamKey(row.getString("stream_key")),
                row.getString("owner_id"),
                SqlTime.instant(row, "started_at"),
                SqlTime.instant(row, "measured_from"),
                SqlTime.instant(row, "measured_to"),
                row.getLong("peak"),
                row.getLong("unique_viewers"),
                Duration.ofMillis(row.getLong("watched_ms")),
                Collections.emptyList());
    }

    private static Minute toMinute(Row row) {
        return new Minute(
                SqlTime.instant(row, "begins_at"),
                Duration.ofMillis(row.getLong("length_ms")),
                row.getLong("peak"),
                row.getLong("unique_viewers"),
                Duration.ofMillis(row.getLong("watched_ms")));
    }
}
