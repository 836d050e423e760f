package io.dorami.stream.state;

import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores SRS's instances and their heartbeats in PostgreSQL. */
@ApplicationScoped
public class SrsInstanceStore {

    /** Remembered instances: a late hook comes from the previous one. */
    private static final int MAX_INSTANCES = 20;

    private static final String SELECT_INSTANCES = """
            SELECT run FROM (SELECT number, run FROM srs_run ORDER BY number DESC LIMIT %d) AS last
            ORDER BY number
            """.formatted(MAX_INSTANCES);

    private static final String DELETE_OLD_INSTANCES = """
            DELETE FROM srs_run WHERE number NOT IN
              (SELECT number FROM srs_run ORDER BY number DESC LIMIT %d)
            """.formatted(MAX_INSTANCES);

    private final Database database;

    SrsInstanceStore(Database database) {
        this.database = database;
    }

    /**
     * The last heartbeat of the newest instance.
     *
     * @param receivedAt missing if the instance has sent hooks, but no heartbeat yet
     * @param load as JSON; missing without a heartbeat, or if the heartbeat has none
     */
    public record LastHeartbeat(
            String instanceId,
            @Nullable Instant receivedAt,
            @Nullable String load) {}

    /** Adds an instance if it is new, and returns all instances. */
    Uni<SrsInstances> register(SqlConnection transaction, String instanceId) {
        return selectInstances(transaction)
                .chain(known -> known.instanceIds().contains(instanceId)
                        ? Uni.createFrom().item(known)
                        : transaction
                                .preparedQuery("INSERT INTO srs_run (run) VALUES ($1) ON CONFLICT DO NOTHING")
                                .execute(Tuple.of(instanceId))
                                .chain(() ->
                                        transaction.query(DELETE_OLD_INSTANCES).execute())
                                .chain(() -> selectInstances(transaction)));
    }

    /** Stores a heartbeat with its load, and returns all instances. */
    public Uni<SrsInstances> recordHeartbeat(String instanceId, Instant now, Optional<String> load) {
        return database.inTransaction(transaction -> register(transaction, instanceId)
                .call(() -> transaction
                        .preparedQuery("UPDATE srs_run SET beat_at = $2, beat = $3 WHERE run = $1")
                        .execute(Tuple.of(instanceId, SqlTime.utc(now), load.orElse(null)))));
    }

    public Uni<Optional<LastHeartbeat>> lastHeartbeat() {
        return database.runCritical(connection -> connection
                        .query("SELECT run, beat_at, beat FROM srs_run ORDER BY number DESC LIMIT 1")
                        .execute())
                .map(rows -> SqlRows.first(
                        rows,
                        row -> new LastHeartbeat(
                                row.getString("run"), SqlTime.nullableInstant(row, "beat_at"), row.getString("beat"))));
    }

    private static Uni<SrsInstances> selectInstances(SqlConnection connection) {
        return connection
                .query(SELECT_INSTANCES)
                .execute()
                .map(rows -> new SrsInstances(SqlRows.list(rows, row -> row.getString("run"))));
    }
}
