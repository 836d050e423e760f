package io.dorami.service;

import io.dorami.contracts.ChatCommand;
import io.dorami.contracts.DoramiException;
import io.dorami.contracts.EventFrame;
import io.dorami.contracts.InboxMessage;
import io.dorami.contracts.Json;
import io.dorami.contracts.Lifecycle;
import io.dorami.contracts.PublisherChange;
import io.dorami.contracts.RoomEvent;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.ServiceName;
import io.dorami.contracts.Topics;
import io.dorami.contracts.Topics.RoomTopic;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Events that leave a service if and only if its transaction commits. A row is written in the transaction; one active
 * relay among all replicas publishes the rows in order and deletes them. A relay that dies in between publishes again,
 * and the bus recognises the repeat by the row's id.
 *
 * <p>Needs the table {@code outbox (id bigserial, dedupe uuid, room text, message text)}; {@code room} is null for a
 * lifecycle event or a command. Draw the id after the row that the event is about is locked: so events about one thing are in order.
 */
public final class Outbox {

    /** At about 0.2 ms a row, 20 ms in one transaction. */
    private static final int BATCH = 100;

    /** What another replica committed is noticed within this; one's own at once. */
    private static final Duration POLL = Duration.ofMillis(250);

    private static final Logger LOG = Logger.getLogger(Outbox.class);

    private static final String INSERT = "INSERT INTO outbox (room, message) VALUES ($1, $2)";

    // The lock goes with the transaction: a relay that dies lets go of it.
    private static final String LOCK =
            "SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || '.outbox')) AS held";
    private static final String NEXT = "SELECT id, dedupe, room, message FROM outbox ORDER BY id LIMIT " + BATCH;
    private static final String DELETE = "DELETE FROM outbox WHERE id = ANY($1)";

    private final Database database;
    private final EventBus bus;
    private final Cancellable relay;

    /** Relays from now on. */
    public Outbox(String name, Database database, EventBus bus) {
        this.database = database;
        this.bus = bus;
        this.relay = Background.repeat(name + " outbox", POLL, this::relayAll);
    }

    /** Relays no more; what is left, another replica relays, or the next start. */
    public void close() {
        relay.cancel();
    }

    /** The event goes to its room once the transaction has committed. */
    public static Uni<Void> publish(SqlConnection transaction, RoomId room, RoomEvent event) {
        return insert(
                transaction,
                Tuple.of(room.toString(), EventBus.frame(room, event).body()));
    }

    /** The services hear of it once the transaction has committed. */
    public static Uni<Void> tell(SqlConnection transaction, Lifecycle event) {
        return insert(transaction, Tuple.of(null, Json.write(event)));
    }

    /** The service that decides on the command finds it in its inbox once the transaction has committed. */
    public static Uni<Void> send(SqlConnection transaction, ChatCommand command) {
        return insert(transaction, Tuple.of(null, Json.write(command)));
    }

    /** Publishes what has just been committed without waiting for the next poll; nobody waits for it. */
    public void relaySoon() {
        relayAll().subscribe().with(done -> {}, e -> LOG.debugf("the next poll relays: %s", e.getMessage()));
    }

    private Uni<Void> relayAll() {
        return relayBatch()
                .chain(count -> count == BATCH ? relayAll() : Uni.createFrom().voidItem());
    }

    private static Uni<Void> insert(SqlConnection transaction, Tuple row) {
        return transaction.preparedQuery(INSERT).execute(row).replaceWithVoid();
    }

    private Uni<Integer> relayBatch() {
        return database.transaction(transaction -> transaction
                .query(LOCK)
                .execute()
                .chain(locked -> locked.iterator().next().getBoolean("held")
                        ? relayBatch(transaction)
                        : Uni.createFrom().item(0)));
    }

    private Uni<Integer> relayBatch(SqlConnection transaction) {
        return transaction.query(NEXT).execute().chain(rows -> {
            if (rows.size() == 0) {
                return Uni.createFrom().item(0);
            }
            Long[] ids = StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> row.getLong("id"))
                    .toArray(Long[]::new);
            return Multi.createFrom()
                    .iterable(rows)
                    .onItem()
                    .transformToUniAndConcatenate(this::publish)
                    .onItem()
                    .ignoreAsUni()
                    .chain(() -> transaction.preparedQuery(DELETE).execute(Tuple.of(ids)))
                    .replaceWith(ids.length);
        });
    }

    private Uni<Void> publish(Row row) {
        try {
            return publish(row.getString("room"), row.getString("message"), row.getUUID("dedupe"));
        } catch (IllegalArgumentException | DoramiException e) {
            // It cannot be read, today or ever, and would hold up all that comes after it.
            LOG.errorf(e, "Left out of the outbox: %s %s", row.getString("room"), row.getString("message"));
            return Uni.createFrom().voidItem();
        }
    }

    /** Reads the row at once; whatever fails later is the way to Redis, and the row stays. */
    private Uni<Void> publish(@Nullable String room, String message, UUID dedupe) {
        if (room == null) {
            return switch (Json.read(message, InboxMessage.class)) {
                case Lifecycle event -> bus.tell(event);
                case ChatCommand command -> bus.sendSurely(ServiceName.CHAT, command);
                case PublisherChange change -> throw new IllegalArgumentException("Nobody's outbox has " + change);
            };
        }
        RoomTopic topic = Topics.roomEvents(RoomId.parse(room));
        return bus.publish(topic, EventFrame.decode(null, message), dedupe.toString())
                .replaceWithVoid();
    }
}
