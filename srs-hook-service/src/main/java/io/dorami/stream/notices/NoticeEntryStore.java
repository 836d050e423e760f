package io.dorami.stream.notices;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Stores the list of notices in PostgreSQL. */
@ApplicationScoped
class NoticeEntryStore {

    /** A new notice a day for half a year. Every list returns all of them. */
    static final int MAX_ENTRIES = 200;

    private static final String SELECT =
            "SELECT id, title, content, category, is_active, created_at, updated_at FROM notice_entry ";

    private static final String NEWEST_FIRST = "ORDER BY created_at DESC, id";

    /** Serializes insertions, because a count without a lock lets simultaneous requests exceed the limit. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.notice_entry'))";

    private static final String INSERT = """
            INSERT INTO notice_entry (id, title, content, category, is_active, created_at, updated_at)
            SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM notice_entry) < $8
            """;

    private static final String UPDATE = """
            UPDATE notice_entry SET title = $2, content = $3, category = $4, is_active = $5, updated_at = $6
            WHERE id = $1
            """;

    private final Database database;

    NoticeEntryStore(Database database) {
        this.database = database;
    }

    /** The notices that users see, the newest first. */
    Uni<List<NoticeEntry>> findActive() {
        return find(SELECT + "WHERE is_active " + NEWEST_FIRST);
    }

    /** All notices, the newest first. */
    Uni<List<NoticeEntry>> findAll() {
        return find(SELECT + NEWEST_FIRST);
    }

    /**
     * Adds a notice.
     *
     * @throws DoramiException {@link ErrorCode#CONFLICT} if there are {@link #MAX_ENTRIES} already
     */
    Uni<NoticeEntry> add(NoticeEntry entry) {
        Tuple row = Tuple.of(
                        entry.id(),
                        entry.title(),
                        entry.content(),
                        entry.category().name())
                .addBoolean(entry.isActive())
                .addOffsetDateTime(SqlTime.utc(entry.createdAt()))
                .addOffsetDateTime(SqlTime.utc(entry.updatedAt()))
                .addInteger(MAX_ENTRIES);
        return database.inTransaction(transaction -> transaction
                        .query(LOCK)
                        .execute()
                        .chain(() -> transaction.preparedQuery(INSERT).execute(row)))
                .map(inserted -> {
                    if (inserted.rowCount() == 0) {
                        throw new DoramiException(
                                ErrorCode.CONFLICT, "There are " + MAX_ENTRIES + " notices; delete one first");
                    }
                    return entry;
                });
    }

    Uni<NoticeEntry> change(UUID id, UnaryOperator<NoticeEntry> change) {
        return database.inTransaction(transaction -> lock(transaction, id)
                .map(change)
                .call(entry -> transaction
                        .preparedQuery(UPDATE)
                        .execute(Tuple.of(
                                entry.id(),
                                entry.title(),
                                entry.content(),
                                entry.category().name(),
                                entry.isActive(),
                                SqlTime.utc(entry.updatedAt())))));
    }

    /** Deletes a notice and returns it. */
    Uni<NoticeEntry> delete(UUID id) {
        return database.inTransaction(transaction -> lock(transaction, id)
                .call(entry -> transaction
                        .preparedQuery("DELETE FROM notice_entry WHERE id = $1")
                        .execute(Tuple.of(id))));
    }

    private Uni<List<NoticeEntry>> find(String query) {
        return database.runBulk(connection -> connection.query(query).execute())
                .map(rows -> SqlRows.list(rows, NoticeEntryStore::entry));
    }

    private static Uni<NoticeEntry> lock(SqlConnection transaction, UUID id) {
        return transaction
                .preparedQuery(SELECT + "WHERE id = $1 FOR UPDATE")
                .execute(Tuple.of(id))
                .map(rows -> SqlRows.first(rows, NoticeEntryStore::entry)
                        .orElseThrow(() -> new DoramiException(ErrorCode.NOT_FOUND, "Notice not found")));
    }

    private static NoticeEntry entry(Row row) {
        return new NoticeEntry(
                row.getUUID("id"),
                row.getString("title"),
                row.getString("content"),
                NoticeEntry.Category.valueOf(row.getString("category")),
                row.getBoolean("is_active"),
                SqlTime.instant(row, "created_at"),
                SqlTime.instant(row, "updated_at"));
    }
}
