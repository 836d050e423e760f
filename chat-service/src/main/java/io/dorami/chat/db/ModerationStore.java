package io.dorami.chat.db;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.chat.rules.ChatRules;
import io.dorami.contracts.Json;
import io.dorami.contracts.Staff;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.ApplyStaff;
import io.dorami.contracts.commands.ChatCommand.ModerateChat;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.commands.StreamLifecycle.StaffChanged;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.TransactionalOutbox;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stores moderation in PostgreSQL: rooms, restrictions and the audit. One transaction writes an action, the room's next
 * state and the outbox message. Chat does not need PostgreSQL while Redis has its data, so the service starts and runs
 * without PostgreSQL.
 */
@ApplicationScoped
public class ModerationStore {

    private static final Duration MIGRATION_RETRY_DELAY = Duration.ofSeconds(2);

    private static final String SELECT_ROOM = """
            SELECT version, owner_id, policy::text, pinned::text, staff::text
            FROM room
            WHERE stream_key = $1
            """;

    private static final String SELECT_RESTRICTIONS = """
            SELECT user_id, until, by_id, reason, at
            FROM restriction
            WHERE stream_key = $1 AND (until IS NULL OR until > now())
            """;

    private static final String INSERT_ROOM = """
            INSERT INTO room (stream_key, version, owner_id, policy)
            VALUES ($1, $2, $3, $4::text::jsonb)
            ON CONFLICT (stream_key) DO UPDATE
            SET owner_id = excluded.owner_id
            WHERE room.owner_id = '' AND excluded.owner_id <> ''
            """;

    private static final String UPDATE_ROOM = """
            UPDATE room
            SET version = $2, policy = $3::text::jsonb, pinned = $4::text::jsonb
            WHERE stream_key = $1
            """;

    private static final String UPDATE_STAFF = """
            UPDATE room
            SET version = $2, staff = $3::text::jsonb
            WHERE stream_key = $1
            """;

    private static final String UPSERT_RESTRICTION = """
            INSERT INTO restriction (stream_key, user_id, until, by_id, reason, at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (stream_key, user_id) DO UPDATE
            SET until = excluded.until, by_id = excluded.by_id, reason = excluded.reason, at = excluded.at
            """;

    private static final String DELETE_RESTRICTION = """
            DELETE FROM restriction
            WHERE stream_key = $1 AND user_id = $2
            """;

    private static final String INSERT_ACTION = """
            INSERT INTO action (id, stream_key, version, kind, moderator_id, moderator_name, user_id, detail, reason,
                at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10)
            """;

    private static final String SELECT_ACTIONS = """
            SELECT id, version, kind, moderator_id, moderator_name, user_id, detail::text, reason, at
            FROM action
            WHERE stream_key = $1 AND version < $2 AND ($3::text IS NULL OR user_id = $3)
            ORDER BY version DESC
            LIMIT $4
            """;

