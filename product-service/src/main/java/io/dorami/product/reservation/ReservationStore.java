package io.dorami.product.reservation;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent.CartItemAdded;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductConfig;
import io.dorami.product.reservation.Reservation.State;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.messaging.TransactionalOutbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reservations in PostgreSQL. A reservation takes stock in one statement and one round trip. The product's row is
 * locked only from its update to the commit, so that one product sells as fast as the disk takes commits.
 */
@ApplicationScoped
public class ReservationStore {

    private static final String COLUMNS = """
        id, product_id, stream_key, product_name, quantity, option, unit_price, state, created_at, expires_at, extended,
        order_id
        """;

    /**
     * Finds the reply to a repeated request; otherwise takes stock, inserts the reservation, stores the reply and
     * writes the events, atomically. Two concurrent requests with the same idempotency key violate its uniqueness; the
     * later request is retried and then found to be a repeat.
     */
    private static final String RESERVE = """
        WITH previous AS (
          SELECT k.request, k.held_until, r.id, r.product_id, r.stream_key, r.product_name, r.quantity, r.option,
            r.unit_price, r.created_at
          FROM idempotency k LEFT JOIN reservation r ON r.id = k.reservation_id
          WHERE k.user_id = $5 AND k.key = $7
        ), checked AS (
          SELECT p.stock, p.closed_by_hand,
            $4::text IS NULL OR $4 = ANY (p.color_options) OR $4 = ANY (p.size_options)
              OR EXISTS (SELECT FROM unnest(p.color_options) color, unnest(p.size_options) size
                         WHERE color || ' / ' || size = $4) AS option_fits,
            (SELECT count(*) FROM reservation WHERE user_id = $5 AND state = 'HELD') < $11::integer AS may_hold
          FROM product p WHERE p.id = $2
        ), taken AS (
          UPDATE product SET stock = stock - $3, version = version + 1, updated_at = $9
          WHERE id = $2 AND stock >= $3 AND NOT closed_by_hand
            AND NOT EXISTS (SELECT FROM previous) AND (SELECT option_fits AND may_hold FROM checked)
          RETURNING product AS whole, id, stream_key, name, price, stock
        ), held AS (
          INSERT INTO reservation (id, product_id, stream_key, product_name, user_id, user_name, quantity, option,
            unit_price, state, created_at, expires_at, extended)
          SELECT $1, id, stream_key, name, $5, $6, $3, $4, price, 'HELD', $9, $10, false FROM taken
          RETURNING id, product_id, stream_key, product_name, quantity, option, unit_price, created_at, expires_at
        ), recorded AS (
          INSERT INTO idempotency (user_id, key, request, reservation_id, held_until, created_at)
          SELECT $5, $7, $8, (SELECT id FROM held), $10, $9 FROM checked
          WHERE $7::text IS NOT NULL AND NOT EXISTS (SELECT FROM previous) AND option_fits AND may_hold
        ), show AS (
          SELECT s.featured FROM stream s JOIN taken ON s.key = taken.stream_key FOR SHARE OF s
        ), published AS (
          INSERT INTO outbox (subject, room, message)
          SELECT subject, 'shop:' || stream_key, message FROM (
            SELECT number, subject, t.stream_key, message
            FROM taken t LEFT JOIN show ON true
            CROSS JOIN LATERAL product_said(t.whole, t.stock + $3, $12, show.featured)
            UNION ALL
            SELECT 9, $1::text, t.stream_key, $13 || json_build_object('userId', $5::text, 'userName', $14::text,
              'userColor', $15::text, 'productName', t.name, 'quantity', $3::integer, 'timestamp', iso($9))
            FROM taken t
          ) AS events ORDER BY number
        )
        SELECT (SELECT request FROM previous) AS request, checked.stock, checked.option_fits, checked.may_hold, result.*
        FROM (VALUES (1)) AS single_row
        LEFT JOIN checked ON true
        LEFT JOIN (
          SELECT * FROM held
          UNION ALL
          SELECT id, product_id, stream_key, product_name, quantity, option, unit_price, created_at, held_until
          FROM previous WHERE id IS NOT NULL
        ) AS result ON true
        """;

    /** The cart event's outbox message up to its data, which {@link #RESERVE} spells in SQL: decision 17. */
    private static final String CART_EVENT_PREFIX = EventBus.toFrame(
                    new CartItemAdded("", "", "", "", 1, Instant.EPOCH))
            .body()
            .split("\\{", 2)[0];

