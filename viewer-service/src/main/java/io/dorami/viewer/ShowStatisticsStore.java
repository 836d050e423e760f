package io.dorami.viewer;

import io.dorami.contracts.keys.Partition;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.RunningShowStatistics;
import io.dorami.presence.ShowStatistics;
import io.dorami.presence.ShowStatistics.Minute;
import io.dorami.service.database.Database;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * Records of shows in PostgreSQL. A show that ended waits in Redis until it is written here, however long PostgreSQL is
 * away; what is written twice is written once.
 */
@ApplicationScoped
class ShowStatisticsStore {

    private static final String WRITE = "WITH written AS ("
            + "INSERT INTO show_record (stream_key, started_at, owner_id, measured_from, measured_to, peak,"
            + " unique_viewers, watched_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"
            + " RETURNING stream_key, started_at) "
            + "INSERT INTO show_minute (stream_key, started_at, begins_at, length_ms, peak, unique_viewers, watched_ms)"
            + " SELECT stream_key, started_at, minute.* FROM written,"
            + " unnest($9::timestamptz[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[]) AS minute";

    private static final String LAST = "SELECT stream_key, started_at, owner_id, measured_from, measured_to, peak,"
            + " unique_viewers, watched_ms FROM show_record WHERE stream_key = $1 ORDER BY started_at DESC LIMIT 1";

    private static final String MINUTES = "SELECT begins_at, length_ms, peak, unique_viewers, watched_ms"
            + " FROM show_minute WHERE stream_key = $1 AND started_at = $2 ORDER BY begins_at DESC LIMIT $3";

    private final Database database;
    private final RunningShowStatistics shows;
    private final ViewerMetrics metrics;

    ShowStatisticsStore(Database database, RunningShowStatistics shows, ViewerMetrics metrics) {
        this.database = database;
        this.shows = shows;
        this.metrics = metrics;
    }

    /** Writes what waits in these partitions. */
    Uni<Void> writeEnded(List<Partition> owned) {
        return Multi.createFrom()
                .iterable(owned)
                .onItem()
                .transformToUniAndConcatenate(shows::ended)
                .onItem()
                .transformToMultiAndConcatenate(ended -> Multi.createFrom().iterable(ended))
                .onItem()
                .transformToUniAndConcatenate(record ->
                        write(record).chain(() -> shows.written(record)).invoke(metrics::written))
                .onItem()
                .ignoreAsUni();
    }

    /** The last show of the stream that ended, without its minutes. */
    Uni<Optional<ShowStatistics>> last(StreamKey key) {
        return database.bulk(connection -> connection
                .preparedQuery(LAST)
                .execute(Tuple.of(key.value()))
                .map(rows -> all(rows, row -> record(row)).stream().findFirst()));
    }

    /** The last minutes of a show that ended, oldest first. */
    Uni<List<Minute>> minutes(ShowStatistics show, int most) {
        return database.bulk(connection -> connection
                .preparedQuery(MINUTES)
                .execute(Tuple.of(show.stream().value(), utc(show.startedAt()), most))
                .map(rows -> all(rows, ShowStatisticsStore::minute).reversed()));
    }

    private Uni<Void> write(ShowStatistics show) {
        Tuple row = Tuple.tuple()
                .addString(show.stream().value())
                .addOffsetDateTime(utc(show.startedAt()))
                .addString(show.ownerId())
                .addOffsetDateTime(utc(show.measuredFrom()))
                .addOffsetDateTime(utc(show.measuredTo()))
                .addLong(show.peak())
                .addLong(show.unique())
                .addLong(show.watched().toMillis())
                .addArrayOfOffsetDateTime(show.minutes().stream()
                        .map(minute -> utc(minute.from()))
                        .toArray(OffsetDateTime[]::new))
                .addArrayOfLong(column(show, minute -> minute.length().toMillis()))
                .addArrayOfLong(column(show, Minute::peak))
                .addArrayOfLong(column(show, Minute::unique))
                .addArrayOfLong(column(show, minute -> minute.watched().toMillis()));
        return database.bulk((SqlConnection connection) ->
                connection.preparedQuery(WRITE).execute(row).replaceWithVoid());
    }

    private static Long[] column(ShowStatistics show, Function<Minute, Long> value) {
        return show.minutes().stream().map(value).toArray(Long[]::new);
    }

    private static <T> List<T> all(RowSet<Row> rows, Function<Row, T> read) {
        return StreamSupport.stream(rows.spliterator(), false).map(read).toList();
    }

    private static ShowStatistics record(Row row) {
        return new ShowStatistics(
                new StreamKey(row.getString("stream_key")),
                row.getString("owner_id"),
                instant(row, "started_at"),
                instant(row, "measured_from"),
                instant(row, "measured_to"),
                row.getLong("peak"),
                row.getLong("unique_viewers"),
                Duration.ofMillis(row.getLong("watched_ms")),
                Collections.emptyList());
    }

    private static Minute minute(Row row) {
        return new Minute(
                instant(row, "begins_at"),
                Duration.ofMillis(row.getLong("length_ms")),
                row.getLong("peak"),
                row.getLong("unique_viewers"),
                Duration.ofMillis(row.getLong("watched_ms")));
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
