package io.dorami.service.messaging;

import io.dorami.contracts.Json;
import io.dorami.contracts.commands.ChatCommand;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.PublisherChange;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RedisKeys.RoomKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.service.database.Database;
import io.dorami.service.messaging.EventBus.OutboxEvent;
import io.dorami.service.runtime.PeriodicTask;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
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
import java.util.stream.StreamSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Events that leave a service if and only if its transaction commits. A row is written in the transaction; one active
 * relay among all replicas publishes the rows in order, marks them and keeps them for a while. A relay that dies or hangs
 * in between publishes again: the bus recognises a repeat by the row's {@code dedupe} and, after ten minutes too, by its id.
 *
 * <p>Whoever commits wakes the relay of its own replica. Where another replica is just relaying, and may have looked
 * before the commit, it is told by NOTIFY, outside of any transaction, for inside one all commits would queue up behind
 * each other. A slow poll finds what was left by a replica that died before it could say so.
 *
 * <p>Needs the table of {@code db/outbox}; {@code room} is null for a lifecycle event or a command. Draw the id after the row that the
 * event is about is locked: so events about one thing are in order.
 */
public final class TransactionalOutbox {

    /** At about 10 us a row, 5 ms in Redis, which does nothing else meanwhile. */
    private static final int BATCH = 500;

    /** How late a commit is told whose replica died before it could wake anybody. */
    private static final Duration POLL = Duration.ofMillis(500);

    /** Half of the time for which the bus knows a repeat ({@code DoramiConfig#onceTime()}). */
    private static final Duration KEPT = Duration.ofMinutes(5);

    /** At two polls a second, 10,000 rows a second. */
    private static final int PURGED = 5_000;

    private static final Logger LOG = Logger.getLogger(TransactionalOutbox.class);

    private static final String INSERT = "INSERT INTO outbox (subject, room, message) VALUES ($1, $2, $3)";

    // The lock goes with the transaction: a relay that dies lets go of it.
    private static final String NEXT = """
        SELECT lock.held, o.*
        FROM (SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || '.outbox')) AS held) AS lock
        LEFT JOIN LATERAL (
          SELECT id, dedupe::text AS dedupe, coalesce(subject, dedupe::text) AS subject, room, message, written_at
          FROM outbox WHERE lock.held AND published_at IS NULL ORDER BY id LIMIT %d
        ) AS o ON true
        ORDER BY o.id\
        """.formatted(BATCH);

    private static final String MARK = "UPDATE outbox SET published_at = now() WHERE id = ANY($1)";

    // Only the oldest are looked at, for there is no index on the time.
    private static final String PURGE =
            "DELETE FROM outbox WHERE published_at < now() - interval '%d seconds'".formatted(KEPT.toSeconds())
                    + " AND id IN (SELECT id FROM outbox ORDER BY id LIMIT %d)".formatted(PURGED);

    private final Database database;
    private final EventBus bus;
    private final String channel;
    private final Timer delay;
    private final List<Cancellable> closing = new ArrayList<>();
    private final AtomicInteger wanted = new AtomicInteger();
    private final AtomicBoolean committed = new AtomicBoolean();

    /** Relays from now on. */
    public TransactionalOutbox(String name, Database database, EventBus bus) {
        this.database = database;
        this.bus = bus;
        this.channel = name + "_outbox";
        this.delay = Timer.builder("dorami.outbox.delay")
                .description("from the row's writing, just before the commit, until Redis has it")
                .tag("outbox", name)
                .publishPercentileHistogram()
                .register(Metrics.globalRegistry);
        closing.add(PeriodicTask.repeat(name + " outbox", POLL, () -> relayAll().chain(this::purge)));
        closing.add(database.listen(channel, this::want));
    }

    /** Relays no more; what is left, another replica relays, or the next start. */
    public void close() {
        closing.forEach(Cancellable::cancel);
    }

    /**
     * The event goes to its room once the transaction has committed.
     *
     * @param subject what the event is about, at most 100 characters. One that comes out after a later one about the same
     *     subject is left out, so each must be written while the subject is locked
     */
    public static Uni<Void> publish(SqlConnection transaction, RoomId room, @Nullable Object subject, RoomEvent event) {
        if (!event.delivery().logged()) {
            throw new IllegalArgumentException("Only what is logged needs an outbox: " + event.name());
        }
        String frame = EventBus.frame(room, event).body();
        return insert(transaction, Tuple.of(subject == null ? null : subject.toString(), room.toString(), frame));
    }

    /** The same for an event that no lock orders: it goes out once, in the order of the ids that are there. */
    public static Uni<Void> publish(SqlConnection transaction, RoomId room, RoomEvent event) {
        return publish(transaction, room, null, event);
    }

    /** The services hear of it once the transaction has committed. */
    public static Uni<Void> tell(SqlConnection transaction, StreamLifecycle event) {
        return insert(transaction, Tuple.of(null, null, Json.write(event)));
    }

