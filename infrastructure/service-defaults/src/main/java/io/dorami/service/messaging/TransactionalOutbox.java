package io.dorami.service.messaging;

import static jakarta.interceptor.Interceptor.Priority.LIBRARY_AFTER;

import io.dorami.contracts.Json;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.InboxAddress;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.PublisherChange;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RedisKeys.RoomKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.EventBus.OutboxEvent;
import io.dorami.service.runtime.PeriodicTask;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.arc.properties.UnlessBuildProperty;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events if and only if the transaction that wrote them commits. Each event is a row that is written in the
 * transaction. One active relay among all replicas publishes the rows in order, marks them and keeps them for a while.
 * A relay that dies or hangs before the mark publishes again: the event bus detects the repeat by the row's
 * {@code dedupe} and, even after ten minutes, by its id.
 *
 * <p>A commit wakes the relay of its own replica. If another replica is relaying and may have read the rows before the
 * commit, NOTIFY wakes that replica. The NOTIFY runs outside of any transaction, because inside of one all commits
 * would queue behind each other. A slow poll finds the rows of a replica that died before its NOTIFY.
 *
 * <p>A service has an outbox if its {@code application.properties} names it ({@code dorami.outbox.name}) and its
 * migrations include {@code db/outbox}, whose table has a null {@code room} for a lifecycle event or a command. Insert
 * the row after locking the row that the event is about, so that the ids of events about one subject are in order.
 */
@ApplicationScoped
@UnlessBuildProperty(name = "dorami.outbox.name", stringValue = "") // only for services that name an outbox
public class TransactionalOutbox {

    /** Rows of a batch. At about 10 us a row the batch blocks Redis for 5 ms. */
    private static final int BATCH_SIZE = 500;

    /** Maximum delay of an event whose replica died between the commit and waking a relay. */
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

    /** Retention of published rows: half of the dedupe window ({@code DoramiConfig#dedupeWindow()}). */
    private static final Duration RETENTION = Duration.ofMinutes(5);

    /** Rows that a poll deletes at most. At two polls a second, 10,000 rows a second. */
    private static final int PURGE_BATCH_SIZE = 5_000;

    private static final Logger LOG = Logger.getLogger(TransactionalOutbox.class);

    private static final String INSERT = """
        INSERT INTO outbox (subject, room, message) VALUES ($1, $2, $3)\
        """;

    // The lock is bound to the transaction, so that a dead relay releases it.
    private static final String SELECT_BATCH = """
        SELECT lock.held, o.*
        FROM (SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || '.outbox')) AS held) AS lock
        LEFT JOIN LATERAL (
          SELECT id, dedupe::text AS dedupe, coalesce(subject, dedupe::text) AS subject, room, message, written_at
          FROM outbox WHERE lock.held AND published_at IS NULL ORDER BY id LIMIT %d
        ) AS o ON true
        ORDER BY o.id\
        """.formatted(BATCH_SIZE);

    private static final String MARK_PUBLISHED = """
        UPDATE outbox SET published_at = now() WHERE id = ANY($1)\
        """;

    // Only the oldest rows are considered, because the time has no index.
    private static final String PURGE = """
        DELETE FROM outbox
        WHERE published_at < now() - interval '%d seconds' AND id IN (SELECT id FROM outbox ORDER BY id LIMIT %d)\
        """.formatted(RETENTION.toSeconds(), PURGE_BATCH_SIZE);

    private final String name;
    private final Database database;
    private final EventBus bus;
    private final String channel;
    private final Timer delay;
    private final List<Cancellable> tasks = new ArrayList<>();
    private final AtomicInteger relayRequests = new AtomicInteger();
    private final AtomicBoolean ownCommit = new AtomicBoolean();

    TransactionalOutbox(
            @ConfigProperty(name = "dorami.outbox.name") String name,
            Database database,
            EventBus bus,
            MeterRegistry registry) {
        this.name = name;
        this.database = database;
        this.bus = bus;
        this.channel = name + "_outbox";
        this.delay = Timer.builder("dorami.outbox.delay")
                .description("Time from the insertion of an outbox row, just before the commit, to its publication")
                .tag("outbox", name)
                .register(registry);
    }

