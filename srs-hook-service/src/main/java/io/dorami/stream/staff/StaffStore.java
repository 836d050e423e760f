package io.dorami.stream.staff;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.ShowRole;
import io.dorami.contracts.Staff;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.StreamLifecycle.StaffChanged;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent.RoleChanged;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.TransactionalOutbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Stores the staff of streams. One transaction writes a change, its audit, the message to the other services, and the
 * event for the member's pages.
 */
@ApplicationScoped
public class StaffStore {

    private static final String SELECT_STREAM = "SELECT id, key, owner_id, staff_version FROM stream ";

    private static final String SELECT_MEMBERS = """
            SELECT user_id, name, role, added_by, added_at FROM stream_staff WHERE stream_id = $1
            ORDER BY added_at, user_id
            """;

    private static final String UPSERT_MEMBER = """
            INSERT INTO stream_staff (stream_id, user_id, name, role, added_by, added_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (stream_id, user_id) DO UPDATE SET name = $3, role = $4, added_by = $5, added_at = $6
            """;

    private static final String DELETE_MEMBER = "DELETE FROM stream_staff WHERE stream_id = $1 AND user_id = $2";

    private static final String SET_VERSION = "UPDATE stream SET staff_version = $2 WHERE id = $1";

    private static final String INSERT_AUDIT = """
            INSERT INTO stream_staff_audit (stream_id, at, by_id, user_id, action, role)
            VALUES ($1, $2, $3, $4, $5, $6)
            """;

    private static final String SELECT_AUDIT = """
            SELECT id, at, by_id, user_id, action, role FROM stream_staff_audit
            WHERE stream_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3
            """;

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Database database;
    private final TransactionalOutbox outbox;