    /** The service that decides on the command finds it in its inbox once the transaction has committed. */
    public static Uni<Void> send(SqlConnection transaction, ChatCommand command) {
        return insert(transaction, Tuple.of(null, null, Json.write(command)));
    }

    /** Publishes what has just been committed without waiting for the next poll; nobody waits for it. */
    public void relaySoon() {
        committed.set(true);
        want();
    }

    private static Uni<Void> insert(SqlConnection transaction, Tuple row) {
        return transaction.preparedQuery(INSERT).execute(row).replaceWithVoid();
    }

    /** One run at a time; whoever comes meanwhile is served by one more. */
    private void want() {
        if (wanted.getAndIncrement() == 0) {
            run();
        }
    }

    private void run() {
        int served = wanted.get();
        boolean ours = committed.getAndSet(false);
        relayAll()
                .chain(held -> held || !ours ? Uni.createFrom().voidItem() : wakeTheOther())
                .subscribe()
                .with(done -> next(served), e -> {
                    LOG.debugf("the next poll relays: %s", e);
                    wanted.set(0);
                });
    }

    private void next(int served) {
        if (!wanted.compareAndSet(served, 0)) {
            run();
        }
    }

    private Uni<Void> wakeTheOther() {
        return database.critical(connection ->
                        connection.preparedQuery("SELECT pg_notify($1, '')").execute(Tuple.of(channel)))
                .replaceWithVoid();
    }

    private Uni<Void> purge(boolean held) {
        return held
                ? database.critical(connection -> connection.query(PURGE).execute())
                        .replaceWithVoid()
                : Uni.createFrom().voidItem();
    }

    /** Answers false where another replica is at it. */
    private Uni<Boolean> relayAll() {
        return database.transaction(this::relayBatch).chain(batch -> {
            if (batch.failure() != null) {
                return Uni.createFrom().failure(batch.failure());
            }
            return batch.full() ? relayAll() : Uni.createFrom().item(batch.held());
        });
    }

    /** What became of a batch. */
    private record RelayBatch(
            boolean held, boolean full, @Nullable Throwable failure) {}

    /** What became of those of its rows that share a room. */
    private record RelayPart(List<Row> rows, @Nullable Throwable failure) {}

    /** Rooms at once, each room's rows in order. What did not fail is marked, whatever failed beside it. */
    private Uni<RelayBatch> relayBatch(SqlConnection transaction) {
        return transaction.query(NEXT).execute().chain(rows -> {
            boolean held = rows.iterator().next().getBoolean("held");
            List<Row> waiting = StreamSupport.stream(rows.spliterator(), false)
                    .filter(row -> row.getLong("id") != null)
                    .toList();
            if (waiting.isEmpty()) {
                return Uni.createFrom().item(new RelayBatch(held, false, null));
            }
            return Multi.createFrom()
                    .iterable(byRoom(waiting))
                    .onItem()
                    .transformToUniAndMerge(
                            part -> publish(part).onItemOrFailure().transform((done, e) -> new RelayPart(part, e)))
                    .collect()
                    .asList()
                    .chain(parts -> mark(transaction, parts)
                            .replaceWith(() -> new RelayBatch(held, waiting.size() == BATCH, failure(parts))));
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
        return room == null ? tell(rows) : publish(RedisKeys.roomEvents(RoomId.parse(room)), rows);
    }

    private Uni<Void> publish(RoomKeys topic, List<Row> rows) {
        return bus.publishInOrder(
                topic,
                rows.stream()
                        .flatMap(row -> read(row, message -> EventFrame.decode(null, message)).stream()
                                .map(frame -> new OutboxEvent(
                                        row.getLong("id"), row.getString("subject"), row.getString("dedupe"), frame)))
                        .toList());
    }

    private Uni<Void> tell(List<Row> rows) {
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
            case StreamLifecycle event -> bus.tell(event);
            case ChatCommand command -> bus.sendSurely(ServiceName.CHAT, command);
            case PublisherChange change -> throw new IllegalArgumentException("Nobody's outbox has " + change);
        };
    }

    /** What cannot be read, today or ever, must not hold up all that comes after it. */
    private static <T> Optional<T> read(Row row, Function<String, T> reader) {
        try {
            return Optional.of(reader.apply(row.getString("message")));
        } catch (IllegalArgumentException | DoramiException e) {
            LOG.errorf(e, "Left out of the outbox: row %d for %s", row.getLong("id"), row.getString("room"));
            return Optional.empty();
        }
    }

    private Uni<Void> mark(SqlConnection transaction, List<RelayPart> parts) {
        List<Row> done = parts.stream()
                .filter(part -> part.failure() == null)
                .flatMap(part -> part.rows().stream())
                .toList();
        OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
        done.forEach(row -> delay.record(Duration.between(row.getOffsetDateTime("written_at"), now)));
        Long[] ids = done.stream().map(row -> row.getLong("id")).toArray(Long[]::new);
        return transaction.preparedQuery(MARK).execute(Tuple.of(ids)).replaceWithVoid();
    }

    private static @Nullable Throwable failure(List<RelayPart> parts) {
        return parts.stream()
                .map(RelayPart::failure)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
