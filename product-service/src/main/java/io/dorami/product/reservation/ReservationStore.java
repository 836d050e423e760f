package io.dorami.product.reservation;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent.CartItemAdded;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductConfig;
import io.dorami.product.ProductOutbox;
import io.dorami.product.SqlTime;
import io.dorami.product.reservation.Reservation.State;
import io.dorami.service.database.Database;
import io.dorami.service.messaging.EventBus;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reservations in PostgreSQL. Taking stock is one statement and one round trip: the product's row is locked only from the
 * moment on at which it is written until the commit, so one product sells as fast as the disk takes commits.
 */
@ApplicationScoped
public class ReservationStore {

    private static final String COLUMNS =
            "id, product_id, stream_key, product_name, quantity, option, unit_price, state,"
                    + " created_at, expires_at, extended, order_id";

    /**
     * Finds the answer to a repeat, else takes stock, holds it, remembers the answer and says what happened: all or
     * nothing. Two requests with the same key at the same moment violate the key's uniqueness, and the later one is tried
     * again as the repeat that it is.
     */
    private static final String TAKE = """
        WITH known AS (
          SELECT k.request, k.held_until, r.id, r.product_id, r.stream_key, r.product_name, r.quantity, r.option,
            r.unit_price, r.created_at
          FROM idempotency k LEFT JOIN reservation r ON r.id = k.reservation_id
          WHERE k.user_id = $5 AND k.key = $7
        ), seen AS (
          SELECT p.stock, p.closed_by_hand,
            $4::text IS NULL OR $4 = ANY (p.color_options) OR $4 = ANY (p.size_options)
              OR EXISTS (SELECT FROM unnest(p.color_options) color, unnest(p.size_options) size
                         WHERE color || ' / ' || size = $4) AS option_fits,
            (SELECT count(*) FROM reservation WHERE user_id = $5 AND state = 'HELD') < $11::integer AS may_hold
          FROM product p WHERE p.id = $2
        ), taken AS (
          UPDATE product SET stock = stock - $3, version = version + 1, updated_at = $9
          WHERE id = $2 AND stock >= $3 AND NOT closed_by_hand
            AND NOT EXISTS (SELECT FROM known) AND (SELECT option_fits AND may_hold FROM seen)
          RETURNING product AS whole, id, stream_key, name, price, stock
        ), held AS (
          INSERT INTO reservation (id, product_id, stream_key, product_name, user_id, user_name, quantity, option,
            unit_price, state, created_at, expires_at, extended)
          SELECT $1, id, stream_key, name, $5, $6, $3, $4, price, 'HELD', $9, $10, false FROM taken
          RETURNING id, product_id, stream_key, product_name, quantity, option, unit_price, created_at, expires_at
        ), remembered AS (
          INSERT INTO idempotency (user_id, key, request, reservation_id, held_until, created_at)
          SELECT $5, $7, $8, (SELECT id FROM held), $10, $9 FROM seen
          WHERE $7::text IS NOT NULL AND NOT EXISTS (SELECT FROM known) AND option_fits AND may_hold
        ), shown AS (
          SELECT s.featured FROM stream s JOIN taken ON s.key = taken.stream_key FOR SHARE OF s
        ), said AS (
          INSERT INTO outbox (subject, room, message)
          SELECT subject, 'shop:' || stream_key, message FROM (
            SELECT number, subject, t.stream_key, message
            FROM taken t LEFT JOIN shown ON true
            CROSS JOIN LATERAL product_said(t.whole, t.stock + $3, $12, shown.featured)
            UNION ALL
            SELECT 9, $1::text, t.stream_key, $13 || json_build_object('userId', $5::text, 'userName', $14::text,
              'userColor', $15::text, 'productName', t.name, 'quantity', $3::integer, 'timestamp', iso($9))
            FROM taken t
          ) AS events ORDER BY number
        )
        SELECT (SELECT request FROM known) AS request, seen.stock, seen.option_fits, seen.may_hold, answer.*
        FROM (VALUES (1)) AS one
        LEFT JOIN seen ON true
        LEFT JOIN (
          SELECT * FROM held
          UNION ALL
          SELECT id, product_id, stream_key, product_name, quantity, option, unit_price, created_at, held_until
          FROM known WHERE id IS NOT NULL
        ) AS answer ON true\
        """;

