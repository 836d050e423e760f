package io.dorami.product.order;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.product.ProductConfig;
import io.dorami.product.order.Order.Status;
import io.dorami.product.show.ShowStore;
import io.dorami.product.stock.StockReturns;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlErrors;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.TransactionalOutbox;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The states of orders in PostgreSQL. A change of state and its events are written in one transaction. The units of a
 * cancelled order then return to stock one item after the other, each in a transaction of its own, so that no product is
 * locked while another one is waited for; {@link ExpirySweeper} finishes what a crash interrupts.
 */
@ApplicationScoped
public class OrderStore {

    private static final String MARK_PAID = """
        UPDATE orders SET state = 'PAID', paid_at = $2, payment_id = $3, payment_failed = false
        WHERE id = $1 AND state = 'PENDING_PAYMENT' AND ($4::numeric IS NULL OR total_amount = $4)
        """;

    private static final String MARK_UNPAID = """
        UPDATE orders SET state = 'PENDING_PAYMENT', paid_at = NULL, pay_until = $2
        WHERE id = $1 AND state = 'PAID' AND payment_id IS NULL
        """;

    private static final String MARK_FAILED =
            "UPDATE orders SET payment_failed = true WHERE id = $1 AND state = 'PENDING_PAYMENT'";

    private static final String CANCEL = """
        UPDATE orders SET state = 'CANCELLED', cancelled_at = $2, units_returned = false
        WHERE id = $1 AND (state = 'PENDING_PAYMENT' OR $3 AND state = 'PAID')
        """;

    private static final String CANCEL_REFUNDED = """
        UPDATE orders SET state = 'CANCELLED', cancelled_at = $2, units_returned = false
        WHERE id = $1 AND state = 'PAID' AND payment_id = $3
        """;

    private static final String CANCEL_UNPAID = """
        UPDATE orders SET state = 'CANCELLED', cancelled_at = $1, units_returned = false WHERE id = (
          SELECT id FROM orders WHERE state = 'PENDING_PAYMENT' AND pay_until <= $1
          ORDER BY pay_until LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id
        """;

    private static final String RELEASE_ITEM = """
        UPDATE order_item SET released = true WHERE id = (
          SELECT id FROM order_item WHERE order_id = $1 AND NOT released ORDER BY position LIMIT 1 FOR UPDATE)
          AND NOT released
        RETURNING product_id, quantity
        """;

    private static final String MARK_RETURNED = "UPDATE orders SET units_returned = true WHERE id = $1";

    private static final String FIND_UNRETURNED =
            "SELECT id FROM orders WHERE NOT units_returned AND state = 'CANCELLED' ORDER BY cancelled_at LIMIT 1";

    private final Database database;
    private final OrderQueries queries;
    private final ProductConfig config;
    private final TransactionalOutbox outbox;
    private final StockReturns stockReturns;
    private final ShowStore shows;

    OrderStore(
            Database database,
            OrderQueries queries,
            ProductConfig config,
            TransactionalOutbox outbox,
            StockReturns stockReturns,
            ShowStore shows) {
        this.database = database;
        this.queries = queries;
        this.config = config;
        this.outbox = outbox;
        this.stockReturns = stockReturns;
        this.shows = shows;
    }

    /**
     * Cancels an order and returns its units to stock; a repeat changes nothing. The buyer may cancel until payment, an
     * admin at any time.
     */
    Uni<Order> cancel(User user, String id, Instant now) {
        return database.inTransaction(transaction -> queries.find(transaction, user, id)
                        .chain(order -> transaction
                                .preparedQuery(CANCEL)
                                .execute(Tuple.of(id, SqlTime.utc(now), user.isAdmin())))
                        .chain(result -> queries.find(transaction, id).call(order -> {
                            if (result.rowCount() == 1) {
                                return notifyOfChange(transaction, order, cancelledEvent(order, now), now);
                            }
                            if (order.status() != Status.CANCELLED) {
                                throw new DoramiException(
                                        ErrorCode.CONFLICT, "Order is paid; only an admin can cancel it");
                            }
                            return Uni.createFrom().voidItem();
                        })))
                .invoke(outbox::scheduleRelay)
                .call(() -> returnUnits(id, now));
    }

