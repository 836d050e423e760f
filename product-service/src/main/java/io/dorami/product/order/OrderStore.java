package io.dorami.product.order;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductConfig;
import io.dorami.product.ProductOutbox;
import io.dorami.product.SqlTime;
import io.dorami.product.order.Order.State;
import io.dorami.product.reservation.MaskedBuyerName;
import io.dorami.product.reservation.ReservationStore;
import io.dorami.service.database.Database;
import io.dorami.service.messaging.TransactionalOutbox;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;

/** Orders in PostgreSQL. A change of state, the stock that it moves and what is said of it are one transaction. */
@ApplicationScoped
public class OrderStore {

    private static final String COLUMNS =
            "id, reservation_id, product_id, stream_key, product_name, user_id, user_name,"
                    + " quantity, option, unit_price, state, created_at, pay_until, paid_at, cancelled_at, payment_id";

    private static final String CONFIRM = "UPDATE reservation SET state = 'CONFIRMED', order_id = $4"
            + " WHERE id = $1 AND user_id = $2 AND state = 'HELD' AND expires_at > $3";

    private static final String CREATE = "INSERT INTO orders (id, reservation_id, product_id, stream_key,"
            + " product_name, user_id, user_name, quantity, option, unit_price, state, created_at, pay_until) SELECT"
            + " order_id, id, product_id, stream_key, product_name, user_id, user_name, quantity, option, unit_price,"
            + " 'PENDING_PAYMENT', $2, $3 FROM reservation WHERE id = $1 RETURNING " + COLUMNS;

    private static final String FIND = "SELECT " + COLUMNS + " FROM orders WHERE id = $1";

    private static final String OF_USER = "SELECT " + COLUMNS + " FROM orders WHERE user_id = $1"
            + " ORDER BY created_at DESC, id LIMIT $2 OFFSET $3";

    private static final String PAY = "UPDATE orders SET state = 'PAID', paid_at = $2, payment_id = $3"
            + " WHERE id = $1 AND state = 'PENDING_PAYMENT' AND unit_price * quantity = $4 RETURNING " + COLUMNS;

    private static final String CANCEL = "UPDATE orders SET state = 'CANCELLED', cancelled_at = $2"
            + " WHERE id = $1 AND (state = 'PENDING_PAYMENT' AND user_id = $3 OR $4 AND state <> 'CANCELLED')"
            + " RETURNING " + COLUMNS;

    private static final String UNPAID = "UPDATE orders SET state = 'CANCELLED', cancelled_at = $1 WHERE id = ("
            + "SELECT id FROM orders WHERE state = 'PENDING_PAYMENT' AND pay_until <= $1 ORDER BY pay_until LIMIT 1"
            + " FOR UPDATE SKIP LOCKED) RETURNING " + COLUMNS;

    private final Database database;
    private final ReservationStore reservations;
    private final OrderNumbers numbers;
    private final ProductConfig config;
    private final ProductOutbox outbox;

    OrderStore(
            Database database,
            ReservationStore reservations,
            OrderNumbers numbers,
            ProductConfig config,
            ProductOutbox outbox) {
        this.database = database;
        this.reservations = reservations;
        this.numbers = numbers;
        this.config = config;
        this.outbox = outbox;
    }

    /** Makes a reservation an order; the second time it is the same order. */
    Uni<Order> confirm(User user, UUID reservation, Instant now) {
        return numbers.next(now)
                .chain(id -> database.transaction(transaction -> transaction
                        .preparedQuery(CONFIRM)
                        .execute(Tuple.of(reservation, user.id(), SqlTime.utc(now), id))
                        .chain(done -> done.rowCount() == 1
                                ? create(transaction, reservation, now)
                                : confirmedBefore(transaction, user, reservation, now))))
                .invoke(outbox::relaySoon);
    }

    private Uni<Order> create(SqlConnection transaction, UUID reservation, Instant now) {
        return transaction
                .preparedQuery(CREATE)
                .execute(Tuple.of(reservation, SqlTime.utc(now), SqlTime.utc(now.plus(config.payTime()))))
                .map(rows -> first(rows).orElseThrow())
                .call(order -> tellAdmins(
                        transaction,
                        order,
                        new RoomEvent.OrderCreated(order.id(), order.userId(), List.of(order.streamKey()), now)));
    }

    private Uni<Order> confirmedBefore(SqlConnection transaction, User user, UUID reservation, Instant now) {
        return ReservationStore.find(transaction, user, reservation).chain(found -> {
            if (found.orderId() == null) {
                throw ReservationStore.notHeld(found, now, "It was cancelled");
            }
            return find(transaction, found.orderId());
        });
    }

    /** One's own; an admin sees all. */
    Uni<Order> find(User user, String id) {
        return database.critical(connection -> find(connection, id)).invoke(order -> checkOwner(order, user));
    }

    Uni<List<Order>> list(User user, int take, int skip) {
        return database.bulk(connection -> connection.preparedQuery(OF_USER).execute(Tuple.of(user.id(), take, skip)))
                .map(OrderStore::orders);
    }

