package io.dorami.product.cart;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.FreeShipping;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.RoomEvent.CartItemAdded;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductConfig;
import io.dorami.product.cart.CartItem.ProductInfo;
import io.dorami.product.cart.CartItem.State;
import io.dorami.product.catalog.ProductRow;
import io.dorami.product.stock.StockReturns;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlErrors;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.EventBus;
import io.dorami.service.messaging.TransactionalOutbox;
import io.dorami.service.rest.MoneyScale;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Carts in PostgreSQL, in the table {@code reservation}. An item takes stock in one statement and one round trip. The
 * product's row is locked only from its update to the commit, so that one product sells as fast as the disk takes commits.
 */
@ApplicationScoped
public class CartStore {

    /** A buyer who comes back learns what was lost. */
    private static final Duration EXPIRED_ITEM_RETENTION = Duration.ofHours(24);

    private static final String SELECT = """
        SELECT r.id, r.product_id, r.product_name, r.stream_key, r.unit_amount, r.quantity, r.color, r.size,
          r.shipping_fee, r.state, r.timer_enabled, r.created_at, r.expires_at, r.extended, r.order_id,
          p.image_url, p.stock = 0 OR p.closed_by_hand AS sold_out
        FROM reservation r LEFT JOIN product p ON p.id = r.product_id
        """;

    /**
     * Finds the reply to a repeated request; otherwise takes stock, inserts the item, stores the reply and writes the
     * events, atomically. Two concurrent requests with the same idempotency key violate its uniqueness; the later
     * request is retried and then found to be a repeat. {@code count_held} makes other requests of the user wait, so that
     * the limit holds.
     */
    private static final String ADD = """
        WITH previous AS (
          SELECT k.request, k.reservation_id FROM idempotency k WHERE k.user_id = $5 AND k.key = $7
        ), checked AS (
          SELECT p.stock, p.image_url, p.closed_by_hand OR p.exclude_from_store AS closed,
            coalesce(p.expires_at <= $9, false) AS ended,
            $4::text IS NULL OR $4 = ANY (p.color_options) AS color_fits,
            $16::text IS NULL OR $16 = ANY (p.size_options) AS size_fits,
            count_held($5) < $11::integer AS may_hold
          FROM product p WHERE p.id = $2
        ), taken AS (
          UPDATE product SET stock = stock - $3, version = version + 1, updated_at = $9
          WHERE id = $2 AND stock >= $3 AND NOT EXISTS (SELECT FROM previous)
            AND (SELECT color_fits AND size_fits AND may_hold AND NOT closed AND NOT ended FROM checked)
            AND NOT closed_by_hand
          RETURNING product AS whole, id, stream_key, name, shipping_fee, stock, timer_enabled,
            CASE WHEN flash_ends_at > $9 THEN flash_price ELSE price_amount END AS unit_amount,
            CASE WHEN timer_enabled THEN $9 + timer_duration * interval '1 minute' ELSE $10 END AS held_until
        ), held AS (
          INSERT INTO reservation (id, product_id, stream_key, product_name, user_id, user_name, quantity, color, size,
            unit_amount, shipping_fee, timer_enabled, state, created_at, expires_at, extended)
          SELECT $1, id, stream_key, name, $5, $6, $3, $4, $16, unit_amount, shipping_fee, timer_enabled, 'HELD', $9,
            held_until, false
          FROM taken
          RETURNING id, product_name, stream_key, unit_amount, shipping_fee, timer_enabled, expires_at
        ), recorded AS (
          INSERT INTO idempotency (user_id, key, request, reservation_id, held_until, created_at)
          SELECT $5, $7, $8, (SELECT id FROM held), coalesce((SELECT expires_at FROM held), $10), $9 FROM checked
          WHERE $7::text IS NOT NULL AND NOT EXISTS (SELECT FROM previous)
            AND color_fits AND size_fits AND may_hold AND NOT ended
        ), show AS (
          SELECT s.featured FROM stream s JOIN taken ON s.key = taken.stream_key FOR SHARE OF s
        ), published AS (
          INSERT INTO outbox (subject, room, message)
          SELECT subject, 'shop:' || stream_key, message FROM (
            SELECT number, subject, t.stream_key, message
            FROM taken t LEFT JOIN show ON true
            CROSS JOIN LATERAL product_said(t.whole, t.stock + $3, $12, show.featured)
            UNION ALL
            SELECT 9, $1::text, t.stream_key, $13 || json_strip_nulls(json_build_object('userId', $5::text,
              'userName', $14::text, 'userColor', $15::text, 'productName', t.name, 'quantity', $3::integer,
              'timestamp', iso($9)))
            FROM taken t WHERE t.stream_key <> '-'
          ) AS events ORDER BY number
        )
        SELECT (SELECT request FROM previous) AS request, (SELECT reservation_id FROM previous) AS previous_id,
          checked.*, EXISTS (SELECT FROM taken) AS taken, held.*
        FROM (VALUES (1)) AS single_row LEFT JOIN checked ON true LEFT JOIN held ON true
        """;