    /** Cancels the unpaid order with the oldest deadline that has passed. Returns false if there is none. */
    Uni<Boolean> cancelOldestUnpaid(SqlConnection transaction, Instant now) {
        return transaction
                .preparedQuery(CANCEL_UNPAID)
                .execute(Tuple.of(SqlTime.utc(now)))
                .chain(rows -> SqlRows.first(rows, row -> row.getString("id"))
                        .map(id -> queries.find(transaction, id)
                                .chain(order -> notifyOfChange(transaction, order, cancelledEvent(order, now), now))
                                .replaceWith(true))
                        .orElseGet(() -> Uni.createFrom().item(false)));
    }

    /** Returns the units of one item of a cancelled order. Returns false if there is no such item. */
    Uni<Boolean> returnNextUnits(SqlConnection transaction, Instant now) {
        return transaction
                .query(FIND_UNRETURNED)
                .execute()
                .chain(rows -> SqlRows.first(rows, row -> row.getString("id"))
                        .map(id -> returnNextItem(transaction, id, now).replaceWith(true))
                        .orElseGet(() -> Uni.createFrom().item(false)));
    }

    private Uni<Void> returnUnits(String id, Instant now) {
        return database.inTransaction(transaction -> returnNextItem(transaction, id, now))
                .invoke(outbox::scheduleRelay)
                .chain(isReturned ->
                        isReturned ? returnUnits(id, now) : Uni.createFrom().voidItem());
    }

    /** Returns the units of the next item. Returns false if all are returned. */
    private Uni<Boolean> returnNextItem(SqlConnection transaction, String id, Instant now) {
        return transaction
                .preparedQuery(RELEASE_ITEM)
                .execute(Tuple.of(id))
                .chain(rows -> SqlRows.first(rows, row -> row)
                        .map(item -> stockReturns
                                .returnUnits(transaction, item.getUUID("product_id"), item.getInteger("quantity"), now)
                                .replaceWith(true))
                        .orElseGet(() -> transaction
                                .preparedQuery(MARK_RETURNED)
                                .execute(Tuple.of(id))
                                .replaceWith(false)));
    }

    /**
     * Marks an order paid after the provider has received the money. A repeat for the same payment changes nothing.
     *
     * @throws DoramiException {@link ErrorCode#CONFLICT} if the provider must refund the payment: the order is
     *     cancelled, was paid by another payment, or has another total; or the payment was for another order
     */
    public Uni<Order> recordPayment(String id, String paymentId, BigDecimal amount, Instant now) {
        return markPaid(id, paymentId, amount, now)
                .onFailure(e -> SqlErrors.isUniqueViolation(e, "orders_payment_id_key"))
                .transform(e -> new DoramiException(
                        ErrorCode.CONFLICT, "body.paymentId: was used for another order; refund this payment"));
    }

