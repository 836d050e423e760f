package io.dorami.product.show;

import io.dorami.contracts.commands.FreeShipping;
import io.dorami.contracts.commands.StreamLifecycle.StaffChanged;
import io.dorami.contracts.commands.StreamLifecycle.StreamRegistered;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Streams in PostgreSQL, as received in their lifecycle events: owner, co-hosts, and the terms of the show. */
@ApplicationScoped
public class ShowStore {

    private static final String UPSERT_STREAM = """
        INSERT INTO stream (key, owner_id, title, free_shipping_mode, free_shipping_threshold)
        VALUES ($1, $2, $3, coalesce($4, 'DISABLED'), $5)
        ON CONFLICT (key) DO UPDATE SET
          owner_id = $2,
          title = coalesce($3, stream.title),
          free_shipping_mode = coalesce($4, stream.free_shipping_mode),
          free_shipping_threshold = CASE WHEN $4 IS NULL THEN stream.free_shipping_threshold ELSE $5 END
        """;

    private static final String UPSERT_STAFF = """
        INSERT INTO stream (key, owner_id, staff_version, cohosts) VALUES ($1, $2, $3, $4)
        ON CONFLICT (key) DO UPDATE SET staff_version = $3, cohosts = $4 WHERE stream.staff_version < $3
        """;

    private static final String SET_LIVE = "UPDATE stream SET live_since = $2 WHERE key = $1";

    private static final String FIND_SELLERS = "SELECT owner_id, cohosts FROM stream WHERE key = $1";

    private final Database database;

    ShowStore(Database database) {
        this.database = database;
    }

    /** The users who may sell in a show: its owner and its co-hosts. */
    public record Sellers(String ownerId, List<String> cohosts) {

        /** The ids of all of them, the owner's first. */
        public List<String> userIds() {
            return Stream.concat(Stream.of(ownerId), cohosts.stream()).toList();
        }
    }

    /** Stores the owner of a stream, and its title and terms if the event has them. */
    public Uni<Void> save(StreamRegistered event) {
        FreeShipping terms = event.freeShipping();
        Tuple parameters = Tuple.tuple()
                .addString(event.stream().value())
                .addString(event.ownerId())
                .addString(event.title())
                .addString(terms == null ? null : terms.mode().name())
                .addValue(terms == null ? null : terms.threshold());
        return database.runCritical(
                        connection -> connection.preparedQuery(UPSERT_STREAM).execute(parameters))
                .replaceWithVoid();
    }

    /** Stores the co-hosts of a stream, unless a newer list is stored. */
    public Uni<Void> save(StaffChanged event) {
        Tuple parameters = Tuple.of(
                event.stream().value(),
                event.ownerId(),
                event.staff().version(),
                event.staff().cohosts().toArray(String[]::new));
        return database.runCritical(
                        connection -> connection.preparedQuery(UPSERT_STAFF).execute(parameters))
                .replaceWithVoid();
    }

    /** Stores the start of a stream's show, or null at its end. */
    Uni<Void> saveLiveSince(StreamKey key, @Nullable Instant since) {
        return database.runCritical(connection ->
                        connection.preparedQuery(SET_LIVE).execute(Tuple.of(key.value(), SqlTime.utc(since))))
                .replaceWithVoid();
    }

    Uni<Optional<Sellers>> findSellers(StreamKey key) {
        return database.runCritical(connection -> findSellers(connection, key));
    }

    /** Finds the sellers of a show; empty if the stream is unknown. */
    public Uni<Optional<Sellers>> findSellers(SqlConnection connection, StreamKey key) {
        return connection
                .preparedQuery(FIND_SELLERS)
                .execute(Tuple.of(key.value()))
                .map(rows -> SqlRows.first(
                        rows,
                        row -> new Sellers(row.getString("owner_id"), List.of(row.getArrayOfStrings("cohosts")))));
    }
}
