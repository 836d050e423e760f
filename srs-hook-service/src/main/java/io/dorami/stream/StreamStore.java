package io.dorami.stream;

import io.dorami.contracts.Channel;
import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.Lifecycle;
import io.dorami.contracts.RoomEvent;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.StreamKey;
import io.dorami.service.Background;
import io.dorami.service.Database;
import io.dorami.service.EventBus;
import io.dorami.service.Outbox;
import io.dorami.stream.StreamRules.Change;
import io.dorami.stream.StreamRules.Outcome;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Streams in PostgreSQL, where every replica sees them. A change of state and what is said of it are one transaction, so
 * each is told once, whichever replica was asked and whichever dies.
 */
@ApplicationScoped
class StreamStore {

    /** How late the end of a grace may be noticed. */
    private static final Duration GRACE_POLL = Duration.ofMillis(500);

    /** Streams whose grace ends in one round; the rest waits for the next, half a second later. */
    private static final int GRACE_BATCH = 50;

    private static final String COLUMNS = "id, key, owner_id, owner_name, title, description, thumbnail_url,"
            + " scheduled_at, expires_at, created_at, started_at, ended_at, state, publisher, server_run, rival,"
            + " grace_until";

    private static final String SELECT = "SELECT " + COLUMNS + " FROM stream ";

    private static final String INSERT = "INSERT INTO stream (" + COLUMNS + ")"
            + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

    private static final String UPDATE = "UPDATE stream SET started_at = $2, ended_at = $3, state = $4, publisher = $5,"
            + " server_run = $6, rival = $7, grace_until = $8 WHERE id = $1";

    private static final String ON_AIR = SELECT + "WHERE state IN ('LIVE', 'GRACE') ORDER BY started_at DESC LIMIT $1";

    private static final String TO_COME =
            SELECT + "WHERE state = 'PENDING' AND scheduled_at > $1 ORDER BY scheduled_at LIMIT $2";

    private static final String GRACE_OVER = SELECT
            + "WHERE state = 'GRACE' AND grace_until <= $1 ORDER BY grace_until LIMIT " + GRACE_BATCH
            + " FOR UPDATE SKIP LOCKED";

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Database database;
    private final EventBus bus;
    private final StreamRules rules;
    private final StreamMetrics metrics;
    private @Nullable Outbox outbox;

    StreamStore(Database database, EventBus bus, StreamConfig config, StreamMetrics metrics) {
        this.database = database;
        this.bus = bus;
        this.rules = new StreamRules(config.grace());
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        outbox = new Outbox("stream", database, bus);
        Background.repeat("grace", GRACE_POLL, this::endGraces);
    }

    void stop(@Observes ShutdownEvent event) {
        if (outbox != null) {
            outbox.close();
        }
    }

    Uni<Void> register(Stream stream) {
        return database.transaction(transaction -> transaction
                        .preparedQuery(INSERT)
                        .execute(row(stream))
                        .chain(() -> Outbox.tell(
                                transaction,
                                new Lifecycle.StreamRegistered(stream.key(), stream.ownerId(), stream.createdAt()))))
                .invoke(this::relay);
    }

    Uni<Optional<Stream>> find(StreamKey key) {
        return database.critical(connection ->
                        connection.preparedQuery(SELECT + "WHERE key = $1").execute(Tuple.of(key.value())))
                .map(rows -> streams(rows).stream().findFirst());
    }

    Uni<List<Stream>> onAir(int limit) {
        return database.bulk(connection -> connection.preparedQuery(ON_AIR).execute(Tuple.of(limit)))
                .map(StreamStore::streams);
    }

    Uni<List<Stream>> toCome(int limit) {
        return database.bulk(
                        connection -> connection.preparedQuery(TO_COME).execute(Tuple.of(utc(clock.instant()), limit)))
                .map(StreamStore::streams);
    }

    Uni<Stream> publish(StreamKey key, String client, String serverRun) {
        return change("key = $1", key.value(), stream -> rules.publish(stream.state(), client, serverRun));
    }

    Uni<Stream> unpublish(StreamKey key, String client) {
        return change("key = $1", key.value(), stream -> rules.unpublish(stream.state(), client, clock.instant()));
    }

    /** SRS closed a connection; its hook does not say of which stream. */
    Uni<Void> close(String client) {
        return database.critical(connection -> connection
                        .preparedQuery("UPDATE stream SET rival = NULL WHERE state = 'LIVE' AND rival = $1")
                        .execute(Tuple.of(client)))
                .replaceWithVoid();
    }

    /**
     * Ends the show.
     *
     * @param allowed fails where the caller may not
     */
    Uni<Stream> end(UUID id, Function<Stream, Boolean> allowed) {
        return change("id = $1", id, stream -> {
            if (!allowed.apply(stream)) {
                throw new DoramiException(ErrorCode.FORBIDDEN, "Only the stream's owner or an admin may end it");
            }
            return rules.stop(stream.state());
        });
    }

    private Uni<Stream> change(String where, Object key, Function<Stream, Outcome> rule) {
        return database.transaction(transaction -> transaction
                        .preparedQuery(SELECT + "WHERE " + where + " FOR UPDATE")
                        .execute(Tuple.of(key))
                        .map(rows -> streams(rows).stream()
                                .findFirst()
                                .orElseThrow(() ->
                                        new DoramiException(ErrorCode.STREAM_NOT_FOUND, "There is no such stream")))
                        .chain(stream -> carryOut(transaction, stream, rule.apply(stream))))
                .invoke(this::relay);
    }

