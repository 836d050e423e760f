package io.dorami.chat.db;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.chat.rules.ChatRules;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.ModerateChat;
import io.dorami.contracts.commands.ChatModeration;
import io.dorami.contracts.commands.ChatPolicy;
import io.dorami.contracts.commands.ChatRoom;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.database.Database;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.messaging.TransactionalOutbox;
import io.quarkus.runtime.ShutdownEvent;
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
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Moderation in PostgreSQL: rooms, who is restricted, and the audit. An action, the room's next state and what is to be
 * told are one transaction. Chat itself needs none of it while Redis has its data, so the service starts and goes on
 * without PostgreSQL.
 */
@ApplicationScoped
public class ModerationStore {

    private static final Duration MIGRATION_RETRY = Duration.ofSeconds(2);

    private static final String ROOM =
            "SELECT version, owner_id, policy::text, pinned::text FROM room" + " WHERE stream_key = $1";

    private static final String RESTRICTIONS = "SELECT user_id, until, by_id, reason, at FROM restriction"
            + " WHERE stream_key = $1 AND (until IS NULL OR until > now())";

    private static final String REGISTER = "INSERT INTO room (stream_key, version, owner_id, policy)"
            + " VALUES ($1, $2, $3, $4::text::jsonb) ON CONFLICT (stream_key) DO UPDATE"
            + " SET owner_id = excluded.owner_id WHERE room.owner_id = '' AND excluded.owner_id <> ''";

    private static final String CHANGE =
            "UPDATE room SET version = $2, policy = $3::text::jsonb, pinned = $4::text::jsonb WHERE stream_key = $1";

    private static final String RESTRICT = "INSERT INTO restriction (stream_key, user_id, until, by_id, reason, at)"
            + " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (stream_key, user_id) DO UPDATE"
            + " SET until = excluded.until, by_id = excluded.by_id, reason = excluded.reason, at = excluded.at";

    private static final String FREE = "DELETE FROM restriction WHERE stream_key = $1 AND user_id = $2";

    private static final String ACT = "INSERT INTO action (id, stream_key, version, kind, moderator_id, moderator_name,"
            + " user_id, detail, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10)";

    private static final String AUDIT = "SELECT id, version, kind, moderator_id, moderator_name, user_id, detail::text,"
            + " reason, at FROM action WHERE stream_key = $1 AND version < $2 AND ($3::text IS NULL OR user_id = $3)"
            + " ORDER BY version DESC LIMIT $4";

    private static final Logger LOG = Logger.getLogger(ModerationStore.class);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Database database;
    private final EventBus bus;
    private final Flyway flyway;
    private @Nullable TransactionalOutbox outbox;

    ModerationStore(Database database, EventBus bus, Flyway flyway) {
        this.database = database;
        this.bus = bus;
        this.flyway = flyway;
    }

    /** What PostgreSQL has of a room: its state, and who is restricted at this moment. */
    public record StoredRoom(ChatRoom room, List<Restriction> restrictions) {}

    /**
     * A user who may not speak, or not be in the room.
     *
     * @param until the end of a time-out; a ban has none
     */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Restriction(String userId, @Nullable Instant until, String moderatorId, String reason, Instant at) {}

    /**
     * A row of the audit.
     *
     * @param version of the room since this action; grows by one with each
     * @param userId whom it was done to
     * @param detail what was done, as a {@link ChatModeration}
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
            relay();
        } catch (RuntimeException e) {
            LOG.warnf("PostgreSQL cannot be asked; chat goes on, moderation comes later: %s", e.getMessage());
            Uni.createFrom()
                    .item(flyway::migrate)
                    .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                    .onFailure()
                    .retry()
                    .withBackOff(MIGRATION_RETRY, MIGRATION_RETRY)
                    .indefinitely()
                    .subscribe()
                    .with(done -> relay(), failure -> LOG.error("The tables cannot be made", failure));
        }
    }

    void stop(@Observes ShutdownEvent event) {
        if (outbox != null) {
            outbox.close();
        }
    }

    private void relay() {
        outbox = new TransactionalOutbox("chat", database, bus);
    }

    public Uni<Optional<StoredRoom>> find(StreamKey key) {
        Tuple of = Tuple.of(key.value());
        return database.critical(connection -> connection
                .preparedQuery(ROOM)
                .execute(of)
                .chain(rooms -> rooms.size() == 0
                        ? Uni.createFrom().item(Optional.empty())
                        : connection
                                .preparedQuery(RESTRICTIONS)
                                .execute(of)
                                .map(rows -> Optional.of(new StoredRoom(room(rooms), restrictions(rows))))));
    }

    /** Keeps a room that is new; one that is known stays as it is. */
    public Uni<Void> register(StreamKey key, ChatRoom room) {
        return database.critical(connection -> register(connection, key, room));
    }

