package io.dorami.product.order;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductConfig;
import io.dorami.product.cart.CartItem;
import io.dorami.product.cart.CartStore;
import io.dorami.product.cart.ShippingFees;
import io.dorami.product.catalog.ProductRow;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
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
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Creates orders from held cart items: all of the named items, or none. The units stay taken, so that an order locks no
 * product.
 */
@ApplicationScoped
class OrderPlacement {

    /** A concurrent request with the same key waits here, and then finds the stored reply. */
    private static final String RECORD_KEY = """
        INSERT INTO idempotency (user_id, key, request, order_id, held_until, created_at)
        VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING
        """;

    private static final String FIND_KEY = "SELECT request, order_id FROM idempotency WHERE user_id = $1 AND key = $2";

    /** Locks the items in the order of their ids, so that two orders of the same items do not block each other. */
    private static final String TAKE_ITEMS = """
        WITH held AS (
          SELECT id FROM reservation
          WHERE user_id = $1 AND state = 'HELD' AND expires_at > $2 AND ($3::uuid[] IS NULL OR id = ANY ($3))
          ORDER BY id FOR UPDATE
        )
        UPDATE reservation SET state = 'CONFIRMED', order_id = $4 FROM held WHERE reservation.id = held.id
        """;

    private static final String FIND_LINES = """
        SELECT r.stream_key, r.unit_amount * r.quantity AS subtotal, r.shipping_fee,
          s.free_shipping_mode, s.free_shipping_threshold
        FROM reservation r LEFT JOIN stream s ON s.key = r.stream_key WHERE r.order_id = $1
        """;

    /** The first item also fills the columns that the version before reads. */
    private static final String INSERT_ORDER = """
        INSERT INTO orders (id, reservation_id, product_id, stream_key, product_name, quantity, option, unit_price,
          user_id, user_name, user_email, depositor_name, instagram_id, items, subtotal_amount, shipping_amount,
          total_amount, state, created_at, pay_until)
        SELECT $1, id, product_id, stream_key, product_name, quantity, option, unit_price,
          $2, $3, $4, $5, $6, $7, $8, $9, $10, 'PENDING_PAYMENT', $11, $12
        FROM reservation WHERE order_id = $1 ORDER BY created_at, id LIMIT 1
        """;

    private static final String INSERT_ITEMS = """
        INSERT INTO order_item (id, order_id, position, product_id, stream_key, product_name, quantity, unit_amount,
          shipping_fee, color, size, image_url)
        SELECT r.id, r.order_id, row_number() OVER (ORDER BY r.created_at, r.id), r.product_id, r.stream_key,
          r.product_name, r.quantity, r.unit_amount, r.shipping_fee, r.color, r.size, p.image_url
        FROM reservation r LEFT JOIN product p ON p.id = r.product_id WHERE r.order_id = $1
        """;

    private record Line(@Nullable StreamKey streamKey, BigDecimal subtotal, BigDecimal shippingFee)
            implements ShippingFees.Line {}

    private final Database database;
    private final OrderNumbers orderNumbers;
    private final OrderQueries queries;
    private final OrderStore store;
    private final CartStore cart;
    private final ProductConfig config;
    private final MoneyScale money;
    private final TransactionalOutbox outbox;

    OrderPlacement(
            Database database,
            OrderNumbers orderNumbers,
            OrderQueries queries,
            OrderStore store,
            CartStore cart,
            ProductConfig config,
            MoneyScale money,
            TransactionalOutbox outbox) {
        this.database = database;
        this.orderNumbers = orderNumbers;
        this.queries = queries;
        this.store = store;
        this.cart = cart;
        this.config = config;
        this.money = money;
        this.outbox = outbox;
    }

    /**
     * Creates an order. A repeat with the same key, or with the same items, returns the same order.
     *
     * @throws DoramiException if an item is not held any more; the message names each such item, and nothing changes
     */
    Uni<Order> place(User user, String email, OrderRequest request, @Nullable String idempotencyKey, Instant now) {
        return orderNumbers
                .nextOrderId(now)
                .chain(id -> database.inTransaction(
                        transaction -> place(transaction, id, user, email, request, idempotencyKey, now)))
                .invoke(outbox::scheduleRelay);
    }

    /** Creates an order with an allocated id in the caller's transaction. */
    Uni<Order> place(
            SqlConnection transaction,
            String id,
            User user,
            String email,
            OrderRequest request,
            @Nullable String idempotencyKey,
            Instant now) {
        return recordKey(transaction, user, request, idempotencyKey, id, now)
                .chain(orderId -> orderId.equals(id)
                        ? create(transaction, user, email, request, id, now)
                        : queries.find(transaction, orderId));
    }