    private Uni<Void> endGraces() {
        return database.transaction(transaction -> transaction
                        .preparedQuery(GRACE_OVER)
                        .execute(Tuple.of(utc(clock.instant())))
                        .map(StreamStore::streams)
                        .chain(over -> Multi.createFrom()
                                .iterable(over)
                                .onItem()
                                .transformToUniAndConcatenate(stream ->
                                        carryOut(transaction, stream, rules.expire(stream.state(), clock.instant())))
                                .collect()
                                .asList()))
                .invoke(ended -> {
                    if (!ended.isEmpty()) {
                        relay();
                    }
                })
                .replaceWithVoid();
    }

    private Uni<Stream> carryOut(SqlConnection transaction, Stream before, Outcome outcome) {
        Instant now = clock.instant();
        Stream after = before.in(outcome, now);
        return transaction
                .preparedQuery(UPDATE)
                .execute(changed(after))
                .chain(() -> outcome.change()
                        .map(change -> tell(transaction, after, change, now))
                        .orElseGet(() -> Uni.createFrom().voidItem()))
                .replaceWith(after);
    }

    private Uni<Void> tell(SqlConnection transaction, Stream stream, Change change, Instant now) {
        metrics.changed(change);
        RoomId room = new RoomId(Channel.STREAM, stream.key());
        return switch (change) {
            case STARTED ->
                Outbox.publish(transaction, room, new RoomEvent.StreamStarted(stream.key(), stream.title(), now))
                        .chain(() -> Outbox.tell(
                                transaction, new Lifecycle.StreamWentLive(stream.key(), stream.ownerId(), now)));
            case ENDED ->
                Outbox.publish(transaction, room, new RoomEvent.StreamEnded(stream.key()))
                        .chain(() -> Outbox.tell(
                                transaction, new Lifecycle.StreamWentOffline(stream.key(), stream.ownerId(), now)));
        };
    }

    /** Called after the commit: the change holds, and whoever made it need not wait for the telling. */
    private void relay() {
        if (outbox != null) {
            outbox.relaySoon();
        }
    }

    private static List<Stream> streams(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> new Stream(
                        row.getUUID("id"),
                        new StreamKey(row.getString("key")),
                        row.getString("owner_id"),
                        row.getString("owner_name"),
                        row.getString("title"),
                        row.getString("description"),
                        row.getString("thumbnail_url"),
                        instant(row, "scheduled_at"),
                        row.getOffsetDateTime("expires_at").toInstant(),
                        row.getOffsetDateTime("created_at").toInstant(),
                        instant(row, "started_at"),
                        instant(row, "ended_at"),
                        state(row)))
                .toList();
    }

    private static StreamState state(Row row) {
        return switch (row.getString("state")) {
            case "PENDING" -> new StreamState.Pending();
            case "LIVE" ->
                new StreamState.Live(
                        row.getString("publisher"),
                        row.getString("server_run"),
                        Optional.ofNullable(row.getString("rival")));
            case "GRACE" ->
                new StreamState.Grace(row.getOffsetDateTime("grace_until").toInstant());
            case "OFFLINE" -> new StreamState.Offline();
            default -> throw new IllegalStateException("No state " + row.getString("state"));
        };
    }

    private static Tuple row(Stream stream) {
        Tuple row = Tuple.tuple()
                .addUUID(stream.id())
                .addString(stream.key().value())
                .addString(stream.ownerId())
                .addString(stream.ownerName())
                .addString(stream.title())
                .addString(stream.description())
                .addString(stream.thumbnailUrl())
                .addOffsetDateTime(utc(stream.scheduledAt()))
                .addOffsetDateTime(utc(stream.expiresAt()))
                .addOffsetDateTime(utc(stream.createdAt()));
        return addState(row, stream);
    }

    private static Tuple changed(Stream stream) {
        return addState(Tuple.tuple().addUUID(stream.id()), stream);
    }

    private static Tuple addState(Tuple row, Stream stream) {
        row.addOffsetDateTime(utc(stream.startedAt())).addOffsetDateTime(utc(stream.endedAt()));
        return switch (stream.state()) {
            case StreamState.Pending pending -> addState(row, "PENDING", null, null, null, null);
            case StreamState.Live live ->
                addState(
                        row,
                        "LIVE",
                        live.publisher(),
                        live.serverRun(),
                        live.rival().orElse(null),
                        null);
            case StreamState.Grace grace -> addState(row, "GRACE", null, null, null, grace.until());
            case StreamState.Offline offline -> addState(row, "OFFLINE", null, null, null, null);
        };
    }

    private static Tuple addState(
            Tuple row,
            String state,
            @Nullable String publisher,
            @Nullable String serverRun,
            @Nullable String rival,
            @Nullable Instant graceUntil) {
        return row.addString(state)
                .addString(publisher)
                .addString(serverRun)
                .addString(rival)
                .addOffsetDateTime(utc(graceUntil));
    }

    private static @Nullable Instant instant(Row row, String column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null ? null : time.toInstant();
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