    /** Starts the relay, after the migrations of a service that runs them in a startup observer of its own. */
    void start(@Observes @Priority(LIBRARY_AFTER) StartupEvent event) {
        tasks.add(PeriodicTask.start(
                name + " outbox", POLL_INTERVAL, () -> relayAll().chain(this::purge)));
        tasks.add(database.listen(channel, this::requestRelay));
    }

    /** Stops the relay. Another replica or the next start relays the remaining rows. */
    void stop(@Observes ShutdownEvent event) {
        tasks.forEach(Cancellable::cancel);
    }

    /**
     * Publishes the event to its room after the transaction has committed.
     *
     * @param subject the entity that the event is about, at most 100 characters. An event that is relayed after a later
     *     event about the same subject is skipped, so each must be written while the subject is locked
     */
    public Uni<Void> publish(SqlConnection transaction, RoomId room, @Nullable Object subject, RoomEvent event) {
        if (!event.delivery().isLogged()) {
            throw new IllegalArgumentException("Only logged events can be published by an outbox: " + event.name());
        }
        String frame = EventBus.toFrame(room, event).body();
        return insert(transaction, Tuple.of(subject == null ? null : subject.toString(), room.toString(), frame));
    }

    /** Publishes an event that no lock orders: once, in the order of the committed ids. */
    public Uni<Void> publish(SqlConnection transaction, RoomId room, RoomEvent event) {
        return publish(transaction, room, null, event);
    }

    /** Sends the lifecycle event to the subscribing services after the transaction has committed. */
    public Uni<Void> publish(SqlConnection transaction, StreamLifecycle event) {
        return insert(transaction, Tuple.of(null, null, Json.write(event)));
    }

    /** Sends the command to its service's inbox after the transaction has committed. */
    public Uni<Void> send(SqlConnection transaction, ChatCommand command) {
        return insert(transaction, Tuple.of(null, null, Json.write(command)));
    }

    /** Schedules a relay of the events that were just committed, instead of waiting for the next poll. */
    public void scheduleRelay() {
        ownCommit.set(true);
        requestRelay();
    }

    private static Uni<Void> insert(SqlConnection transaction, Tuple row) {
        return transaction.preparedQuery(INSERT).execute(row).replaceWithVoid();
    }

    /** Runs one relay at a time. Requests during a run are served together by one further run. */
    private void requestRelay() {
        if (relayRequests.getAndIncrement() == 0) {
            runRelay();
        }
    }

    private void runRelay() {
        int served = relayRequests.get();
        boolean notify = ownCommit.getAndSet(false);
        relayAll()
                .chain(holdsLock -> holdsLock || !notify ? Uni.createFrom().voidItem() : notifyOtherReplicas())
                .subscribe()
                .with(done -> finishRun(served), e -> {
                    LOG.debugf("Outbox relay failed; the next poll retries: channel=%s reason=%s", channel, e);
                    relayRequests.set(0);
                });
    }

    private void finishRun(int served) {
        if (!relayRequests.compareAndSet(served, 0)) {
            runRelay();
        }
    }

    private Uni<Void> notifyOtherReplicas() {
        return database.runCritical(connection ->
                        connection.preparedQuery("SELECT pg_notify($1, '')").execute(Tuple.of(channel)))
                .replaceWithVoid();
    }

    private Uni<Void> purge(boolean holdsLock) {
        return holdsLock
                ? database.runCritical(connection -> connection.query(PURGE).execute())
                        .replaceWithVoid()
                : Uni.createFrom().voidItem();
    }

    /** Relays all rows. Returns false if another replica is relaying. */
    private Uni<Boolean> relayAll() {
        return database.inTransaction(this::relayBatch).chain(batch -> {
            if (batch.failure() != null) {
                return Uni.createFrom().failure(batch.failure());
            }
            return batch.isFull() ? relayAll() : Uni.createFrom().item(batch.holdsLock());
        });
    }

    /** The result of a batch. */
    private record RelayBatch(
            boolean holdsLock, boolean isFull, @Nullable Throwable failure) {}

