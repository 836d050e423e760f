package io.dorami.product.waitinglist;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.product.ProductConfig;
import io.dorami.product.cart.CartItem;
import io.dorami.product.cart.CartStore;
import io.dorami.product.stock.StockReturns;
import io.dorami.product.waitinglist.Reservation.Status;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The waiting lists of products in PostgreSQL. A transaction that returns units to stock also promotes the next users: see
 * {@link StockReturns}.
 */
@ApplicationScoped
public class WaitingListStore {

    /** The web client shows all of them on one page, so that a user waits for at most as many products. */
    private static final int MAX_LISTED = 50;

    /** Makes concurrent requests of a user wait for each other, so that the limit holds. */
    private static final String LOCK_USER =
            "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.waiting ' || $1, 0))";

    private static final String COUNT_WAITING =
            "SELECT count(*) AS waiting FROM waiting_list WHERE user_id = $1 AND state = 'WAITING'";

    private static final String SELECT = """
        SELECT w.id, w.user_id, w.product_id, w.product_name, w.quantity, w.number, w.state, w.created_at, w.promoted_at,
          w.cart_item_id, r.state AS item_state, r.expires_at,
          (SELECT count(*) FROM waiting_list ahead
           WHERE ahead.product_id = w.product_id AND ahead.state = 'WAITING' AND ahead.number <= w.number) AS position
        FROM waiting_list w LEFT JOIN reservation r ON r.id = w.cart_item_id
        """;

    private static final String FIND = SELECT + "WHERE w.id = $1 AND w.user_id = $2";

    private static final String LIST_BY_USER =
            SELECT + "WHERE w.user_id = $1 ORDER BY w.created_at DESC, w.id LIMIT " + MAX_LISTED;

    private static final String FIND_ACTIVE = """
        SELECT FROM waiting_list w LEFT JOIN reservation r ON r.id = w.cart_item_id
        WHERE w.user_id = $1 AND w.product_id = $2 AND (w.state = 'WAITING' OR r.state = 'HELD')
        """;

    /** Allocates the next number. The row lock prevents units from returning until the entry is stored. */
    private static final String ALLOCATE_NUMBER = """
        UPDATE product SET last_reservation = last_reservation + 1
        WHERE id = $1 AND (stock < $2 OR closed_by_hand) AND NOT exclude_from_store
          AND (expires_at IS NULL OR expires_at > $3)
          AND (SELECT count(*) FROM waiting_list WHERE product_id = $1 AND state = 'WAITING') < $4::integer
        RETURNING name, last_reservation
        """;

    private static final String FIND_PRODUCT = """
        SELECT stock >= $2 AND NOT closed_by_hand AS in_stock, exclude_from_store OR expires_at <= $3 AS ended
        FROM product WHERE id = $1
        """;

    private static final String INSERT = """
        INSERT INTO waiting_list (id, product_id, product_name, user_id, user_name, quantity, number, state, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'WAITING', $8) ON CONFLICT DO NOTHING
        """;

    private static final String CANCEL =
            "UPDATE waiting_list SET state = 'CANCELLED' WHERE id = $1 AND user_id = $2 AND state = 'WAITING'";

    private static final String FIND_PROMOTABLE = """
        SELECT w.product_id FROM waiting_list w JOIN product p ON p.id = w.product_id
        WHERE w.state = 'WAITING' AND p.stock >= w.quantity AND NOT p.closed_by_hand AND NOT p.exclude_from_store
          AND (p.expires_at IS NULL OR p.expires_at > $1)
        LIMIT 1
        """;

    private final Database database;
    private final ProductConfig config;
    private final CartStore cart;
    private final StockReturns stockReturns;

    WaitingListStore(Database database, ProductConfig config, CartStore cart, StockReturns stockReturns) {
        this.database = database;
        this.config = config;
        this.cart = cart;
        this.stockReturns = stockReturns;
    }

    /** Puts a user on the waiting list of a product that has too few units. */
    Uni<Reservation> join(User user, ReservationRequest request, Instant now) {
        UUID id = UUID.randomUUID();
        return database.inTransaction(transaction -> checkLimit(transaction, user)
                .chain(() -> checkNotWaiting(transaction, user, request.productId()))
                .chain(() -> transaction
                        .preparedQuery(ALLOCATE_NUMBER)
                        .execute(Tuple.of(
                                request.productId(), request.quantity(), SqlTime.utc(now), config.maxWaiting())))
                .chain(rows -> SqlRows.first(rows, row -> row)
                        .map(product -> insert(transaction, id, user, request, product, now))
                        .orElseGet(() -> failNotSoldOut(transaction, request, now)))
                .chain(() -> find(transaction, user, id, now)));
    }

    private static Uni<Void> checkLimit(SqlConnection transaction, User user) {
        return transaction
                .preparedQuery(LOCK_USER)
                .execute(Tuple.of(user.id()))
                .chain(() -> transaction.preparedQuery(COUNT_WAITING).execute(Tuple.of(user.id())))
                .invoke(rows -> {
                    if (rows.iterator().next().getLong("waiting") >= MAX_LISTED) {
                        throw new DoramiException(
                                ErrorCode.RATE_LIMIT_EXCEEDED,
                                "A user waits for at most " + MAX_LISTED + " products; cancel a reservation first");
                    }
                })
                .replaceWithVoid();
    }