    /**
     * Decides on an action and keeps it; the room hears of it through the outbox.
     *
     * @param seen what the room is where PostgreSQL does not know it yet
     * @param decision what is done, given what the room is; fails where it may not be done
     */
    public Uni<AuditEntry> act(
            StreamKey key,
            ChatRoom seen,
            User moderator,
            @Nullable ReplyTo replyTo,
            String reason,
            Function<ChatRoom, ChatModeration> decision) {
        return database.transaction(transaction -> register(transaction, key, seen)
                        .chain(() ->
                                transaction.preparedQuery(ROOM + " FOR UPDATE").execute(Tuple.of(key.value())))
                        .map(ModerationStore::room)
                        .chain(before -> {
                            ChatModeration what = decision.apply(before);
                            ChatRoom after = ChatRules.after(before, what);
                            AuditEntry action = action(moderator, what, after.version(), reason);
                            boolean pinChanged =
                                    !Optional.ofNullable(before.pinned()).equals(Optional.ofNullable(after.pinned()));
                            return keep(transaction, key, after)
                                    .chain(() -> restrict(transaction, key, what, action))
                                    .chain(() -> insert(transaction, key, action))
                                    .chain(() -> TransactionalOutbox.send(
                                            transaction,
                                            new ModerateChat(
                                                    key,
                                                    moderator,
                                                    replyTo,
                                                    action.id(),
                                                    what,
                                                    after,
                                                    pinChanged,
                                                    action.at())))
                                    .replaceWith(action);
                        }))
                .invoke(() -> {
                    if (outbox != null) {
                        outbox.relaySoon();
                    }
                });
    }

    /** Who is restricted at this moment, the newest first. */
    public Uni<List<Restriction>> restrictions(StreamKey key, int take, int skip) {
        return database.bulk(connection -> connection
                .preparedQuery(RESTRICTIONS + " ORDER BY at DESC, user_id LIMIT $2 OFFSET $3")
                .execute(Tuple.of(key.value(), take, skip))
                .map(ModerationStore::restrictions));
    }

    /** What was done before that version, the newest first; to one user, or to anybody. */
    public Uni<List<AuditEntry>> audit(StreamKey key, long before, @Nullable String userId, int take) {
        return database.bulk(connection -> connection
                .preparedQuery(AUDIT)
                .execute(Tuple.of(key.value(), before, userId, take))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(ModerationStore::action)
                        .toList()));
    }

    private AuditEntry action(User moderator, ChatModeration what, long version, String reason) {
        return new AuditEntry(
                UUID.randomUUID(),
                version,
                what.getClass().getSimpleName(),
                moderator.id(),
                moderator.name(),
                what.target(),
                Json.MAPPER.valueToTree(what),
                reason,
                clock.instant());
    }

    private static Uni<Void> register(SqlConnection connection, StreamKey key, ChatRoom room) {
        return connection
                .preparedQuery(REGISTER)
                .execute(Tuple.of(key.value(), room.version(), room.ownerId(), Json.write(room.policy())))
                .replaceWithVoid();
    }

    private static Uni<Void> keep(SqlConnection transaction, StreamKey key, ChatRoom room) {
        ChatPosted pinned = room.pinned();
        return transaction
                .preparedQuery(CHANGE)
                .execute(Tuple.of(
                        key.value(),
                        room.version(),
                        Json.write(room.policy()),
                        pinned == null ? null : Json.write(pinned)))
                .replaceWithVoid();
    }

    private static Uni<Void> restrict(
            SqlConnection transaction, StreamKey key, ChatModeration what, AuditEntry action) {
        return switch (what) {
            case ChatModeration.Ban ban -> restrict(transaction, key, ban.userId(), null, action);
            case ChatModeration.TimeOut out -> restrict(transaction, key, out.userId(), out.until(), action);
            case ChatModeration.Unban unban ->
                transaction
                        .preparedQuery(FREE)
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
            SqlConnection transaction, StreamKey key, String userId, @Nullable Instant until, AuditEntry action) {
        return transaction
                .preparedQuery(RESTRICT)
                .execute(Tuple.from(new @Nullable Object[] {
                    key.value(),
                    userId,
                    until == null ? null : until.atOffset(ZoneOffset.UTC),
                    action.moderatorId(),
                    action.reason(),
                    action.at().atOffset(ZoneOffset.UTC)
                }))
                .replaceWithVoid();
    }

    private static Uni<Void> insert(SqlConnection transaction, StreamKey key, AuditEntry action) {
        return transaction
                .preparedQuery(ACT)
                .execute(Tuple.from(new @Nullable Object[] {
                    action.id(),
                    key.value(),
                    action.version(),
                    action.kind(),
                    action.moderatorId(),
                    action.moderatorName(),
                    action.userId(),
                    action.detail().toString(),
                    action.reason(),
                    action.at().atOffset(ZoneOffset.UTC)
                }))
                .replaceWithVoid();
    }

    private static ChatRoom room(RowSet<Row> rows) {
        Row row = rows.iterator().next();
        String pinned = row.getString("pinned");
        return new ChatRoom(
                row.getLong("version"),
                row.getString("owner_id"),
                Json.read(row.getString("policy"), ChatPolicy.class),
                pinned == null ? null : Json.read(pinned, ChatPosted.class));
    }

    private static List<Restriction> restrictions(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> new Restriction(
                        row.getString("user_id"),
                        instant(row.getOffsetDateTime("until")),
                        row.getString("by_id"),
                        row.getString("reason"),
                        row.getOffsetDateTime("at").toInstant()))
                .toList();
    }

    private static AuditEntry action(Row row) {
        return new AuditEntry(
                row.getUUID("id"),
                row.getLong("version"),
                row.getString("kind"),
                row.getString("moderator_id"),
                row.getString("moderator_name"),
                row.getString("user_id"),
                Json.read(row.getString("detail"), JsonNode.class),
                row.getString("reason"),
                row.getOffsetDateTime("at").toInstant());
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
