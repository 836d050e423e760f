package io.dorami.stream.state;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.dorami.stream.state.StreamState.Grace;
import io.dorami.stream.state.StreamState.Live;
import io.dorami.stream.state.StreamState.Offline;
import io.dorami.stream.state.StreamState.Pending;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maps streams to rows of the table {@code stream}. */
final class StreamRows {

    private static final String COLUMNS = """
            id, key, owner_id, owner_name, title, description, thumbnail_url, scheduled_at, expires_at, created_at,
            started_at, ended_at, key_generation, state, since, publisher, rivals, gone, grace_until
            """;

    static final String SELECT = "SELECT " + COLUMNS + "FROM stream ";

    static final String INSERT = "INSERT INTO stream (" + COLUMNS + """
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            """;

    static final String UPDATE = """
            UPDATE stream SET expires_at = $2, started_at = $3, ended_at = $4, key_generation = $5, state = $6,
              since = $7, publisher = $8, rivals = $9, gone = $10, grace_until = $11
            WHERE id = $1
            """;

    private StreamRows() {}

    static List<Stream> streams(RowSet<Row> rows) {
        return SqlRows.list(rows, StreamRows::stream);
    }

    static Stream stream(Row row) {
        return new Stream(
                row.getUUID("id"),
                new StreamKey(row.getString("key")),
                row.getString("owner_id"),
                row.getString("owner_name"),
                row.getString("title"),
                row.getString("description"),
                row.getString("thumbnail_url"),
                SqlTime.nullableInstant(row, "scheduled_at"),
                SqlTime.instant(row, "expires_at"),
                SqlTime.instant(row, "created_at"),
                SqlTime.nullableInstant(row, "started_at"),
                SqlTime.nullableInstant(row, "ended_at"),
                row.getInteger("key_generation"),
                new StreamProgress(state(row), SqlTime.instant(row, "since"), publishers(row, "gone")));
    }

    /** The values for {@link #INSERT}. */
    static Tuple insertValues(Stream stream) {
        Tuple row = Tuple.tuple()
                .addUUID(stream.id())
                .addString(stream.key().value())
                .addString(stream.ownerId())
                .addString(stream.ownerName())
                .addString(stream.title())
                .addString(stream.description())
                .addString(stream.thumbnailUrl())
                .addOffsetDateTime(SqlTime.utc(stream.scheduledAt()))
                .addOffsetDateTime(SqlTime.utc(stream.expiresAt()))
                .addOffsetDateTime(SqlTime.utc(stream.createdAt()));
        return addProgress(row, stream);
    }

    /** The values for {@link #UPDATE}. */
    static Tuple updateValues(Stream stream) {
        return addProgress(
                Tuple.tuple().addUUID(stream.id()).addOffsetDateTime(SqlTime.utc(stream.expiresAt())), stream);
    }

    private static StreamState state(Row row) {
        return switch (row.getString("state")) {
            case "PENDING" -> new Pending();
            case "LIVE" -> new Live(Publisher.parse(row.getString("publisher")), publishers(row, "rivals"));
            case "GRACE" -> new Grace(SqlTime.instant(row, "grace_until"));
            case "OFFLINE" -> new Offline();
            default -> throw new IllegalStateException("Unknown state: " + row.getString("state"));
        };
    }

    private static List<Publisher> publishers(Row row, String column) {
        return Arrays.stream(row.getArrayOfStrings(column))
                .map(Publisher::parse)
                .toList();
    }

    private static Tuple addProgress(Tuple row, Stream stream) {
        row.addOffsetDateTime(SqlTime.utc(stream.startedAt()))
                .addOffsetDateTime(SqlTime.utc(stream.endedAt()))
                .addInteger(stream.keyGeneration());
        return switch (stream.state()) {
            case Pending pending -> addProgress(row, "PENDING", stream, null, List.of(), null);
            case Live live -> addProgress(row, "LIVE", stream, live.publisher(), live.rivals(), null);
            case Grace grace -> addProgress(row, "GRACE", stream, null, List.of(), grace.until());
            case Offline offline -> addProgress(row, "OFFLINE", stream, null, List.of(), null);
        };
    }

    private static Tuple addProgress(
            Tuple row,
            String state,
            Stream stream,
            @Nullable Publisher publisher,
            List<Publisher> rivals,
            @Nullable Instant graceUntil) {
        return row.addString(state)
                .addOffsetDateTime(SqlTime.utc(stream.progress().since()))
                .addString(publisher == null ? null : publisher.toString())
                .addArrayOfString(toStrings(rivals))
                .addArrayOfString(toStrings(stream.progress().gonePublishers()))
                .addOffsetDateTime(SqlTime.utc(graceUntil));
    }

    private static String[] toStrings(List<Publisher> publishers) {
        return publishers.stream().map(Publisher::toString).toArray(String[]::new);
    }
}