    /** The cart event's outbox message up to its data, which {@link #ADD} spells in SQL: decision 17. */
    private static final String CART_EVENT_PREFIX = EventBus.toFrame(
                    new CartItemAdded("", "", "", "", 1, Instant.EPOCH))
            .body()
            .split("\\{", 2)[0];

    /** Takes further units for an item and writes the product's events. */
    private static final String TAKE_MORE = """
        WITH taken AS (
          UPDATE product SET stock = stock - $2, version = version + 1, updated_at = $3
          WHERE id = $1 AND stock >= $2 AND NOT closed_by_hand AND NOT exclude_from_store
            AND (expires_at IS NULL OR expires_at > $3)
          RETURNING product AS whole, stream_key, stock
        ), show AS (
          SELECT s.featured FROM stream s JOIN taken ON s.key = taken.stream_key FOR SHARE OF s
        ), published AS (
          INSERT INTO outbox (subject, room, message)
          SELECT subject, 'shop:' || t.stream_key, message FROM taken t LEFT JOIN show ON true
          CROSS JOIN LATERAL product_said(t.whole, t.stock + $2, $4, show.featured)
          ORDER BY number
        )
        SELECT FROM taken
        """;

    private static final String FIND = SELECT + "WHERE r.id = $1 AND r.user_id = $2";

    private static final String FIND_CART = """
        SELECT cart.*, s.free_shipping_mode, s.free_shipping_threshold FROM (%s
          WHERE r.user_id = $1 AND (r.state = 'HELD' OR r.state = 'EXPIRED' AND r.expires_at > $2)
          ORDER BY r.created_at DESC, r.id LIMIT $3
        ) AS cart LEFT JOIN stream s ON s.key = cart.stream_key ORDER BY cart.created_at DESC, cart.id
        """.formatted(SELECT);

    private static final String LOCK_HELD = """
        SELECT product_id, quantity FROM reservation
        WHERE id = $1 AND user_id = $2 AND state = 'HELD' AND expires_at > $3 FOR UPDATE
        """;

    private static final String EXTEND = """
        UPDATE reservation SET extended = true, expires_at = expires_at + (expires_at - created_at)
        WHERE id = $1 AND user_id = $2 AND state = 'HELD' AND expires_at > $3 AND NOT extended
        """;

    /** An expired item only leaves the list, because its units are back in stock already. */
    private static final String CANCEL = """
        WITH item AS (
          SELECT id, state, product_id, quantity FROM reservation
          WHERE id = $1 AND user_id = $2 AND state IN ('HELD', 'EXPIRED') FOR UPDATE
        ), cancelled AS (
          UPDATE reservation SET state = 'CANCELLED' FROM item WHERE reservation.id = item.id
        )
        SELECT * FROM item
        """;

    private static final String EXPIRE_OLDEST = """
        UPDATE reservation SET state = 'EXPIRED' WHERE id = (
          SELECT id FROM reservation WHERE state = 'HELD' AND expires_at <= $1
          ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING product_id, quantity
        """;

    private final Database database;
    private final ProductConfig config;
    private final TransactionalOutbox outbox;
    private final StockReturns stockReturns;
    private final MoneyScale money;

    CartStore(
            Database database,
            ProductConfig config,
            TransactionalOutbox outbox,
            StockReturns stockReturns,
            MoneyScale money) {
        this.database = database;
        this.config = config;
        this.outbox = outbox;
        this.stockReturns = stockReturns;
        this.money = money;
    }

    /**
     * Puts units into a buyer's cart, which holds them.
     *
     * @param idempotencyKey identifies a repeat of the same request, which gets the same item; null if there is none
     */
    public Uni<CartItem> add(User user, CartItemRequest request, @Nullable String idempotencyKey, Instant now) {
        return database.runCritical(connection -> add(connection, user, request, idempotencyKey, now))
                .onFailure(e -> SqlErrors.isUniqueViolation(e, "idempotency_pkey"))
                .retry()
                .atMost(1)
                .invoke(outbox::scheduleRelay);
    }

