package io.dorami.chat.db;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statistics of ended shows in PostgreSQL. */
@ApplicationScoped
public class ChatStatisticsStore {

    /** A repeated end of a show may have counted fewer messages, never more. */
    private static final String UPSERT_SHOW = """
            INSERT INTO show_chat (stream_key, started_at, ended_at, messages)
            VALUES ($1, $2, $3, $4)
            ON CONFLICT (stream_key, started_at) DO UPDATE
            SET messages = greatest(show_chat.messages, excluded.messages)
            """;

    private static final String SELECT_SHOW = """
            SELECT started_at, ended_at, messages
            FROM show_chat
            WHERE stream_key = $1 AND ($2::timestamptz IS NULL OR started_at = $2)
            ORDER BY started_at DESC
            LIMIT 1
            """;

    private final Database database;

    ChatStatisticsStore(Database database) {
        this.database = database;
    }

    /** Stores the statistics of an ended show, any number of times. */
    public Uni<Void> save(ChatStatistics show) {
        Tuple row = Tuple.of(
                show.stream().value(), SqlTime.utc(show.startedAt()), SqlTime.utc(show.endedAt()), show.messages());
        return database.runBulk(
                connection -> connection.preparedQuery(UPSERT_SHOW).execute(row).replaceWithVoid());
    }

    /** Finds the ended show with this start; the last one without a start. */
    public Uni<Optional<ChatStatistics>> find(StreamKey key, @Nullable Instant startedAt) {
        return database.runBulk(connection -> connection
                .preparedQuery(SELECT_SHOW)
                .execute(Tuple.of(key.value(), SqlTime.utc(startedAt)))
                .map(rows -> SqlRows.first(rows, row -> toStatistics(key, row))));
    }

    private static ChatStatistics toStatistics(StreamKey key, Row row) {
        return new ChatStatistics(
                key, SqlTime.instant(row, "started_at"), SqlTime.instant(row, "ended_at"), row.getLong("messages"));
    }
}