    /** Returns units to stock and writes the events. Does nothing if the product was deleted. */
    private static final String RELEASE_UNITS = """
        WITH released AS (
          UPDATE product SET stock = stock + $2, version = version + 1, updated_at = $3 WHERE id = $1
          RETURNING product AS whole, stream_key, stock
        ), show AS (
          SELECT s.featured FROM stream s JOIN released ON s.key = released.stream_key FOR SHARE OF s
        )
        INSERT INTO outbox (subject, room, message)
        SELECT subject, 'shop:' || r.stream_key, message
        FROM released r LEFT JOIN show ON true
        CROSS JOIN LATERAL product_said(r.whole, r.stock - $2, $4, show.featured)
        ORDER BY number
        """;

    private static final String FIND = "SELECT " + COLUMNS + " FROM reservation WHERE id = $1 AND user_id = $2";

    private static final String LIST_BY_USER = "SELECT " + COLUMNS + """
        FROM reservation WHERE user_id = $1 ORDER BY created_at DESC, id LIMIT $2 OFFSET $3
        """;

    private static final String EXTEND = """
        UPDATE reservation SET expires_at = expires_at + $4 * interval '1 millisecond', extended = true
        WHERE id = $1 AND user_id = $2 AND state = 'HELD' AND expires_at > $3 AND NOT extended
        RETURNING\s""" + COLUMNS;

    private static final String CANCEL = """
        UPDATE reservation SET state = 'CANCELLED' WHERE id = $1 AND user_id = $2 AND state = 'HELD'
        RETURNING\s""" + COLUMNS;

    private static final String EXPIRE_OLDEST = """
        UPDATE reservation SET state = 'EXPIRED' WHERE id = (
          SELECT id FROM reservation WHERE state = 'HELD' AND expires_at <= $1
          ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING\s""" + COLUMNS;

    private static final String UNIQUE_VIOLATION = "23505";

    private final Database database;
    private final ProductConfig config;
    private final TransactionalOutbox outbox;

    ReservationStore(Database database, ProductConfig config, TransactionalOutbox outbox) {
        this.database = database;
        this.config = config;
        this.outbox = outbox;
    }

    /**
     * Holds units for a buyer.
     *
     * @param idempotencyKey identifies a repeat of the same request, which gets the same reply; null if there is none
     */
    public Uni<Reservation> reserve(
            User user, ReservationRequest request, @Nullable String idempotencyKey, Instant now) {
        Tuple parameters = Tuple.tuple()
                .addUUID(UUID.randomUUID())
                .addUUID(request.productId())
                .addInteger(request.quantity())
                .addString(request.option())
                .addString(user.id())
                .addString(user.name())
                .addString(idempotencyKey)
                .addString(request.fingerprint())
                .addOffsetDateTime(SqlTime.utc(now))
                .addOffsetDateTime(SqlTime.utc(now.plus(config.holdDuration())))
                .addInteger(config.maxHeldPerUser())
                .addInteger(config.lowStockThreshold())
                .addString(CART_EVENT_PREFIX)
                .addString(MaskedBuyerName.mask(user.name()))
                .addString(MaskedBuyerName.color(user.id()));
        return database.runCritical(
                        connection -> connection.preparedQuery(RESERVE).execute(parameters))
                .onFailure(ReservationStore::isDuplicateKey)
                .retry()
                .atMost(1)
                .map(rows -> readReserveResult(rows.iterator().next(), request))
                .invoke(outbox::scheduleRelay);
    }

    public Uni<Reservation> find(User user, UUID id) {
        return database.runCritical(connection -> find(connection, user, id));
    }

    public static Uni<Reservation> find(SqlConnection connection, User user, UUID id) {
        return connection
                .preparedQuery(FIND)
                .execute(Tuple.of(id, user.id()))
                .map(rows -> SqlRows.first(rows, ReservationStore::readRow)
                        .orElseThrow(
                                () -> new DoramiException(ErrorCode.RESERVATION_NOT_FOUND, "Reservation not found")));
    }

    public Uni<List<Reservation>> list(User user, int take, int skip) {
        return database.runBulk(
                        connection -> connection.preparedQuery(LIST_BY_USER).execute(Tuple.of(user.id(), take, skip)))
                .map(rows -> SqlRows.list(rows, ReservationStore::readRow));
    }

    /** Extends a reservation, at most once. */
    public Uni<Reservation> extend(User user, UUID id, Instant now) {
        return database.runCritical(connection -> connection
                .preparedQuery(EXTEND)
                .execute(Tuple.of(
                        id, user.id(), SqlTime.utc(now), config.holdDuration().toMillis()))
                .chain(rows -> SqlRows.first(rows, ReservationStore::readRow)
                        .map(extended -> Uni.createFrom().item(extended))
                        .orElseGet(() -> find(connection, user, id).map(reservation -> {
                            throw notHeldException(
                                    reservation,
                                    now,
                                    reservation.extended()
                                            ? "Reservation was already extended; it can be extended once"
                                            : "Reservation is no longer held; reserve the product again");
                        }))));
    }

