package io.dorami.viewer;

import io.dorami.contracts.Staff;
import io.dorami.contracts.commands.StreamLifecycle.StaffChanged;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;

/** Stores the co-hosts of streams, who may read the statistics of their shows. */
@ApplicationScoped
class StaffStore {

    private static final String UPSERT = """
            INSERT INTO stream_staff (stream_key, version, cohosts)
            VALUES ($1, $2, $3)
            ON CONFLICT (stream_key) DO UPDATE
            SET version = excluded.version, cohosts = excluded.cohosts
            WHERE stream_staff.version < excluded.version
            """;

    private static final String IS_COHOST = """
            SELECT $2 = ANY(cohosts) AS is_cohost
            FROM stream_staff
            WHERE stream_key = $1
            """;

    private final Database database;

    StaffStore(Database database) {
        this.database = database;
    }

    /** Stores the staff of a stream, unless a newer list is stored. */
    Uni<Void> save(StaffChanged event) {
        Staff staff = event.staff();
        return database.runCritical(connection -> connection
                        .preparedQuery(UPSERT)
                        .execute(Tuple.of(
                                event.stream().value(),
                                staff.version(),
                                staff.cohosts().toArray(String[]::new))))
                .replaceWithVoid();
    }

    Uni<Boolean> isCohost(StreamKey key, String userId) {
        return database.runBulk(
                        connection -> connection.preparedQuery(IS_COHOST).execute(Tuple.of(key.value(), userId)))
                .map(rows ->
                        SqlRows.first(rows, row -> row.getBoolean("is_cohost")).orElse(false));
    }
}
