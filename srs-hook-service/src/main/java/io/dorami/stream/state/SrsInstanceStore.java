package io.dorami.stream.state;

import io.dorami.service.database.Database;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** SRS's runs and their heartbeats, in PostgreSQL. */
@ApplicationScoped
public class SrsInstanceStore {

    /** Restarts that are remembered: a late hook is of the run before. */
    private static final int REMEMBERED = 20;

    private static final String ORDER = "SELECT run FROM (SELECT number, run FROM srs_run ORDER BY number DESC LIMIT "
            + REMEMBERED + ") AS last" + " ORDER BY number";

    private final Database database;

    SrsInstanceStore(Database database) {
        this.database = database;
    }

    /** The last heartbeat of the newest run; a run whose hooks came and no heartbeat yet has none. */
    public record LastHeartbeat(
            String run, @Nullable Instant beatAt, @Nullable String beat) {}

    /** The runs so far, with this one. */
    Uni<SrsInstances> heardOf(SqlConnection transaction, String run) {
        return order(transaction)
                .chain(known -> known.order().contains(run)
                        ? Uni.createFrom().item(known)
                        : transaction
                                .preparedQuery("INSERT INTO srs_run (run) VALUES ($1) ON CONFLICT DO NOTHING")
                                .execute(Tuple.of(run))
                                .chain(() -> transaction
                                        .query("DELETE FROM srs_run WHERE number NOT IN"
                                                + " (SELECT number FROM srs_run ORDER BY number DESC LIMIT "
                                                + REMEMBERED + ")")
                                        .execute())
                                .chain(() -> order(transaction)));
    }

    /** Keeps the heartbeat with what it says of the load, and answers the runs so far. */
    public Uni<SrsInstances> beat(String run, Instant now, Optional<String> load) {
        return database.transaction(transaction -> heardOf(transaction, run)
                .call(() -> transaction
                        .preparedQuery("UPDATE srs_run SET beat_at = $2, beat = $3 WHERE run = $1")
                        .execute(Tuple.of(run, StreamRows.utc(now), load.orElse(null)))));
    }

    public Uni<Optional<LastHeartbeat>> pulse() {
        return database.critical(connection -> connection
                        .query("SELECT run, beat_at, beat FROM srs_run ORDER BY number DESC LIMIT 1")
                        .execute())
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .findFirst()
                        .map(row -> new LastHeartbeat(
                                row.getString("run"), StreamRows.instant(row, "beat_at"), row.getString("beat"))));
    }

    private static Uni<SrsInstances> order(SqlConnection connection) {
        return connection
                .query(ORDER)
                .execute()
                .map(rows -> new SrsInstances(StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> row.getString("run"))
                        .toList()));
    }
}