    /** Puts units into a buyer's cart in the caller's transaction. */
    public Uni<CartItem> add(
            SqlConnection connection,
            User user,
            CartItemRequest request,
            @Nullable String idempotencyKey,
            Instant now) {
        UUID id = UUID.randomUUID();
        Tuple parameters = Tuple.tuple()
                .addUUID(id)
                .addUUID(request.productId())
                .addInteger(request.quantity())
                .addString(request.color())
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
                .addString(MaskedBuyerName.color(user.id()))
                .addString(request.size());
        return connection.preparedQuery(ADD).execute(parameters).chain(rows -> {
            Row row = rows.iterator().next();
            return row.getString("request") == null
                    ? Uni.createFrom().item(readAdded(row, id, request, now))
                    : repeat(connection, user, request, row, now);
        });
    }

    private Uni<CartItem> repeat(SqlConnection connection, User user, CartItemRequest request, Row row, Instant now) {
        if (!row.getString("request").equals(request.fingerprint())) {
            throw new DoramiException(
                    ErrorCode.IDEMPOTENCY_KEY_REUSED, "Idempotency-Key was used for another request; send a new key");
        }
        if (row.getUUID("previous_id") == null) {
            throw soldOut(request.quantity());
        }
        return find(connection, user, row.getUUID("previous_id"), now);
    }

    private CartItem readAdded(Row row, UUID id, CartItemRequest request, Instant now) {
        if (row.getInteger("stock") == null) {
            throw new DoramiException(ErrorCode.PRODUCT_NOT_FOUND, "Product not found");
        }
        if (!row.getBoolean("color_fits")) {
            throw new DoramiException(
                    ErrorCode.VALIDATION_ERROR, "body.color: expected one of the product's colorOptions");
        }
        if (!row.getBoolean("size_fits")) {
            throw new DoramiException(
                    ErrorCode.VALIDATION_ERROR, "body.size: expected one of the product's sizeOptions");
        }
        if (!row.getBoolean("may_hold")) {
            throw new DoramiException(
                    ErrorCode.RATE_LIMIT_EXCEEDED,
                    "A cart holds at most " + config.maxHeldPerUser() + " items; order or remove one first");
        }
        if (row.getBoolean("ended")) {
            throw new DoramiException(ErrorCode.SALE_ENDED, "The sale of this product has ended");
        }
        if (!row.getBoolean("taken")) {
            throw soldOut(request.quantity());
        }
        Instant heldUntil = SqlTime.instant(row, "expires_at");
        return new CartItem(
                id,
                request.productId(),
                row.getString("product_name"),
                ProductRow.readStreamKey(row),
                row.getBigDecimal("unit_amount"),
                request.quantity(),
                request.color(),
                request.size(),
                row.getBigDecimal("shipping_fee"),
                State.HELD,
                row.getBoolean("timer_enabled"),
                now,
                heldUntil,
                row.getBoolean("timer_enabled") ? heldUntil : null,
                row.getBoolean("timer_enabled") ? remainingSeconds(heldUntil, now) : null,
                false,
                null,
                new ProductInfo(row.getString("image_url"), Product.Status.AVAILABLE));
    }

    public Uni<CartItem> find(User user, UUID id, Instant now) {
        return database.runCritical(connection -> find(connection, user, id, now));
    }

    /** Finds an item of a buyer in the caller's transaction. */
    public Uni<CartItem> find(SqlConnection connection, User user, UUID id, Instant now) {
        return connection
                .preparedQuery(FIND)
                .execute(Tuple.of(id, user.id()))
                .map(rows -> SqlRows.first(rows, row -> read(row, now))
                        .orElseThrow(() -> new DoramiException(ErrorCode.CART_ITEM_NOT_FOUND, "Cart item not found")));
    }

    /** Finds a buyer's cart. */
    public Uni<Cart> findCart(User user, Instant now) {
        Tuple parameters =
                Tuple.of(user.id(), SqlTime.utc(now.minus(EXPIRED_ITEM_RETENTION)), 2 * config.maxHeldPerUser());
        return database.runCritical(
                        connection -> connection.preparedQuery(FIND_CART).execute(parameters))
                .map(rows -> toCart(rows, now));
    }