    /** Fails if the user waits for the product already, or has units of it from the list in the cart. */
    private static Uni<Void> checkNotWaiting(SqlConnection transaction, User user, UUID productId) {
        return transaction
                .preparedQuery(FIND_ACTIVE)
                .execute(Tuple.of(user.id(), productId))
                .invoke(active -> {
                    if (active.size() > 0) {
                        throw alreadyWaiting();
                    }
                })
                .replaceWithVoid();
    }

    private Uni<Void> insert(
            SqlConnection transaction, UUID id, User user, ReservationRequest request, Row product, Instant now) {
        Tuple parameters = Tuple.tuple()
                .addUUID(id)
                .addUUID(request.productId())
                .addString(product.getString("name"))
                .addString(user.id())
                .addString(user.name())
                .addInteger(request.quantity())
                .addInteger(product.getInteger("last_reservation"))
                .addOffsetDateTime(SqlTime.utc(now));
        return transaction
                .preparedQuery(INSERT)
                .execute(parameters)
                .invoke(result -> {
                    if (result.rowCount() == 0) { // a concurrent request of the same user came first
                        throw alreadyWaiting();
                    }
                })
                .replaceWithVoid();
    }

    private static Uni<Void> failNotSoldOut(SqlConnection transaction, ReservationRequest request, Instant now) {
        return transaction
                .preparedQuery(FIND_PRODUCT)
                .execute(Tuple.of(request.productId(), request.quantity(), SqlTime.utc(now)))
                .map(rows -> {
                    Row product = SqlRows.first(rows, row -> row)
                            .orElseThrow(() -> new DoramiException(ErrorCode.PRODUCT_NOT_FOUND, "Product not found"));
                    if (Boolean.TRUE.equals(product.getBoolean("ended"))) {
                        throw new DoramiException(ErrorCode.SALE_ENDED, "The sale of this product has ended");
                    }
                    throw new DoramiException(
                            ErrorCode.CONFLICT,
                            product.getBoolean("in_stock")
                                    ? "Product is in stock; add it to the cart"
                                    : "The waiting list of this product is full; try again later");
                });
    }

    private static DoramiException alreadyWaiting() {
        return new DoramiException(
                ErrorCode.CONFLICT,
                "You already wait for this product; cancel that reservation to change the quantity");
    }

    Uni<List<Reservation>> list(User user, Instant now) {
        return database.runCritical(
                        connection -> connection.preparedQuery(LIST_BY_USER).execute(Tuple.of(user.id())))
                .map(rows -> SqlRows.list(rows, row -> read(row, now)));
    }

    /** Leaves the waiting list; the held units of a promoted user go to the next one. A repeat changes nothing. */
    Uni<Reservation> cancel(User user, UUID id, Instant now) {
        return database.runCritical(connection -> connection
                        .preparedQuery(CANCEL)
                        .execute(Tuple.of(id, user.id()))
                        .chain(() -> find(connection, user, id, now)))
                .chain(reservation -> {
                    UUID item = reservation.cartItemId();
                    if (item == null || reservation.status() == Status.CANCELLED) {
                        return Uni.createFrom().item(reservation);
                    }
                    return cart.remove(user, item, now)
                            .chain(() -> database.runCritical(connection -> find(connection, user, id, now)));
                });
    }

    /** Gives stock that is left over to waiting users, for one product. Returns false if there is none. */
    public Uni<Boolean> promoteNext(SqlConnection transaction, Instant now) {
        return transaction
                .preparedQuery(FIND_PROMOTABLE)
                .execute(Tuple.of(SqlTime.utc(now)))
                .chain(rows -> SqlRows.first(rows, row -> row.getUUID("product_id"))
                        .map(product -> stockReturns
                                .promoteWaiting(transaction, product, now)
                                .replaceWith(true))
                        .orElseGet(() -> Uni.createFrom().item(false)));
    }

    private static Uni<Reservation> find(SqlConnection connection, User user, UUID id, Instant now) {
        return connection
                .preparedQuery(FIND)
                .execute(Tuple.of(id, user.id()))
                .map(rows -> SqlRows.first(rows, row -> read(row, now))
                        .orElseThrow(
                                () -> new DoramiException(ErrorCode.RESERVATION_NOT_FOUND, "Reservation not found")));
    }

    private static Reservation read(Row row, Instant now) {
        Instant expiresAt = SqlTime.nullableInstant(row, "expires_at");
        Status status = status(row, expiresAt, now);
        return new Reservation(
                row.getUUID("id"),
                row.getString("user_id"),
                row.getUUID("product_id"),
                row.getString("product_name"),
                row.getInteger("quantity"),
                row.getInteger("number"),
                status,
                SqlTime.nullableInstant(row, "promoted_at"),
                expiresAt,
                SqlTime.instant(row, "created_at"),
                status == Status.PROMOTED && expiresAt != null
                        ? Duration.between(now, expiresAt).toSeconds()
                        : null,
                switch (status) {
                    case WAITING -> row.getLong("position");
                    case PROMOTED -> 0L;
                    case COMPLETED, CANCELLED, EXPIRED -> null;
                },
                row.getUUID("cart_item_id"));
    }

    private static Status status(Row row, @Nullable Instant expiresAt, Instant now) {
        String itemState = row.getString("item_state");
        if (itemState == null || expiresAt == null) {
            return Status.valueOf(row.getString("state"));
        }
        return switch (CartItem.State.valueOf(itemState)) {
            case HELD -> expiresAt.isAfter(now) ? Status.PROMOTED : Status.EXPIRED;
            case CONFIRMED -> Status.COMPLETED;
            case CANCELLED -> Status.CANCELLED;
            case EXPIRED -> Status.EXPIRED;
        };
    }
}