    /** The result of the rows of a batch that share a room. */
    private record RoomResult(List<Row> rows, @Nullable Throwable failure) {}

    /**
     * Publishes the rooms in parallel and each room's rows in order. Rows that did not fail are marked despite failures
     * of other rooms.
     */
    private Uni<RelayBatch> relayBatch(SqlConnection transaction) {
        return transaction.query(SELECT_BATCH).execute().chain(rows -> {
            boolean holdsLock = rows.iterator().next().getBoolean("held");
            List<Row> unpublished = SqlRows.list(rows, row -> row).stream()
                    .filter(row -> row.getLong("id") != null)
                    .toList();
            if (unpublished.isEmpty()) {
                return Uni.createFrom().item(new RelayBatch(holdsLock, false, null));
            }
            return Multi.createFrom()
                    .iterable(byRoom(unpublished))
                    .onItem()
                    .transformToUniAndMerge(
                            room -> publish(room).onItemOrFailure().transform((done, e) -> new RoomResult(room, e)))
                    .collect()
                    .asList()
                    .chain(results -> markPublished(transaction, results)
                            .replaceWith(() ->
                                    new RelayBatch(holdsLock, unpublished.size() == BATCH_SIZE, failure(results))));
        });
    }

    private static Collection<List<Row>> byRoom(List<Row> rows) {
        Map<String, List<Row>> rooms = new LinkedHashMap<>();
        rows.forEach(row -> rooms.computeIfAbsent(String.valueOf(row.getString("room")), room -> new ArrayList<>())
                .add(row));
        return rooms.values();
    }

    private Uni<Void> publish(List<Row> rows) {
        String room = rows.getFirst().getString("room");
        return room == null ? sendMessages(rows) : publish(RedisKeys.roomKeys(RoomId.parse(room)), rows);
    }

    private Uni<Void> publish(RoomKeys keys, List<Row> rows) {
        return bus.publishInOrder(
                keys,
                rows.stream()
                        .flatMap(row -> read(row, message -> EventFrame.decode(null, message)).stream()
                                .map(frame -> new OutboxEvent(
                                        row.getLong("id"), row.getString("subject"), row.getString("dedupe"), frame)))
                        .toList());
    }

    private Uni<Void> sendMessages(List<Row> rows) {
        return Multi.createFrom()
                .iterable(rows)
                .onItem()
                .transformToIterable(row -> read(row, message -> Json.read(message, InboxMessage.class)).stream()
                        .toList())
                .onItem()
                .transformToUniAndConcatenate(this::send)
                .onItem()
                .ignoreAsUni();
    }

    private Uni<Void> send(InboxMessage message) {
        return switch (message) {
            case StreamLifecycle event -> bus.publish(event);
            case ChatCommand command -> bus.sendWithoutLimit(InboxAddress.CHAT, command);
            case PublisherChange change -> bus.sendWithoutLimit(InboxAddress.STREAM, change);
        };
    }

    /** Parses a row. An unreadable row is skipped, because it must not block the rows that follow. */
    private static <T> Optional<T> read(Row row, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(row.getString("message")));
        } catch (IllegalArgumentException | DoramiException e) {
            LOG.errorf(e, "Outbox row skipped: id=%d room=%s", row.getLong("id"), row.getString("room"));
            return Optional.empty();
        }
    }

    private Uni<Void> markPublished(SqlConnection transaction, List<RoomResult> results) {
        List<Row> published = results.stream()
                .filter(result -> result.failure() == null)
                .flatMap(result -> result.rows().stream())
                .toList();
        Instant now = Instant.now();
        published.forEach(row -> delay.record(Duration.between(SqlTime.instant(row, "written_at"), now)));
        Long[] ids = published.stream().map(row -> row.getLong("id")).toArray(Long[]::new);
        return transaction.preparedQuery(MARK_PUBLISHED).execute(Tuple.of(ids)).replaceWithVoid();
    }

    private static @Nullable Throwable failure(List<RoomResult> results) {
        return results.stream()
                .map(RoomResult::failure)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
