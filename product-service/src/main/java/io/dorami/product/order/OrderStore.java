package io.dorami.product.order;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductConfig;
import io.dorami.product.order.Order.State;
import io.dorami.product.reservation.MaskedBuyerName;
import io.dorami.product.reservation.ReservationStore;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.TransactionalOutbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Orders in PostgreSQL. A change of state, its change of stock and its events are written in one transaction. */
@ApplicationScoped
public class OrderStore {

    private static final String COLUMNS = """
        id, reservation_id, product_id, stream_key, product_name, user_id, user_name, quantity, option, unit_price,
        state, created_at, pay_until, paid_at, cancelled_at, payment_id
        """;

    private static final String CONFIRM_RESERVATION = """
        UPDATE reservation SET state = 'CONFIRMED', order_id = $4
        WHERE id = $1 AND user_id = $2 AND state = 'HELD' AND expires_at > $3
        """;

    private static final String INSERT_ORDER = """
        INSERT INTO orders (id, reservation_id, product_id, stream_key, product_name, user_id, user_name, quantity,
          option, unit_price, state, created_at, pay_until)
        SELECT order_id, id, product_id, stream_key, product_name, user_id, user_name, quantity,
          option, unit_price, 'PENDING_PAYMENT', $2, $3
        FROM reservation WHERE id = $1
        RETURNING\s""" + COLUMNS;

    private static final String FIND = "SELECT " + COLUMNS + " FROM orders WHERE id = $1";

    private static final String LIST_BY_USER = "SELECT " + COLUMNS + """
        FROM orders WHERE user_id = $1 ORDER BY created_at DESC, id LIMIT $2 OFFSET $3
        """;

    private static final String MARK_PAID = """
        UPDATE orders SET state = 'PAID', paid_at = $2, payment_id = $3
        WHERE id = $1 AND state = 'PENDING_PAYMENT' AND unit_price * quantity = $4
        RETURNING\s""" + COLUMNS;

    private static final String CANCEL = """
        UPDATE orders SET state = 'CANCELLED', cancelled_at = $2
        WHERE id = $1 AND (state = 'PENDING_PAYMENT' AND user_id = $3 OR $4 AND state <> 'CANCELLED')
        RETURNING\s""" + COLUMNS;

    private static final String CANCEL_UNPAID = """
        UPDATE orders SET state = 'CANCELLED', cancelled_at = $1 WHERE id = (
          SELECT id FROM orders WHERE state = 'PENDING_PAYMENT' AND pay_until <= $1
          ORDER BY pay_until LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING\s""" + COLUMNS;

    private final Database database;
    private final ReservationStore reservations;
    private final OrderNumbers orderNumbers;
    private final ProductConfig config;
    private final TransactionalOutbox outbox;

    OrderStore(
            Database database,
            ReservationStore reservations,
            OrderNumbers orderNumbers,
            ProductConfig config,
            TransactionalOutbox outbox) {
        this.database = database;
        this.reservations = reservations;
        this.orderNumbers = orderNumbers;
        this.config = config;
        this.outbox = outbox;
    }

    /** Creates an order from a reservation; a repeat returns the same order. */
    Uni<Order> confirm(User user, UUID reservationId, Instant now) {
        return orderNumbers
                .nextOrderId(now)
                .chain(id -> database.inTransaction(transaction -> transaction
                        .preparedQuery(CONFIRM_RESERVATION)
                        .execute(Tuple.of(reservationId, user.id(), SqlTime.utc(now), id))
                        .chain(result -> result.rowCount() == 1
                                ? create(transaction, reservationId, now)
                                : findConfirmed(transaction, user, reservationId, now))))
                .invoke(outbox::scheduleRelay);
    }

    private Uni<Order> create(SqlConnection transaction, UUID reservationId, Instant now) {
        return transaction
                .preparedQuery(INSERT_ORDER)
                .execute(Tuple.of(reservationId, SqlTime.utc(now), SqlTime.utc(now.plus(config.paymentTimeout()))))
                .map(rows -> SqlRows.first(rows, OrderStore::readRow).orElseThrow())
                .call(order -> notifyAdmins(
                        transaction,
                        order,
                        new RoomEvent.OrderCreated(order.id(), order.userId(), List.of(order.streamKey()), now)));
    }

    private Uni<Order> findConfirmed(SqlConnection transaction, User user, UUID reservationId, Instant now) {
        return ReservationStore.find(transaction, user, reservationId).chain(reservation -> {
            if (reservation.orderId() == null) {
                throw ReservationStore.notHeldException(
                        reservation, now, "Reservation was cancelled; reserve the product again");
            }
            return find(transaction, reservation.orderId());
        });
    }

    /** Finds an order of the user; an admin finds any order. */
    Uni<Order> find(User user, String id) {
        return database.runCritical(connection -> find(connection, id)).invoke(order -> checkOwner(order, user));
    }

    Uni<List<Order>> list(User user, int take, int skip) {
        return database.runBulk(
                        connection -> connection.preparedQuery(LIST_BY_USER).execute(Tuple.of(user.id(), take, skip)))
                .map(rows -> SqlRows.list(rows, OrderStore::readRow));
    }