    private Cart toCart(RowSet<Row> rows, Instant now) {
        List<CartItem> items = SqlRows.list(rows, row -> read(row, now));
        List<CartItem> held =
                items.stream().filter(item -> item.status() == State.HELD).toList();
        Map<StreamKey, FreeShipping> terms = readTerms(rows);
        ShippingFees fees = ShippingFees.of(held, terms);
        FreeShipping offer = held.stream()
                .map(item ->
                        Optional.ofNullable(item.streamKey()).map(terms::get).orElse(FreeShipping.NONE))
                .filter(term -> term.mode() != FreeShipping.Mode.DISABLED)
                .findFirst()
                .orElse(FreeShipping.NONE);
        BigDecimal zero = money.scale(BigDecimal.ZERO);
        BigDecimal subtotal =
                ShippingFees.sum(held.stream().map(CartItem::subtotal).toList()).add(zero);
        BigDecimal shipping = fees.charged().add(zero);
        return new Cart(
                items,
                held.stream().mapToInt(CartItem::quantity).sum(),
                subtotal,
                shipping,
                subtotal.add(shipping),
                ShippingFees.sum(held.stream().map(CartItem::shippingFee).toList())
                        .add(zero),
                held.stream()
                        .filter(CartItem::timerEnabled)
                        .map(CartItem::heldUntil)
                        .min(Instant::compareTo)
                        .orElse(null),
                fees.isWaived(),
                offer.mode(),
                offer.threshold());
    }

    /** Reads the terms of the shows from the columns {@code free_shipping_mode} and {@code free_shipping_threshold}. */
    public static Map<StreamKey, FreeShipping> readTerms(RowSet<Row> rows) {
        Map<StreamKey, FreeShipping> terms = new HashMap<>();
        for (Row row : rows) {
            StreamKey key = ProductRow.readStreamKey(row);
            String mode = row.getString("free_shipping_mode");
            if (key != null && mode != null) {
                terms.put(
                        key,
                        new FreeShipping(
                                FreeShipping.Mode.valueOf(mode), row.getBigDecimal("free_shipping_threshold")));
            }
        }
        return terms;
    }