    /** Stores the reply to the key; returns the stored one if the request is a repeat. */
    private static Uni<String> recordKey(
            SqlConnection transaction, User user, OrderRequest request, @Nullable String key, String id, Instant now) {
        if (key == null) {
            return Uni.createFrom().item(id);
        }
        Tuple parameters = Tuple.tuple()
                .addString(user.id())
                .addString(key)
                .addString(request.fingerprint())
                .addString(id)
                .addOffsetDateTime(SqlTime.utc(now));
        return transaction
                .preparedQuery(RECORD_KEY)
                .execute(parameters)
                .chain(result -> result.rowCount() == 1
                        ? Uni.createFrom().item(id)
                        : transaction
                                .preparedQuery(FIND_KEY)
                                .execute(Tuple.of(user.id(), key))
                                .map(rows -> readStoredReply(rows, request)));
    }

    private static String readStoredReply(RowSet<Row> rows, OrderRequest request) {
        return SqlRows.first(rows, row -> row)
                .filter(row -> row.getString("request").equals(request.fingerprint()))
                .map(row -> row.getString("order_id"))
                .orElseThrow(() -> new DoramiException(
                        ErrorCode.IDEMPOTENCY_KEY_REUSED,
                        "Idempotency-Key was used for another request; send a new key"));
    }

    private Uni<Order> create(
            SqlConnection transaction, User user, String email, OrderRequest request, String id, Instant now) {
        List<UUID> ids = request.cartItemIds() == null
                ? null
                : request.cartItemIds().stream().distinct().toList();
        return transaction
                .preparedQuery(TAKE_ITEMS)
                .execute(Tuple.of(user.id(), SqlTime.utc(now), ids == null ? null : ids.toArray(UUID[]::new), id))
                .chain(result -> {
                    int taken = result.rowCount();
                    if (ids != null && taken < ids.size()) {
                        return findRepeated(transaction, user, ids, id, now);
                    }
                    if (taken == 0) {
                        throw new DoramiException(ErrorCode.CONFLICT, "Cart is empty; add a product first");
                    }
                    return insert(transaction, user, email, request, id, taken, now);
                });
    }

    private Uni<Order> insert(
            SqlConnection transaction,
            User user,
            String email,
            OrderRequest request,
            String id,
            int itemCount,
            Instant now) {
        return transaction
                .preparedQuery(FIND_LINES)
                .execute(Tuple.of(id))
                .chain(rows -> {
                    List<Line> lines = SqlRows.list(
                            rows,
                            row -> new Line(
                                    ProductRow.readStreamKey(row),
                                    row.getBigDecimal("subtotal"),
                                    row.getBigDecimal("shipping_fee")));
                    BigDecimal zero = money.scale(BigDecimal.ZERO);
                    BigDecimal subtotal = ShippingFees.sum(
                                    lines.stream().map(Line::subtotal).toList())
                            .add(zero);
                    BigDecimal shipping = ShippingFees.of(lines, CartStore.readTerms(rows))
                            .charged()
                            .add(zero);
                    Tuple parameters = Tuple.tuple()
                            .addString(id)
                            .addString(user.id())
                            .addString(user.name())
                            .addString(email)
                            .addString(request.depositorName())
                            .addString(request.instagramId())
                            .addInteger(itemCount)
                            .addValue(subtotal)
                            .addValue(shipping)
                            .addValue(subtotal.add(shipping))
                            .addOffsetDateTime(SqlTime.utc(now))
                            .addOffsetDateTime(SqlTime.utc(now.plus(config.paymentTimeout())));
                    return transaction.preparedQuery(INSERT_ORDER).execute(parameters);
                })
                .chain(() -> transaction.preparedQuery(INSERT_ITEMS).execute(Tuple.of(id)))
                .chain(() -> queries.find(transaction, id))
                .call(order -> store.notifyOfChange(
                        transaction, order, new RoomEvent.OrderCreated(id, user.id(), order.streamKeys(), now), now))
                .call(order -> store.announce(transaction, order, PurchaseNotice.ORDERED));
    }

    /** Finds the order that has exactly these items, or fails with the name of each item that is not held. */
    private Uni<Order> findRepeated(SqlConnection transaction, User user, List<UUID> ids, String newId, Instant now) {
        return Multi.createFrom()
                .iterable(ids)
                .onItem()
                .transformToUniAndConcatenate(id -> cart.find(transaction, user, id, now))
                .collect()
                .asList()
                .chain(items -> {
                    List<String> orderIds =
                            items.stream().map(CartItem::orderId).distinct().toList();
                    String orderId = orderIds.getFirst();
                    if (orderIds.size() == 1 && orderId != null) {
                        return queries.find(transaction, orderId).invoke(order -> {
                            if (order.items().size() != ids.size()) {
                                throw unavailable(items, newId);
                            }
                        });
                    }
                    throw unavailable(items, newId);
                });
    }

    private static DoramiException unavailable(List<CartItem> items, String newId) {
        List<DoramiException> reasons = items.stream()
                .filter(item -> !newId.equals(item.orderId()))
                .map(CartStore::notHeld)
                .toList();
        return new DoramiException(
                reasons.getFirst().code(),
                reasons.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")));
    }
}