    private static final Logger LOG = Logger.getLogger(ModerationStore.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Database database;
    private final TransactionalOutbox outbox;
    private final Flyway flyway;

    ModerationStore(Database database, TransactionalOutbox outbox, Flyway flyway) {
        this.database = database;
        this.outbox = outbox;
        this.flyway = flyway;
    }

    /** A room in PostgreSQL: its state and the restrictions in force. */
    public record StoredRoom(ChatRoom room, List<Restriction> restrictions) {}

    /**
     * A time-out or a ban of a user.
     *
     * @param until the end of a time-out; a ban has none
     */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Restriction(String userId, @Nullable Instant until, String moderatorId, String reason, Instant at) {}

    /**
     * A row of the audit.
     *
     * @param version the room's version after this action; each action increments it by one
     * @param userId the user whom the action affects
     * @param detail the action, as a {@link ChatModeration}
     */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record AuditEntry(
            UUID id,
            long version,
            String kind,
            String moderatorId,
            String moderatorName,
            @Nullable String userId,
            JsonNode detail,
            String reason,
            Instant at) {}

    void start(@Observes StartupEvent event) {
        try {
            flyway.migrate();
        } catch (RuntimeException e) {
            LOG.warnf(
                    "Database migration failed, retried every %s; chat works, moderation does not: %s",
                    MIGRATION_RETRY_DELAY, e.getMessage());
            Uni.createFrom()
                    .item(flyway::migrate)
                    .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                    .onFailure()
                    .retry()
                    .withBackOff(MIGRATION_RETRY_DELAY, MIGRATION_RETRY_DELAY)
                    .indefinitely()
                    .subscribe()
                    .with(done -> {}, failure -> LOG.error("Database migration failed", failure));
        }
    }

    /** Finds a room with its restrictions. */
    public Uni<Optional<StoredRoom>> find(StreamKey key) {
        Tuple parameters = Tuple.of(key.value());
        return database.runCritical(connection -> connection
                .preparedQuery(SELECT_ROOM)
                .execute(parameters)
                .map(rooms -> SqlRows.first(rooms, ModerationStore::toChatRoom))
                .chain(room -> room.isEmpty()
                        ? Uni.createFrom().item(Optional.empty())
                        : connection
                                .preparedQuery(SELECT_RESTRICTIONS)
                                .execute(parameters)
                                .map(rows -> Optional.of(new StoredRoom(room.get(), restrictions(rows))))));
    }

    /** Inserts a room. An existing room stays as it is, except that a missing owner is set. */
    public Uni<Void> insertIfAbsent(StreamKey key, ChatRoom room) {
        return database.runCritical(connection -> insertIfAbsent(connection, key, room));
    }

    /**
     * Decides on an action and stores it. The outbox sends the action to the room's inbox.
     *
     * @param knownRoom the room's state, used if PostgreSQL does not have the room yet
     * @param decision returns the action for the room's current state; throws if the action is not allowed
     */
    public Uni<AuditEntry> recordAction(
            StreamKey key,
            ChatRoom knownRoom,
            User moderator,
            @Nullable ReplyTo replyTo,
            String reason,
            Function<ChatRoom, ChatModeration> decision) {
        return database.inTransaction(transaction -> insertIfAbsent(transaction, key, knownRoom)
                        .chain(() -> transaction
                                .preparedQuery(SELECT_ROOM + "FOR UPDATE")
                                .execute(Tuple.of(key.value())))
                        .map(rooms -> toChatRoom(rooms.iterator().next()))
                        .chain(before -> {
                            ChatModeration action = decision.apply(before);
                            ChatRoom after = ChatRules.apply(before, action);
                            AuditEntry entry = auditEntry(moderator, action, after.version(), reason);
                            boolean pinChanged =
                                    !Optional.ofNullable(before.pinned()).equals(Optional.ofNullable(after.pinned()));
                            return updateRoom(transaction, key, after)
                                    .chain(() -> restrict(transaction, key, action, entry))
                                    .chain(() -> insertEntry(transaction, key, entry))
                                    .chain(() -> outbox.send(
                                            transaction,
                                            new ModerateChat(
                                                    key,
                                                    moderator,
                                                    replyTo,
                                                    entry.id(),
                                                    action,
                                                    after,
                                                    pinChanged,
                                                    entry.at())))
                                    .replaceWith(entry);
                        }))
                .invoke(outbox::scheduleRelay);
    }

    /**
     * Stores the staff of a room, unless the room has the same or a newer list. The outbox sends the room's next state
     * to the room's inbox. srs-hook-service has the audit of these changes, so that this one has a gap in its versions.
     */
    public Uni<Void> saveStaff(StaffChanged event) {
        StreamKey key = event.stream();
        ChatRoom newRoom = new ChatRoom(0, event.ownerId(), ChatPolicy.UNRESTRICTED);
        return database.inTransaction(transaction -> insertIfAbsent(transaction, key, newRoom)
                        .chain(() -> transaction
                                .preparedQuery(SELECT_ROOM + "FOR UPDATE")
                                .execute(Tuple.of(key.value())))
                        .map(rooms -> toChatRoom(rooms.iterator().next()))
                        .chain(before -> {
                            if (before.staffVersion() >= event.staff().version()) {
                                return Uni.createFrom().voidItem();
                            }
                            ChatRoom after = ChatRules.withStaff(before, event.staff());
                            return transaction
                                    .preparedQuery(UPDATE_STAFF)
                                    .execute(Tuple.of(key.value(), after.version(), Json.write(event.staff())))
                                    .chain(() -> outbox.send(transaction, new ApplyStaff(key, after)));
                        }))
                .invoke(outbox::scheduleRelay);
    }

    /** Lists the restrictions in force, newest first. */
    public Uni<List<Restriction>> restrictions(StreamKey key, int limit, int offset) {
        return database.runBulk(connection -> connection
                .preparedQuery(SELECT_RESTRICTIONS + "ORDER BY at DESC, user_id LIMIT $2 OFFSET $3")
                .execute(Tuple.of(key.value(), limit, offset))
                .map(ModerationStore::restrictions));
    }

    /** Lists the actions before a version, newest first; of one user if a user id is given. */
    public Uni<List<AuditEntry>> audit(StreamKey key, long beforeVersion, @Nullable String userId, int limit) {
        return database.runBulk(connection -> connection
                .preparedQuery(SELECT_ACTIONS)
                .execute(Tuple.of(key.value(), beforeVersion, userId, limit))
                .map(rows -> SqlRows.list(rows, ModerationStore::auditEntry)));
    }

    private AuditEntry auditEntry(User moderator, ChatModeration action, long version, String reason) {
        return new AuditEntry(
                UUID.randomUUID(),
                version,
                action.getClass().getSimpleName(),
                moderator.id(),
                moderator.name(),
                action.targetUserId(),
                Json.MAPPER.valueToTree(action),
                reason,
                clock.instant());
    }

    private static Uni<Void> insertIfAbsent(SqlConnection connection, StreamKey key, ChatRoom room) {
        return connection
                .preparedQuery(INSERT_ROOM)
                .execute(Tuple.of(key.value(), room.version(), room.ownerId(), Json.write(room.policy())))
                .replaceWithVoid();
    }

    private static Uni<Void> updateRoom(SqlConnection transaction, StreamKey key, ChatRoom room) {
        ChatPosted pinned = room.pinned();
        return transaction
                .preparedQuery(UPDATE_ROOM)
                .execute(Tuple.of(
                        key.value(),
                        room.version(),
                        Json.write(room.policy()),
                        pinned == null ? null : Json.write(pinned)))
                .replaceWithVoid();
    }

    private static Uni<Void> restrict(
            SqlConnection transaction, StreamKey key, ChatModeration action, AuditEntry entry) {
        return switch (action) {
            case ChatModeration.Ban ban -> restrict(transaction, key, ban.userId(), null, entry);
            case ChatModeration.TimeOut out -> restrict(transaction, key, out.userId(), out.until(), entry);
            case ChatModeration.Unban unban ->
                transaction
                        .preparedQuery(DELETE_RESTRICTION)
                        .execute(Tuple.of(key.value(), unban.userId()))
                        .replaceWithVoid();
            case ChatModeration.DeleteMessage e -> Uni.createFrom().voidItem();
            case ChatModeration.DeleteAll e -> Uni.createFrom().voidItem();
            case ChatModeration.Pin e -> Uni.createFrom().voidItem();
            case ChatModeration.Unpin e -> Uni.createFrom().voidItem();
            case ChatModeration.ChangePolicy e -> Uni.createFrom().voidItem();
        };
    }

    private static Uni<Void> restrict(
            SqlConnection transaction, StreamKey key, String userId, @Nullable Instant until, AuditEntry entry) {
        return transaction
                .preparedQuery(UPSERT_RESTRICTION)
                .execute(Tuple.from(new @Nullable Object[] {
                    key.value(),
                    userId,
                    SqlTime.utc(until),
                    entry.moderatorId(),
                    entry.reason(),
                    SqlTime.utc(entry.at())
                }))
                .replaceWithVoid();
    }

    private static Uni<Void> insertEntry(SqlConnection transaction, StreamKey key, AuditEntry entry) {
        return transaction
                .preparedQuery(INSERT_ACTION)
                .execute(Tuple.from(new @Nullable Object[] {
                    entry.id(),
                    key.value(),
                    entry.version(),
                    entry.kind(),
                    entry.moderatorId(),
                    entry.moderatorName(),
                    entry.userId(),
                    entry.detail().toString(),
                    entry.reason(),
                    SqlTime.utc(entry.at())
                }))
                .replaceWithVoid();
    }

    private static ChatRoom toChatRoom(Row row) {
        String pinned = row.getString("pinned");
        String staff = row.getString("staff");
        return new ChatRoom(
                row.getLong("version"),
                row.getString("owner_id"),
                Json.read(row.getString("policy"), ChatPolicy.class),
                pinned == null ? null : Json.read(pinned, ChatPosted.class),
                staff == null ? null : Json.read(staff, Staff.class));
    }

    private static List<Restriction> restrictions(RowSet<Row> rows) {
        return SqlRows.list(
                rows,
                row -> new Restriction(
                        row.getString("user_id"),
                        SqlTime.nullableInstant(row, "until"),
                        row.getString("by_id"),
                        row.getString("reason"),
                        SqlTime.instant(row, "at")));
    }

    private static AuditEntry auditEntry(Row row) {
        return new AuditEntry(
                row.getUUID("id"),
                row.getLong("version"),
                row.getString("kind"),
                row.getString("moderator_id"),
                row.getString("moderator_name"),
                row.getString("user_id"),
                Json.read(row.getString("detail"), JsonNode.class),
                row.getString("reason"),
                SqlTime.instant(row, "at"));
    }
}