    /** Everything of the event but its data, as it stands in an outbox. */
    private static final String CART = EventBus.frame(new CartItemAdded("", "", "", "", 1, Instant.EPOCH))
            .body()
            .split("\\{", 2)[0];

    /** Gives units back and says so; nothing where the product is gone. */
    private static final String GIVE_BACK = """
        WITH given AS (
          UPDATE product SET stock = stock + $2, version = version + 1, updated_at = $3 WHERE id = $1
          RETURNING product AS whole, stream_key, stock
        ), shown AS (
          SELECT s.featured FROM stream s JOIN given ON s.key = given.stream_key FOR SHARE OF s
        )
        INSERT INTO outbox (subject, room, message)
        SELECT subject, 'shop:' || g.stream_key, message
        FROM given g LEFT JOIN shown ON true
        CROSS JOIN LATERAL product_said(g.whole, g.stock - $2, $4, shown.featured)
        ORDER BY number\
        """;

    private static final String FIND = "SELECT " + COLUMNS + " FROM reservation WHERE id = $1 AND user_id = $2";

    private static final String OF_USER = "SELECT " + COLUMNS + " FROM reservation WHERE user_id = $1"
            + " ORDER BY created_at DESC, id LIMIT $2 OFFSET $3";

    private static final String EXTEND =
            "UPDATE reservation SET expires_at = expires_at + $4 * interval '1 millisecond', extended = true WHERE id"
                    + " = $1 AND user_id = $2 AND state = 'HELD' AND expires_at > $3 AND NOT extended RETURNING"
                    + " " + COLUMNS;

    private static final String CANCEL = "UPDATE reservation SET state = 'CANCELLED'"
            + " WHERE id = $1 AND user_id = $2 AND state = 'HELD' RETURNING " + COLUMNS;

    private static final String EXPIRE = "UPDATE reservation SET state = 'EXPIRED' WHERE id = ("
            + "SELECT id FROM reservation WHERE state = 'HELD' AND expires_at <= $1 ORDER BY expires_at LIMIT 1"
            + " FOR UPDATE SKIP LOCKED) RETURNING " + COLUMNS;

    private static final String UNIQUE_VIOLATION = "23505";

    private final Database database;
    private final ProductConfig config;
    private final ProductOutbox outbox;

    ReservationStore(Database database, ProductConfig config, ProductOutbox outbox) {
        this.database = database;
        this.config = config;
        this.outbox = outbox;
    }

    /**
     * Holds units for a buyer.
     *
     * @param key the same for a repeat of the same request, which gets the same answer; or none
     */
    public Uni<Reservation> take(User user, ReservationRequest wish, @Nullable String key, Instant now) {
        Tuple row = Tuple.tuple()
                .addUUID(UUID.randomUUID())
                .addUUID(wish.productId())
                .addInteger(wish.quantity())
                .addString(wish.option())
                .addString(user.id())
                .addString(user.name())
                .addString(key)
                .addString(wish.fingerprint())
                .addOffsetDateTime(SqlTime.utc(now))
                .addOffsetDateTime(SqlTime.utc(now.plus(config.hold())))
                .addInteger(config.heldPerUser())
                .addInteger(config.lowStock())
                .addString(CART)
                .addString(MaskedBuyerName.masked(user.name()))
                .addString(MaskedBuyerName.color(user.id()));
        return database.critical(connection -> connection.preparedQuery(TAKE).execute(row))
                .onFailure(ReservationStore::keyIsTaken)
                .retry()
                .atMost(1)
                .map(rows -> answer(rows.iterator().next(), wish))
                .invoke(outbox::relaySoon);
    }

    public Uni<Reservation> find(User user, UUID id) {
        return database.critical(connection -> find(connection, user, id));
    }

    public static Uni<Reservation> find(SqlConnection connection, User user, UUID id) {
        return connection
                .preparedQuery(FIND)
                .execute(Tuple.of(id, user.id()))
                .map(rows -> first(rows)
                        .orElseThrow(() ->
                                new DoramiException(ErrorCode.RESERVATION_NOT_FOUND, "You have no such reservation")));
    }

    public Uni<List<Reservation>> list(User user, int take, int skip) {
        return database.bulk(connection -> connection.preparedQuery(OF_USER).execute(Tuple.of(user.id(), take, skip)))
                .map(ReservationStore::reservations);
    }