    StaffStore(Database database, TransactionalOutbox outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    /** A change of one member. */
    public enum Action {
        ADDED,
        CHANGED,
        REMOVED
    }

    /**
     * A change of the staff.
     *
     * @param id greater than those of all earlier changes
     * @param by the id of the user who made the change
     * @param role the role after the change; missing after a removal
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record AuditEntry(long id, Instant at, String by, String userId, Action action, Staff.@Nullable Role role) {}

    /** The user's role in a stream. */
    public record StreamRole(UUID streamId, ShowRole role) {}

    /** Finds the user's role; empty for a viewer, and if the stream is unknown. */
    Uni<Optional<StreamRole>> findRole(StreamKey key, User user) {
        return database.runBulk(connection -> connection
                .preparedQuery(SELECT_STREAM + "WHERE key = $1")
                .execute(Tuple.of(key.value()))
                .chain(rows -> SqlRows.first(rows, row -> row)
                        .map(row -> withMembers(connection, row)
                                .map(list -> list.roleOf(user).map(role -> new StreamRole(list.streamId(), role))))
                        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))));
    }

    /** Fails with {@link ErrorCode#FORBIDDEN} unless the user is owner, co-host or admin. */
    public Uni<Void> requireSeller(SqlConnection connection, UUID streamId, User user) {
        return load(connection, streamId, "")
                .invoke(list -> require(
                        list.roleOf(user).filter(ShowRole::canSell).isPresent(),
                        "Only the stream's owner, a co-host or an admin may do this"))
                .replaceWithVoid();
    }

    /** Lists the members in the order in which they were named. */
    Uni<List<StaffMember>> list(UUID streamId, User reader) {
        return database.runBulk(connection -> load(connection, streamId, ""))
                .invoke(list -> require(
                        list.roleOf(reader).isPresent(),
                        "Only the stream's owner, its staff or an admin may see its staff"))
                .map(StaffList::members);
    }

    /** Lists the changes before an id, newest first. */
    Uni<List<AuditEntry>> audit(UUID streamId, User reader, long before, int limit) {
        return database.runBulk(connection -> load(connection, streamId, "")
                .invoke(list -> requireManager(list, reader))
                .chain(list -> connection
                        .preparedQuery(SELECT_AUDIT)
                        .execute(Tuple.of(streamId, before, limit))
                        .map(rows -> SqlRows.list(rows, StaffStore::auditEntry))));
    }

    /**
     * Gives a user a role. A repeat changes nothing.
     *
     * @param name null keeps the member's name
     */
    Uni<StaffMember> put(UUID streamId, User caller, String userId, Staff.Role role, @Nullable String name) {
        return database.inTransaction(transaction -> load(transaction, streamId, "FOR UPDATE")
                        .invoke(list -> requireManager(list, caller))
                        .chain(list -> {
                            Optional<StaffMember> known = list.find(userId);
                            String nextName =
                                    name == null ? known.map(StaffMember::name).orElse(userId) : name;
                            if (known.filter(member -> member.role() == role
                                            && member.name().equals(nextName))
                                    .isPresent()) {
                                return Uni.createFrom().item(known.get());
                            }
                            StaffMember member = new StaffMember(userId, nextName, role, caller.id(), clock.instant());
                            Action action = known.isPresent() ? Action.CHANGED : Action.ADDED;
                            StaffList changed = list.with(member);
                            return transaction
                                    .preparedQuery(UPSERT_MEMBER)
                                    .execute(Tuple.of(
                                            streamId,
                                            userId,
                                            nextName,
                                            role.name(),
                                            caller.id(),
                                            SqlTime.utc(member.addedAt())))
                                    .chain(() -> publish(transaction, changed, caller, userId, action, role))
                                    .replaceWith(member);
                        }))
                .invoke(outbox::scheduleRelay);
    }

    /**
     * Removes a member; a member may remove itself.
     *
     * @throws DoramiException {@link ErrorCode#NOT_FOUND} if the user is not a member
     */
    Uni<StaffMember> remove(UUID streamId, User caller, String userId) {
        return database.inTransaction(transaction -> load(transaction, streamId, "FOR UPDATE")
                        .invoke(list -> {
                            if (!caller.id().equals(userId)) {
                                requireManager(list, caller);
                            }
                        })
                        .chain(list -> {
                            StaffMember member = list.find(userId)
                                    .orElseThrow(() -> new DoramiException(
                                            ErrorCode.NOT_FOUND, "userId: the user is not a member of the staff"));
                            return transaction
                                    .preparedQuery(DELETE_MEMBER)
                                    .execute(Tuple.of(streamId, userId))
                                    .chain(() -> publish(
                                            transaction, list.without(userId), caller, userId, Action.REMOVED, null))
                                    .replaceWith(member);
                        }))
                .invoke(outbox::scheduleRelay);
    }

    /** Sends the staff to the other services once more, for a service that missed the last change. */
    public Uni<Void> publishAgain(SqlConnection transaction, UUID streamId) {
        return load(transaction, streamId, "")
                .chain(list -> list.version() == 0
                        ? Uni.createFrom().voidItem()
                        : outbox.publish(transaction, message(list, clock.instant())));
    }

    private Uni<Void> publish(
            SqlConnection transaction,
            StaffList changed,
            User caller,
            String userId,
            Action action,
            Staff.@Nullable Role role) {
        Instant now = clock.instant();
        return transaction
                .preparedQuery(SET_VERSION)
                .execute(Tuple.of(changed.streamId(), changed.version()))
                .chain(() -> transaction
                        .preparedQuery(INSERT_AUDIT)
                        .execute(Tuple.of(
                                changed.streamId(),
                                SqlTime.utc(now),
                                caller.id(),
                                userId,
                                action.name(),
                                role == null ? null : role.name())))
                .chain(() -> outbox.publish(transaction, message(changed, now)))
                .chain(() ->
                        outbox.publish(transaction, RoomId.USERS, new RoleChanged(userId, changed.key(), role, now)));
    }

    private static StaffChanged message(StaffList list, Instant now) {
        return new StaffChanged(list.key(), list.ownerId(), now, list.toStaff());
    }

    private static Uni<StaffList> load(SqlConnection connection, UUID streamId, String lock) {
        return connection
                .preparedQuery(SELECT_STREAM + "WHERE id = $1 " + lock)
                .execute(Tuple.of(streamId))
                .map(rows -> SqlRows.first(rows, row -> row)
                        .orElseThrow(() -> new DoramiException(ErrorCode.STREAM_NOT_FOUND, "Stream not found")))
                .chain(row -> withMembers(connection, row));
    }

    private static Uni<StaffList> withMembers(SqlConnection connection, Row stream) {
        UUID id = stream.getUUID("id");
        return connection
                .preparedQuery(SELECT_MEMBERS)
                .execute(Tuple.of(id))
                .map(rows -> new StaffList(
                        id,
                        new StreamKey(stream.getString("key")),
                        stream.getString("owner_id"),
                        stream.getLong("staff_version"),
                        SqlRows.list(rows, StaffStore::member)));
    }

    private static StaffMember member(Row row) {
        return new StaffMember(
                row.getString("user_id"),
                row.getString("name"),
                Staff.Role.valueOf(row.getString("role")),
                row.getString("added_by"),
                SqlTime.instant(row, "added_at"));
    }

    private static AuditEntry auditEntry(Row row) {
        String role = row.getString("role");
        return new AuditEntry(
                row.getLong("id"),
                SqlTime.instant(row, "at"),
                row.getString("by_id"),
                row.getString("user_id"),
                Action.valueOf(row.getString("action")),
                role == null ? null : Staff.Role.valueOf(role));
    }

    private static void requireManager(StaffList list, User user) {
        require(
                list.roleOf(user).filter(ShowRole::canManage).isPresent(),
                "Only the stream's owner or an admin may change its staff");
    }

    private static void require(boolean isAllowed, String message) {
        if (!isAllowed) {
            throw new DoramiException(ErrorCode.FORBIDDEN, message);
        }
    }
}
