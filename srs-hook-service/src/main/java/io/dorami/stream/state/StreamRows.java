package io.dorami.stream.state;

import io.dorami.contracts.commands.FreeShipping;
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
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Maps streams to rows of the table {@code stream}. */
final class StreamRows {

    private static final String COLUMNS = """
            id, key, owner_id, owner_name, title, description, thumbnail_url, scheduled_at, expires_at, created_at,
            started_at, ended_at, key_generation, state, since, publisher, rivals, gone, grace_until, free_shipping,
            free_shipping_threshold
            """;

    /** Private streams are in no list, because a reader of a list has no invitation. */
    static final String IS_PUBLIC = "key NOT LIKE '" + StreamKey.PRIVATE_PREFIX + "%'";

    static final String IS_ON_AIR = "state IN ('LIVE', 'GRACE')";

    static final String SELECT = "SELECT " + COLUMNS + "FROM stream ";

    static final String INSERT = "INSERT INTO stream (" + COLUMNS + """
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
              $20, $21)
            """;

    static final String UPDATE = """
            UPDATE stream SET expires_at = $2, started_at = $3, ended_at = $4, key_generation = $5, state = $6,
              since = $7, publisher = $8, rivals = $9, gone = $10, grace_until = $11, free_shipping = $12,
              free_shipping_threshold = $13, title = $14, description = $15, thumbnail_url = $16, scheduled_at = $17
            WHERE id = $1
            """;

    /** Rows whose failure was logged; one line for each, because pages request their lists every few seconds. */
    private static final Set<UUID> REPORTED_ROWS = ConcurrentHashMap.newKeySet();

    private static final int MAX_REPORTED_ROWS = 1_000;

    private static final Logger LOG = Logger.getLogger(StreamRows.class);

    private StreamRows() {}

    /** Reads the rows of a list. A row that cannot be read is left out, so that it does not break the list. */
    static List<Stream> streams(RowSet<Row> rows) {
        return list(rows, StreamRows::stream);
    }

    /** Reads the rows of a list with a reader of its own; see {@link #streams}. */
    static <T> List<T> list(RowSet<Row> rows, Function<Row, T> reader) {
        return SqlRows.list(rows, row -> readable(row, reader)).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static <T> Optional<T> readable(Row row, Function<Row, T> reader) {
        try {
            return Optional.of(reader.apply(row));
        } catch (RuntimeException e) {
            UUID id = row.getUUID("id");
            if (REPORTED_ROWS.size() < MAX_REPORTED_ROWS && REPORTED_ROWS.add(id)) {
                LOG.errorf(e, "Unreadable stream left out of lists: id=%s", id);
            }
            return Optional.empty();
        }
    }

    static Stream stream(Row row) {
        return new Stream(
                row.getUUID("id"),
                new StreamKey(row.getString("key")),
                row.getString("owner_id"),
                row.getString("owner_name"),
                new StreamDetails(
                        row.getString("title"),
                        row.getString("description"),
                        row.getString("thumbnail_url"),
                        SqlTime.nullableInstant(row, "scheduled_at"),
                        new FreeShipping(
                                FreeShipping.Mode.valueOf(row.getString("free_shipping")),
                                row.getBigDecimal("free_shipping_threshold"))),
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
                .addString(stream.details().title())
                .addString(stream.details().description())
                .addString(stream.details().thumbnailUrl())
                .addOffsetDateTime(SqlTime.utc(stream.details().scheduledAt()))
                .addOffsetDateTime(SqlTime.utc(stream.expiresAt()))
                .addOffsetDateTime(SqlTime.utc(stream.createdAt()));
        return addFreeShipping(addProgress(row, stream), stream.details().freeShipping());
    }

    /** The values for {@link #UPDATE}. */
    static Tuple updateValues(Stream stream) {
        Tuple row = addProgress(
                Tuple.tuple().addUUID(stream.id()).addOffsetDateTime(SqlTime.utc(stream.expiresAt())), stream);
        StreamDetails details = stream.details();
        return addFreeShipping(row, details.freeShipping())
                .addString(details.title())
                .addString(details.description())
                .addString(details.thumbnailUrl())
                .addOffsetDateTime(SqlTime.utc(details.scheduledAt()));
    }

    private static Tuple addFreeShipping(Tuple row, FreeShipping terms) {
        return row.addString(terms.mode().name()).addBigDecimal(terms.threshold());
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