    /** Changes the quantity of a held item; the price and the end of the hold stay. */
    public Uni<CartItem> changeQuantity(User user, UUID id, int quantity, Instant now) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(LOCK_HELD)
                        .execute(Tuple.of(id, user.id(), SqlTime.utc(now)))
                        .chain(rows -> SqlRows.first(rows, row -> row)
                                .map(row -> moveUnits(
                                        transaction,
                                        row.getUUID("product_id"),
                                        quantity - row.getInteger("quantity"),
                                        now))
                                .orElseGet(() -> failNotHeld(transaction, user, id, now)))
                        .chain(() -> transaction
                                .preparedQuery("UPDATE reservation SET quantity = $2 WHERE id = $1")
                                .execute(Tuple.of(id, quantity)))
                        .chain(() -> find(transaction, user, id, now)))
                .invoke(outbox::scheduleRelay);
    }

    /** Takes units from stock, or returns them if the number is negative. */
    private Uni<Void> moveUnits(SqlConnection transaction, UUID productId, int units, Instant now) {
        if (units <= 0) {
            return units == 0
                    ? Uni.createFrom().voidItem()
                    : stockReturns.returnUnits(transaction, productId, -units, now);
        }
        return transaction
                .preparedQuery(TAKE_MORE)
                .execute(Tuple.of(productId, units, SqlTime.utc(now), config.lowStockThreshold()))
                .invoke(taken -> {
                    if (taken.size() == 0) {
                        throw soldOut(units);
                    }
                })
                .replaceWithVoid();
    }

    /** Extends the hold of an item by its first duration, at most once. */
    public Uni<CartItem> extend(User user, UUID id, Instant now) {
        return database.runCritical(connection -> connection
                .preparedQuery(EXTEND)
                .execute(Tuple.of(id, user.id(), SqlTime.utc(now)))
                .chain(result -> find(connection, user, id, now).invoke(item -> {
                    if (result.rowCount() == 1) {
                        return;
                    }
                    throw item.status() == State.HELD
                            ? new DoramiException(
                                    ErrorCode.CONFLICT, "Cart item was already extended; it can be extended once")
                            : notHeld(item);
                })));
    }

    /** Removes an item and returns its units to stock; a repeat changes nothing. */
    public Uni<CartItem> remove(User user, UUID id, Instant now) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(CANCEL)
                        .execute(Tuple.of(id, user.id()))
                        .chain(rows -> SqlRows.first(rows, row -> row)
                                .filter(row -> row.getString("state").equals(State.HELD.name()))
                                .map(row -> stockReturns.returnUnits(
                                        transaction, row.getUUID("product_id"), row.getInteger("quantity"), now))
                                .orElseGet(() -> Uni.createFrom().voidItem()))
                        .chain(() -> find(transaction, user, id, now))
                        .invoke(item -> {
                            if (item.status() == State.CONFIRMED) {
                                throw new DoramiException(
                                        ErrorCode.CONFLICT,
                                        "Cart item is part of order " + item.orderId() + "; cancel the order instead");
                            }
                        }))
                .invoke(outbox::scheduleRelay);
    }

    /**
     * Removes all items. Each item is a transaction of its own, so that no product is locked while another one is waited
     * for.
     */
    public Uni<Void> clear(User user, Instant now) {
        return findCart(user, now)
                .chain(cart -> Multi.createFrom()
                        .iterable(cart.items())
                        .onItem()
                        .transformToUniAndConcatenate(item -> remove(user, item.id(), now))
                        .onItem()
                        .ignoreAsUni());
    }

    /** Expires the item with the oldest expiry time that has passed. Returns false if there is none. */
    public Uni<Boolean> expireOldest(SqlConnection transaction, Instant now) {
        return transaction
                .preparedQuery(EXPIRE_OLDEST)
                .execute(Tuple.of(SqlTime.utc(now)))
                .chain(rows -> SqlRows.first(rows, row -> row)
                        .map(row -> stockReturns
                                .returnUnits(transaction, row.getUUID("product_id"), row.getInteger("quantity"), now)
                                .replaceWith(true))
                        .orElseGet(() -> Uni.createFrom().item(false)));
    }

    private Uni<Void> failNotHeld(SqlConnection transaction, User user, UUID id, Instant now) {
        return find(transaction, user, id, now).map(item -> {
            throw notHeld(item);
        });
    }

    /** The reason for which an item cannot be changed or ordered any more; names the item. */
    public static DoramiException notHeld(CartItem item) {
        String name = item.id() + " (" + item.productName() + ")";
        return switch (item.status()) {
            case EXPIRED ->
                new DoramiException(ErrorCode.CART_EXPIRED, "Cart item " + name + " expired; add the product again");
            case CONFIRMED ->
                new DoramiException(ErrorCode.CONFLICT, "Cart item " + name + " is part of order " + item.orderId());
            case CANCELLED, HELD ->
                new DoramiException(ErrorCode.CONFLICT, "Cart item " + name + " was removed; add the product again");
        };
    }

    private static DoramiException soldOut(int quantity) {
        return new DoramiException(ErrorCode.SOLD_OUT, "Product does not have " + quantity + " units available");
    }

    private static CartItem read(Row row, Instant now) {
        Instant heldUntil = SqlTime.instant(row, "expires_at");
        State stored = State.valueOf(row.getString("state"));
        // The sweeper stores the expiry up to a second late.
        State state = stored == State.HELD && !heldUntil.isAfter(now) ? State.EXPIRED : stored;
        boolean hasTimer = row.getBoolean("timer_enabled");
        Boolean soldOut = row.getBoolean("sold_out");
        return new CartItem(
                row.getUUID("id"),
                row.getUUID("product_id"),
                row.getString("product_name"),
                ProductRow.readStreamKey(row),
                row.getBigDecimal("unit_amount"),
                row.getInteger("quantity"),
                row.getString("color"),
                row.getString("size"),
                row.getBigDecimal("shipping_fee"),
                state,
                hasTimer,
                SqlTime.instant(row, "created_at"),
                heldUntil,
                hasTimer ? heldUntil : null,
                hasTimer ? remainingSeconds(heldUntil, now) : null,
                row.getBoolean("extended"),
                row.getString("order_id"),
                soldOut == null
                        ? null
                        : new ProductInfo(row.getString("image_url"), status(soldOut && state != State.HELD)));
    }

    private static long remainingSeconds(Instant expiresAt, Instant now) {
        return Math.max(0, Duration.between(now, expiresAt).toSeconds());
    }

    private static Product.Status status(boolean soldOut) {
        return soldOut ? Product.Status.SOLD_OUT : Product.Status.AVAILABLE;
    }
}
