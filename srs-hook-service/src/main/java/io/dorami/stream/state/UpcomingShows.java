package io.dorami.stream.state;

import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.TransactionalOutbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;

/** The front page's list: public streams on air, then the scheduled ones. */
@ApplicationScoped
public class UpcomingShows {

    /** Shows in the event that every page receives. */
    private static final int PUBLISHED_SHOWS = 3;

    /** A time beyond the limit can only be an error of the past, and clients could not read it. */
    private static final String SELECT =
            StreamRows.SELECT + """
            WHERE %s AND (%s OR (state = 'PENDING' AND scheduled_at > $1 AND scheduled_at <= $2))
            ORDER BY %s DESC, started_at DESC NULLS LAST, scheduled_at LIMIT $3
            """.formatted(StreamRows.IS_PUBLIC, StreamRows.IS_ON_AIR, StreamRows.IS_ON_AIR);

    /** Serializes changes to the list, so that each transaction sees the one before. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.upcoming'))";

    private final Database database;
    private final TransactionalOutbox outbox;

    UpcomingShows(Database database, TransactionalOutbox outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    /** Streams on air first, then the scheduled ones, the next one first. */
    public Uni<List<Stream>> find(int limit) {
        return database.runBulk(connection -> find(connection, limit));
    }

    /** Returns false if the list cannot contain the stream, so that a change of the stream does not change the list. */
    static boolean mayList(Stream stream) {
        return !stream.key().isPrivate()
                && (stream.state().isOnAir()
                        || stream.state() instanceof StreamState.Pending
                                && stream.details().scheduledAt() != null);
    }

    /** Publishes the list to every page after the transaction has committed. */
    Uni<Void> publish(SqlConnection transaction) {
        return transaction
                .query(LOCK)
                .execute()
                .chain(() -> find(transaction, PUBLISHED_SHOWS))
                .chain(streams -> outbox.publish(
                        transaction,
                        RoomId.PLATFORM,
                        new RoomEvent.UpcomingUpdated(
                                streams.stream().map(next -> next.summary(null)).toList())));
    }

    private static Uni<List<Stream>> find(SqlConnection connection, int limit) {
        Instant now = Instant.now();
        return connection
                .preparedQuery(SELECT)
                .execute(Tuple.of(SqlTime.utc(now), SqlTime.utc(now.plus(StreamDetails.MAX_SCHEDULE_DISTANCE)), limit))
                .map(StreamRows::streams);
    }
}