    /** By its buyer until it is paid, by an admin at any time. A second time, nothing happens. */
    Uni<Order> cancel(User user, String id, Instant now) {
        return database.transaction(transaction -> transaction
                        .preparedQuery(CANCEL)
                        .execute(Tuple.of(id, SqlTime.utc(now), user.id(), user.admin()))
                        .chain(rows -> first(rows)
                                .map(order -> off(transaction, order, now))
                                .orElseGet(() -> find(transaction, id).invoke(order -> {
                                    checkOwner(order, user);
                                    if (order.state() == State.PAID) {
                                        throw new DoramiException(
                                                ErrorCode.CONFLICT, "It is paid; only an admin may cancel it");
                                    }
                                }))))
                .invoke(outbox::relaySoon);
    }

    /** Cancels the order that should have been paid longest ago; answers whether there was one. */
    Uni<Boolean> cancelOneUnpaid(SqlConnection transaction, Instant now) {
        return transaction
                .preparedQuery(UNPAID)
                .execute(Tuple.of(SqlTime.utc(now)))
                .chain(rows -> first(rows)
                        .map(order -> off(transaction, order, now).replaceWith(true))
                        .orElseGet(() -> Uni.createFrom().item(false)));
    }

    /**
     * The provider has the money. Its second word of the same payment changes nothing.
     *
     * @throws DoramiException {@link ErrorCode#CONFLICT} where the money must go back: the order is cancelled, was paid by
     *     another payment, or costs something else
     */
    public Uni<Order> pay(String id, String payment, long amount, Instant now) {
        return database.transaction(transaction -> transaction
                        .preparedQuery(PAY)
                        .execute(Tuple.of(id, SqlTime.utc(now), payment, amount))
                        .chain(rows -> rows.rowCount() == 1
                                ? tellOfPayment(transaction, rows.iterator().next(), now)
                                : paidBefore(transaction, id, payment, amount)))
                .invoke(outbox::relaySoon);
    }

    /** For whoever has proved to be the provider. */
    public Uni<State> state(String id) {
        return database.critical(connection -> find(connection, id)).map(Order::state);
    }

    private Uni<Order> tellOfPayment(SqlConnection transaction, Row row, Instant now) {
        Order order = order(row);
        String name = MaskedBuyerName.masked(row.getString("user_name"));
        RoomId shop = new RoomId(RoomType.SHOP, order.streamKey());
        return tellAdmins(
                        transaction,
                        order,
                        new RoomEvent.OrderPaid(order.id(), order.userId(), List.of(order.streamKey()), now))
                .chain(() -> TransactionalOutbox.publish(
                        transaction,
                        shop,
                        order.id(),
                        new RoomEvent.PurchaseAnnounced(
                                order.streamKey(), name, name + " bought " + order.productName())))
                .replaceWith(order);
    }

    private static Uni<Order> paidBefore(SqlConnection transaction, String id, String payment, long amount) {
        return transaction.preparedQuery(FIND).execute(Tuple.of(id)).map(rows -> {
            Row row = rows.rowCount() == 0 ? null : rows.iterator().next();
            if (row == null) {
                throw new DoramiException(ErrorCode.ORDER_NOT_FOUND, "There is no such order");
            }
            Order order = order(row);
            if (order.state() == State.PAID && payment.equals(row.getString("payment_id"))) {
                return order;
            }
            throw new DoramiException(
                    ErrorCode.CONFLICT,
                    switch (order.state()) {
                        case PAID -> "The order was paid by another payment; give this one back";
                        case CANCELLED -> "The order is cancelled; give the payment back";
                        case PENDING_PAYMENT -> "The order costs " + order.totalPrice() + " won and not " + amount;
                    });
        });
    }

    private Uni<Order> off(SqlConnection transaction, Order order, Instant now) {
        return reservations
                .giveBack(transaction, order.productId(), order.quantity(), now)
                .chain(() -> tellAdmins(
                        transaction,
                        order,
                        new RoomEvent.OrderCancelled(order.id(), order.userId(), List.of(order.streamKey()), now)))
                .replaceWith(order);
    }

    private static Uni<Void> tellAdmins(SqlConnection transaction, Order order, RoomEvent event) {
        return TransactionalOutbox.publish(transaction, RoomId.ALL_ADMINS, order.id(), event);
    }

    private static Uni<Order> find(SqlConnection connection, String id) {
        return connection
                .preparedQuery(FIND)
                .execute(Tuple.of(id))
                .map(rows -> first(rows).orElseThrow(OrderStore::notFound));
    }

    /** Whoever is neither the buyer nor an admin does not learn that it exists. */
    private static void checkOwner(Order order, User user) {
        if (!user.admin() && !order.userId().equals(user.id())) {
            throw notFound();
        }
    }

    private static DoramiException notFound() {
        return new DoramiException(ErrorCode.ORDER_NOT_FOUND, "You have no such order");
    }

    private static Optional<Order> first(RowSet<Row> rows) {
        return orders(rows).stream().findFirst();
    }

    private static List<Order> orders(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(OrderStore::order)
                .toList();
    }

    private static Order order(Row row) {
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
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("pay_until").toInstant(),
                SqlTime.instant(row, "paid_at"),
                SqlTime.instant(row, "cancelled_at"));
    }
}