    /**
     * Marks an order paid; a repeat changes nothing.
     *
     * @param paymentId null for a bank transfer
     * @param amount null for a bank transfer, whose amount the admin has compared
     */
    private Uni<Order> markPaid(String id, @Nullable String paymentId, @Nullable BigDecimal amount, Instant now) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(MARK_PAID)
                        .execute(Tuple.of(id, SqlTime.utc(now), paymentId, amount))
                        .chain(result -> queries.find(transaction, id)
                                .call(order -> result.rowCount() == 1
                                        ? publishPayment(transaction, order, now)
                                        : checkPaid(transaction, order, paymentId, amount))))
                .invoke(outbox::scheduleRelay);
    }

    private Uni<Void> publishPayment(SqlConnection transaction, Order order, Instant now) {
        return notifyOfChange(
                        transaction,
                        order,
                        new RoomEvent.OrderPaid(order.id(), order.userId(), order.streamKeys(), now),
                        now)
                .chain(() -> announce(transaction, order, PurchaseNotice.PAID));
    }

    /** Publishes a purchase in the rooms of its shows. */
    Uni<Void> announce(SqlConnection transaction, Order order, PurchaseNotice notice) {
        return Multi.createFrom()
                .iterable(order.streamKeys())
                .onItem()
                .transformToUniAndConcatenate(show -> outbox.publish(
                        transaction,
                        new RoomId(RoomType.SHOP, show),
                        order.id(),
                        notice.event(order, show, config.language())))
                .onItem()
                .ignoreAsUni();
    }

    private Uni<Void> checkPaid(
            SqlConnection transaction, Order order, @Nullable String paymentId, @Nullable BigDecimal amount) {
        return queries.findPaymentId(transaction, order.id())
                .invoke(stored -> {
                    if (order.status() == Status.PAID
                            && (paymentId == null || Optional.of(paymentId).equals(stored))) {
                        return;
                    }
                    throw new DoramiException(
                            ErrorCode.CONFLICT,
                            switch (order.status()) {
                                case PAID -> "Order was paid by another payment; refund this payment";
                                case CANCELLED -> "Order is cancelled; refund this payment";
                                case PENDING_PAYMENT -> "body.amount: expected " + order.total() + ", got " + amount;
                            });
                })
                .replaceWithVoid();
    }

    /**
     * Cancels an order whose payment the provider has refunded, and returns its units to stock. A refund of a payment that
     * did not count, such as the second one of an order, changes nothing.
     */
    public Uni<Order> recordRefund(String id, String paymentId, Instant now) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(CANCEL_REFUNDED)
                        .execute(Tuple.of(id, SqlTime.utc(now), paymentId))
                        .chain(result -> queries.find(transaction, id)
                                .call(order -> result.rowCount() == 1
                                        ? notifyOfChange(transaction, order, cancelledEvent(order, now), now)
                                        : Uni.createFrom().voidItem())))
                .invoke(outbox::scheduleRelay)
                .call(order -> order.status() == Status.CANCELLED
                        ? returnUnits(id, now)
                        : Uni.createFrom().voidItem());
    }

    /** Finds any order. The caller must have verified the provider's signature. */
    public Uni<Order> find(String id) {
        return database.runCritical(connection -> queries.find(connection, id));
    }

    /** Records that the provider could not collect the money; the buyer may try again until the order is cancelled. */
    public Uni<Order> recordFailure(String id) {
        return database.inTransaction(transaction -> transaction
                .preparedQuery(MARK_FAILED)
                .execute(Tuple.of(id))
                .chain(() -> queries.find(transaction, id)));
    }

    /**
     * Sets the state of an order, as an admin decides after looking at the bank account.
     *
     * @throws DoramiException {@link ErrorCode#CONFLICT} if the order is cancelled, because its units are sold to others,
     *     or if the payment came from the provider and is to be undone
     */
    Uni<Order> setStatus(User admin, String id, Status status, Instant now) {
        return switch (status) {
            case PAID -> markPaid(id, null, null, now);
            case CANCELLED -> cancel(admin, id, now);
            case PENDING_PAYMENT -> undoTransfer(id, now);
        };
    }

    private Uni<Order> undoTransfer(String id, Instant now) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(MARK_UNPAID)
                        .execute(Tuple.of(id, SqlTime.utc(now.plus(config.paymentTimeout()))))
                        .chain(result -> queries.find(transaction, id)
                                .call(order -> result.rowCount() == 1
                                        ? notifySellers(transaction, order, now)
                                        : Uni.createFrom().voidItem()))
                        .invoke(order -> {
                            switch (order.status()) {
                                case PENDING_PAYMENT -> {}
                                case PAID ->
                                    throw new DoramiException(
                                            ErrorCode.CONFLICT, "Order was paid through the provider; refund it there");
                                case CANCELLED ->
                                    throw new DoramiException(
                                            ErrorCode.CONFLICT, "Order is cancelled; its units are back in stock");
                            }
                        }))
                .invoke(outbox::scheduleRelay);
    }

    private static RoomEvent cancelledEvent(Order order, Instant now) {
        return new RoomEvent.OrderCancelled(order.id(), order.userId(), order.streamKeys(), now);
    }

    /** Publishes a change of an order, in its transaction: the event to admins, the order to the sellers of its shows. */
    Uni<Void> notifyOfChange(SqlConnection transaction, Order order, RoomEvent event, Instant now) {
        return outbox.publish(transaction, RoomId.ADMINS, order.id(), event)
                .chain(() -> notifySellers(transaction, order, now));
    }

    private Uni<Void> notifySellers(SqlConnection transaction, Order order, Instant now) {
        return Multi.createFrom()
                .iterable(order.streamKeys())
                .onItem()
                .transformToUniAndConcatenate(show -> shows.findSellers(transaction, show)
                        .chain(sellers -> sellers.map(found -> outbox.publish(
                                        transaction,
                                        RoomId.USERS,
                                        order.id() + " " + show,
                                        new RoomEvent.ShowOrderChanged(found.userIds(), show, order.ofShow(show), now)))
                                .orElseGet(() -> Uni.createFrom().voidItem())))
                .onItem()
                .ignoreAsUni();
    }
}
