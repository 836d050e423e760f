package io.dorami.stream.notices;

import io.dorami.contracts.events.Notice;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.messaging.TransactionalOutbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;

/** Stores the notice line in PostgreSQL. */
@ApplicationScoped
class NoticeStore {

    private static final String UPSERT = """
            INSERT INTO notice (text, font_size, font_family) VALUES ($1, $2, $3)
            ON CONFLICT (id) DO UPDATE SET text = $1, font_size = $2, font_family = $3
            """;

    private final Database database;
    private final TransactionalOutbox outbox;

    NoticeStore(Database database, TransactionalOutbox outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    Uni<Notice> find() {
        return database.runBulk(connection -> connection
                        .query("SELECT text, font_size, font_family FROM notice")
                        .execute())
                .map(rows -> SqlRows.first(
                                rows,
                                row -> new Notice(
                                        row.getString("text"),
                                        row.getInteger("font_size"),
                                        row.getString("font_family")))
                        .orElse(Notice.NONE));
    }

    /** Stores the line and publishes it to every page. */
    Uni<Void> save(Notice notice) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(UPSERT)
                        .execute(Tuple.of(notice.text(), notice.fontSize(), notice.fontFamily()))
                        .chain(() -> outbox.publish(transaction, RoomId.PLATFORM, new RoomEvent.NoticeUpdated(notice))))
                .invoke(outbox::scheduleRelay);
    }
}