    /** Cancels an order: its buyer until payment, an admin at any time. A repeat changes nothing. */
    Uni<Order> cancel(User user, String id, Instant now) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(CANCEL)
                        .execute(Tuple.of(id, SqlTime.utc(now), user.id(), user.isAdmin()))
                        .chain(rows -> SqlRows.first(rows, OrderStore::readRow)
                                .map(order -> releaseAndNotify(transaction, order, now))
                                .orElseGet(() -> find(transaction, id).invoke(order -> {
                                    checkOwner(order, user);
                                    if (order.state() == State.PAID) {
                                        throw new DoramiException(
                                                ErrorCode.CONFLICT, "Order is paid; only an admin can cancel it");
                                    }
                                }))))
                .invoke(outbox::scheduleRelay);
    }

    /** Cancels the unpaid order with the oldest deadline that has passed. Returns false if there is none. */
    Uni<Boolean> cancelOldestUnpaid(SqlConnection transaction, Instant now) {
        return transaction
                .preparedQuery(CANCEL_UNPAID)
                .execute(Tuple.of(SqlTime.utc(now)))
                .chain(rows -> SqlRows.first(rows, OrderStore::readRow)
                        .map(order -> releaseAndNotify(transaction, order, now).replaceWith(true))
                        .orElseGet(() -> Uni.createFrom().item(false)));
    }

    /**
     * Marks an order paid after the provider has received the money. A repeat for the same payment changes nothing.
     *
     * @throws DoramiException {@link ErrorCode#CONFLICT} if the provider must refund the payment: the order is
     *     cancelled, was paid by another payment, or has another price
     */
    public Uni<Order> recordPayment(String id, String paymentId, long amount, Instant now) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(MARK_PAID)
                        .execute(Tuple.of(id, SqlTime.utc(now), paymentId, amount))
                        .chain(rows -> rows.rowCount() == 1
                                ? publishPayment(transaction, rows.iterator().next(), now)
                                : findPaid(transaction, id, paymentId, amount)))
                .invoke(outbox::scheduleRelay);
    }

    /** Finds the state of any order. The caller must have verified the provider's signature. */
    public Uni<State> findState(String id) {
        return database.runCritical(connection -> find(connection, id)).map(Order::state);
    }

    private Uni<Order> publishPayment(SqlConnection transaction, Row row, Instant now) {
        Order order = readRow(row);
        String buyerName = MaskedBuyerName.mask(row.getString("user_name"));
        RoomId shop = new RoomId(RoomType.SHOP, order.streamKey());
        return notifyAdmins(
                        transaction,
                        order,
                        new RoomEvent.OrderPaid(order.id(), order.userId(), List.of(order.streamKey()), now))
                .chain(() -> outbox.publish(
                        transaction,
                        shop,
                        order.id(),
                        new RoomEvent.PurchaseAnnounced(
                                order.streamKey(), buyerName, buyerName + " bought " + order.productName())))
                .replaceWith(order);
    }

    private static Uni<Order> findPaid(SqlConnection transaction, String id, String paymentId, long amount) {
        return transaction.preparedQuery(FIND).execute(Tuple.of(id)).map(rows -> {
            Row row = SqlRows.first(rows, found -> found).orElseThrow(OrderStore::notFound);
            Order order = readRow(row);
            if (order.state() == State.PAID && paymentId.equals(row.getString("payment_id"))) {
                return order;
            }
            throw new DoramiException(
                    ErrorCode.CONFLICT,
                    switch (order.state()) {
                        case PAID -> "Order was paid by another payment; refund this payment";
                        case CANCELLED -> "Order is cancelled; refund this payment";
                        case PENDING_PAYMENT -> "body.amount: expected " + order.totalPrice() + " won, got " + amount;
                    });
        });
    }

    private Uni<Order> releaseAndNotify(SqlConnection transaction, Order order, Instant now) {
        return reservations
                .releaseUnits(transaction, order.productId(), order.quantity(), now)
                .chain(() -> notifyAdmins(
                        transaction,
                        order,
                        new RoomEvent.OrderCancelled(order.id(), order.userId(), List.of(order.streamKey()), now)))
                .replaceWith(order);
    }

    private Uni<Void> notifyAdmins(SqlConnection transaction, Order order, RoomEvent event) {
        return outbox.publish(transaction, RoomId.ADMINS, order.id(), event);
    }

    private static Uni<Order> find(SqlConnection connection, String id) {
        return connection
                .preparedQuery(FIND)
                .execute(Tuple.of(id))
                .map(rows -> SqlRows.first(rows, OrderStore::readRow).orElseThrow(OrderStore::notFound));
    }

    /** Fails like an unknown order, so that other users do not learn that the order exists. */
    private static void checkOwner(Order order, User user) {
        if (!user.isAdmin() && !order.userId().equals(user.id())) {
            throw notFound();
        }
    }

    private static DoramiException notFound() {
        return new DoramiException(ErrorCode.ORDER_NOT_FOUND, "Order not found");
    }

    private static Order readRow(Row row) {
        return new Order(
                row.getString("id"),
                row.getUUID("reservation_id"),
                row.getUUID("product_id"),
                new StreamKey(row.getString("stream_key")),
                row.getString("product_name"),
                row.getString("user_id"),
                row.getInteger("quantity"),
                row.getString("option"),
                row.getLong("unit_price"),
                State.valueOf(row.getString("state")),
                SqlTime.instant(row, "created_at"),
                SqlTime.instant(row, "pay_until"),
                SqlTime.nullableInstant(row, "paid_at"),
                SqlTime.nullableInstant(row, "cancelled_at"));
    }
}