    /** Once per reservation. */
    public Uni<Reservation> extend(User user, UUID id, Instant now) {
        return database.critical(connection -> connection
                .preparedQuery(EXTEND)
                .execute(Tuple.of(id, user.id(), SqlTime.utc(now), config.hold().toMillis()))
                .chain(rows -> first(rows)
                        .map(extended -> Uni.createFrom().item(extended))
                        .orElseGet(() -> find(connection, user, id).map(found -> {
                            throw notHeld(
                                    found, now, found.extended() ? "It was extended before" : "It is held no more");
                        }))));
    }

    /** A second time, nothing happens. */
    public Uni<Reservation> cancel(User user, UUID id, Instant now) {
        return database.transaction(transaction -> transaction
                        .preparedQuery(CANCEL)
                        .execute(Tuple.of(id, user.id()))
                        .chain(rows -> first(rows)
                                .map(off -> giveBack(transaction, off.productId(), off.quantity(), now)
                                        .replaceWith(off))
                                .orElseGet(() -> find(transaction, user, id).invoke(found -> {
                                    if (found.state() == State.CONFIRMED) {
                                        throw notHeld(found, now, "It is an order; cancel that");
                                    }
                                }))))
                .invoke(outbox::relaySoon);
    }

    /** Ends the hold that has been over for longest; answers whether there was one. */
    public Uni<Boolean> expireOne(SqlConnection transaction, Instant now) {
        return transaction
                .preparedQuery(EXPIRE)
                .execute(Tuple.of(SqlTime.utc(now)))
                .chain(rows -> first(rows)
                        .map(off -> giveBack(transaction, off.productId(), off.quantity(), now)
                                .replaceWith(true))
                        .orElseGet(() -> Uni.createFrom().item(false)));
    }

    /** Part of the transaction that ends what held the units: so they come back once. */
    public Uni<Void> giveBack(SqlConnection transaction, UUID productId, int quantity, Instant now) {
        return transaction
                .preparedQuery(GIVE_BACK)
                .execute(Tuple.of(productId, quantity, SqlTime.utc(now), config.lowStock()))
                .replaceWithVoid();
    }

    public static DoramiException notHeld(Reservation found, Instant now, String otherwise) {
        boolean over = found.state() == State.EXPIRED
                || (found.state() == State.HELD && !found.expiresAt().isAfter(now));
        return over
                ? new DoramiException(ErrorCode.RESERVATION_EXPIRED, "The hold is over; its units are back in stock")
                : new DoramiException(ErrorCode.CONFLICT, otherwise);
    }

    private Reservation answer(Row row, ReservationRequest wish) {
        String request = row.getString("request");
        if (request != null && !request.equals(wish.fingerprint())) {
            throw new DoramiException(
                    ErrorCode.IDEMPOTENCY_KEY_REUSED, "This Idempotency-Key was used for another request");
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
                    row.getOffsetDateTime("created_at").toInstant(),
                    row.getOffsetDateTime("expires_at").toInstant(),
                    false,
                    null);
        }
        if (request == null && row.getInteger("stock") == null) {
            throw new DoramiException(ErrorCode.PRODUCT_NOT_FOUND, "There is no such product");
        }
        if (request == null && !row.getBoolean("option_fits")) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "option is none of the product's colors and sizes");
        }
        if (request == null && !row.getBoolean("may_hold")) {
            throw new DoramiException(
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    "You hold " + config.heldPerUser() + " reservations; confirm or cancel one first");
        }
        throw new DoramiException(ErrorCode.SOLD_OUT, "Fewer than " + wish.quantity() + " are left");
    }

    private static boolean keyIsTaken(Throwable e) {
        return e instanceof PgException refused
                && UNIQUE_VIOLATION.equals(refused.getSqlState())
                && "idempotency_pkey".equals(refused.getConstraint());
    }

    private static Optional<Reservation> first(RowSet<Row> rows) {
        return reservations(rows).stream().findFirst();
    }

    static List<Reservation> reservations(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> new Reservation(
                        row.getUUID("id"),
                        row.getUUID("product_id"),
                        new StreamKey(row.getString("stream_key")),
                        row.getString("product_name"),
                        row.getInteger("quantity"),
                        row.getString("option"),
                        row.getLong("unit_price"),
                        State.valueOf(row.getString("state")),
                        row.getOffsetDateTime("created_at").toInstant(),
                        row.getOffsetDateTime("expires_at").toInstant(),
                        row.getBoolean("extended"),
                        row.getString("order_id")))
                .toList();
    }
}