    /** Cancels a reservation; a repeat changes nothing. */
    public Uni<Reservation> cancel(User user, UUID id, Instant now) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(CANCEL)
                        .execute(Tuple.of(id, user.id()))
                        .chain(rows -> SqlRows.first(rows, ReservationStore::readRow)
                                .map(cancelled -> releaseUnits(
                                                transaction, cancelled.productId(), cancelled.quantity(), now)
                                        .replaceWith(cancelled))
                                .orElseGet(() -> find(transaction, user, id).invoke(reservation -> {
                                    if (reservation.state() == State.CONFIRMED) {
                                        throw notHeldException(
                                                reservation,
                                                now,
                                                "Reservation is already an order; cancel the order instead");
                                    }
                                }))))
                .invoke(outbox::scheduleRelay);
    }

    /** Expires the reservation with the oldest expiry time that has passed. Returns false if there is none. */
    public Uni<Boolean> expireOldest(SqlConnection transaction, Instant now) {
        return transaction
                .preparedQuery(EXPIRE_OLDEST)
                .execute(Tuple.of(SqlTime.utc(now)))
                .chain(rows -> SqlRows.first(rows, ReservationStore::readRow)
                        .map(expired -> releaseUnits(transaction, expired.productId(), expired.quantity(), now)
                                .replaceWith(true))
                        .orElseGet(() -> Uni.createFrom().item(false)));
    }

    /** Returns units to stock in the transaction that ends their reservation or order, so that this happens once. */
    public Uni<Void> releaseUnits(SqlConnection transaction, UUID productId, int quantity, Instant now) {
        return transaction
                .preparedQuery(RELEASE_UNITS)
                .execute(Tuple.of(productId, quantity, SqlTime.utc(now), config.lowStockThreshold()))
                .replaceWithVoid();
    }

    public static DoramiException notHeldException(Reservation reservation, Instant now, String conflictMessage) {
        boolean expired = reservation.state() == State.EXPIRED
                || (reservation.state() == State.HELD
                        && !reservation.expiresAt().isAfter(now));
        return expired
                ? new DoramiException(ErrorCode.RESERVATION_EXPIRED, "Reservation expired; reserve the product again")
                : new DoramiException(ErrorCode.CONFLICT, conflictMessage);
    }

    private Reservation readReserveResult(Row row, ReservationRequest request) {
        String storedRequest = row.getString("request");
        if (storedRequest != null && !storedRequest.equals(request.fingerprint())) {
            throw new DoramiException(
                    ErrorCode.IDEMPOTENCY_KEY_REUSED, "Idempotency-Key was used for another request; send a new key");
        }
        if (row.getUUID("id") != null) {
            return new Reservation(
                    row.getUUID("id"),
                    row.getUUID("product_id"),
                    new StreamKey(row.getString("stream_key")),
                    row.getString("product_name"),
                    row.getInteger("quantity"),
                    row.getString("option"),
                    row.getLong("unit_price"),
                    State.HELD,
                    SqlTime.instant(row, "created_at"),
                    SqlTime.instant(row, "expires_at"),
                    false,
                    null);
        }
        if (storedRequest == null && row.getInteger("stock") == null) {
            throw new DoramiException(ErrorCode.PRODUCT_NOT_FOUND, "Product not found");
        }
        if (storedRequest == null && !row.getBoolean("option_fits")) {
            throw new DoramiException(
                    ErrorCode.VALIDATION_ERROR,
                    "body.option: expected a color or size of the product, or both as \"red / L\"");
        }
        if (storedRequest == null && !row.getBoolean("may_hold")) {
            throw new DoramiException(
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    "At most " + config.maxHeldPerUser() + " reservations can be held; confirm or cancel one first");
        }
        throw new DoramiException(
                ErrorCode.SOLD_OUT, "Product does not have " + request.quantity() + " units available");
    }

    private static boolean isDuplicateKey(Throwable e) {
        return e instanceof PgException failure
                && UNIQUE_VIOLATION.equals(failure.getSqlState())
                && "idempotency_pkey".equals(failure.getConstraint());
    }

    private static Reservation readRow(Row row) {
        return new Reservation(
                row.getUUID("id"),
                row.getUUID("product_id"),
                new StreamKey(row.getString("stream_key")),
                row.getString("product_name"),
                row.getInteger("quantity"),
                row.getString("option"),
                row.getLong("unit_price"),
                State.valueOf(row.getString("state")),
                SqlTime.instant(row, "created_at"),
                SqlTime.instant(row, "expires_at"),
                row.getBoolean("extended"),
                row.getString("order_id"));
    }
}
