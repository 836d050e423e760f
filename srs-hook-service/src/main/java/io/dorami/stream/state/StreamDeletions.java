package io.dorami.stream.state;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.service.database.Database;
import io.dorami.service.messaging.TransactionalOutbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Deletes streams with their shows. A deleted stream cannot be published: PostgreSQL does not know its key, and the
 * returned streams carry the next generation of their keys for Redis, which decides while PostgreSQL is slow.
 */
@ApplicationScoped
public class StreamDeletions {

    private static final String LOCK = StreamRows.SELECT + "WHERE id = ANY($1) ORDER BY id FOR UPDATE";

    private final Database database;
    private final TransactionalOutbox outbox;
    private final UpcomingShows upcomingShows;
    private final PlayableStreams playableStreams;

    StreamDeletions(
            Database database,
            TransactionalOutbox outbox,
            UpcomingShows upcomingShows,
            PlayableStreams playableStreams) {
        this.database = database;
        this.outbox = outbox;
        this.upcomingShows = upcomingShows;
        this.playableStreams = playableStreams;
    }

    /**
     * Deletes a stream.
     *
     * @throws DoramiException {@link ErrorCode#CONFLICT} while the stream is on air
     */
    public Uni<Stream> delete(UUID id, User user) {
        return delete(List.of(id), streams -> {
                    Stream stream = streams.stream().findFirst().orElseThrow(StreamStore::notFound);
                    StreamStore.requireManager(stream, user);
                    if (stream.state().isOnAir()) {
                        throw new DoramiException(ErrorCode.CONFLICT, "The stream is live; stop it first");
                    }
                })
                .map(List::getFirst);
    }

    /** Deletes those of the streams that exist and are not on air, and returns them. */
    public Uni<List<Stream>> deleteOffAir(Collection<UUID> ids) {
        return delete(ids, streams -> {});
    }

    private Uni<List<Stream>> delete(Collection<UUID> ids, Consumer<List<Stream>> check) {
        return database.inTransaction(
                transaction -> transaction
                        .preparedQuery(LOCK)
                        .execute(Tuple.of(ids.toArray(UUID[]::new)))
                        .map(StreamRows::streams)
                        .invoke(check)
                        .map(streams -> streams.stream()
                                .filter(stream -> !stream.state().isOnAir())
                                .toList())
                        .call(streams -> delete(transaction, streams))
                        .map(streams -> streams.stream()
                                .map(stream -> stream.withNextKeyGeneration(stream.expiresAt()))
                                .toList()),
                deleted -> {
                    deleted.forEach(stream -> playableStreams.update(stream.key(), stream.publisher()));
                    outbox.scheduleRelay();
                });
    }

    private Uni<Void> delete(SqlConnection transaction, List<Stream> streams) {
        Tuple ids = Tuple.of(streams.stream().map(Stream::id).toArray(UUID[]::new));
        return transaction
                .preparedQuery("DELETE FROM show WHERE stream_id = ANY($1)")
                .execute(ids)
                .chain(() -> transaction
                        .preparedQuery("DELETE FROM stream WHERE id = ANY($1)")
                        .execute(ids))
                .chain(() -> streams.stream().anyMatch(UpcomingShows::mayList)
                        ? upcomingShows.publish(transaction)
                        : Uni.createFrom().voidItem());
    }
}
