package io.dorami.product.order;

import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductConfig;
import io.dorami.product.catalog.ProductRow;
import io.dorami.product.order.Order.BankTransferInfo;
import io.dorami.product.order.Order.Customer;
import io.dorami.product.order.Order.PaymentStatus;
import io.dorami.product.order.Order.Status;
import io.dorami.product.order.ShowOrderResource.ShowOrderPage;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads orders with their items. */
@ApplicationScoped
class OrderQueries {

    private static final String COLUMNS = """
        id, user_id, user_name, user_email, depositor_name, instagram_id, subtotal_amount, shipping_amount, total_amount,
        state, payment_failed, created_at, pay_until, paid_at, cancelled_at
        """;

    private static final String FIND = "SELECT " + COLUMNS + " FROM orders WHERE id = $1";

    private static final String LIST = """
        SELECT %s, count(*) OVER () AS total FROM orders
        WHERE ($1::text IS NULL OR user_id = $1)
          AND (cardinality($2::text[]) = 0 OR state = ANY ($2))
          AND ($3::timestamptz IS NULL OR created_at >= $3)
          AND ($4::timestamptz IS NULL OR created_at < $4)
          AND ($5::text IS NULL OR strpos(
            lower(concat_ws(' ', id, user_name, user_email, depositor_name, instagram_id)), lower($5)) > 0)
        ORDER BY CASE WHEN $8 THEN created_at END, created_at DESC, id LIMIT $6 OFFSET $7
        """.formatted(COLUMNS);

    private static final String LIST_OF_SHOW = """
        SELECT %s, count(*) OVER () AS total FROM orders
        WHERE id IN (SELECT order_id FROM order_item WHERE stream_key = $1)
          AND created_at >= coalesce($2, '-infinity'::timestamptz) AND created_at < coalesce($3, 'infinity'::timestamptz)
        ORDER BY created_at DESC, id LIMIT $4 OFFSET $5
        """.formatted(COLUMNS);

    private static final String FIND_ITEMS =
            "SELECT * FROM order_item WHERE order_id = ANY ($1) ORDER BY order_id, position";

    private final Database database;
    private final ProductConfig config;

    OrderQueries(Database database, ProductConfig config) {
        this.database = database;
        this.config = config;
    }

    /** Finds an order of the user; an admin finds any order. */
    Uni<Order> find(User user, String id) {
        return database.runCritical(connection -> find(connection, user, id));
    }

    Uni<Order> find(SqlConnection connection, User user, String id) {
        return find(connection, id).invoke(order -> {
            // Like an unknown order, so that other users do not learn that the order exists.
            if (!user.isAdmin() && !order.userId().equals(user.id())) {
                throw notFound();
            }
        });
    }

    Uni<Order> find(SqlConnection connection, String id) {
        return connection
                .preparedQuery(FIND)
                .execute(Tuple.of(id))
                .map(rows -> SqlRows.first(rows, row -> row).orElseThrow(OrderQueries::notFound))
                .chain(row -> findItems(connection, List.of(id)).map(items -> read(row, items)));
    }

    Uni<OrderPage> list(OrderFilter filter, int page, int limit) {
        Tuple parameters = Tuple.tuple()
                .addString(filter.userId())
                .addArrayOfString(filter.statuses().stream().map(Status::name).toArray(String[]::new))
                .addOffsetDateTime(SqlTime.utc(filter.from()))
                .addOffsetDateTime(SqlTime.utc(filter.until()))
                .addString(filter.search())
                .addInteger(limit)
                .addInteger((page - 1) * limit)
                .addBoolean(filter.oldestFirst());
        return list(LIST, parameters, (orders, total) -> new OrderPage(orders, total, page, limit));
    }

    /** Lists the orders with items of a show, as its sellers see them. */
    Uni<ShowOrderPage> listOfShow(StreamKey key, @Nullable Instant from, @Nullable Instant until, int page, int limit) {
        Tuple parameters = Tuple.of(key.value(), SqlTime.utc(from), SqlTime.utc(until), limit, (page - 1) * limit);
        return list(
                LIST_OF_SHOW,
                parameters,
                (orders, total) -> new ShowOrderPage(
                        orders.stream().map(order -> order.ofShow(key)).toList(), total, page, limit));
    }

    /** Runs a query whose rows have the number of all orders too. */
    private <T> Uni<T> list(String query, Tuple parameters, BiFunction<List<Order>, Long, T> toPage) {
        return database.runBulk(connection -> connection
                .preparedQuery(query)
                .execute(parameters)
                .chain(rows -> {
                    List<Row> found = SqlRows.list(rows, row -> row);
                    long total = found.isEmpty() ? 0 : found.getFirst().getLong("total");
                    return findItems(
                                    connection,
                                    found.stream()
                                            .map(row -> row.getString("id"))
                                            .toList())
                            .map(items -> toPage.apply(
                                    found.stream().map(row -> read(row, items)).toList(), total));
                }));
    }

    /** Finds the provider's id of the payment of an order, if the order was paid through the provider. */
    Uni<Optional<String>> findPaymentId(SqlConnection connection, String id) {
        return connection
                .preparedQuery("SELECT payment_id FROM orders WHERE id = $1")
                .execute(Tuple.of(id))
                .map(rows -> SqlRows.first(rows, row -> row).map(row -> row.getString("payment_id")));
    }

    private static Uni<Map<String, List<OrderItem>>> findItems(SqlConnection connection, List<String> orderIds) {
        return connection
                .preparedQuery(FIND_ITEMS)
                .execute(Tuple.of(orderIds.toArray(String[]::new)))
                .map(rows -> SqlRows.list(rows, row -> row).stream()
                        .collect(Collectors.groupingBy(
                                row -> row.getString("order_id"),
                                Collectors.mapping(OrderQueries::readItem, Collectors.toList()))));
    }

    private static OrderItem readItem(Row row) {
        return new OrderItem(
                row.getUUID("id"),
                row.getUUID("product_id"),
                row.getString("product_name"),
                ProductRow.readStreamKey(row),
                row.getInteger("quantity"),
                row.getBigDecimal("unit_amount"),
                row.getBigDecimal("shipping_fee"),
                row.getString("color"),
                row.getString("size"),
                row.getString("image_url"));
    }

    private Order read(Row row, Map<String, List<OrderItem>> items) {
        String id = row.getString("id");
        String email = Optional.ofNullable(row.getString("user_email")).orElse("");
        String name = row.getString("user_name");
        String depositor = Optional.ofNullable(row.getString("depositor_name")).orElse(name);
        String instagramId = Optional.ofNullable(row.getString("instagram_id")).orElse("");
        Status status = Status.valueOf(row.getString("state"));
        BigDecimal total = row.getBigDecimal("total_amount");
        return new Order(
                id,
                row.getString("user_id"),
                email,
                depositor,
                instagramId,
                new Customer(row.getString("user_id"), name, email, instagramId, depositor),
                status,
                paymentStatus(row, status),
                row.getBigDecimal("subtotal_amount"),
                row.getBigDecimal("shipping_amount"),
                total,
                SqlTime.instant(row, "created_at"),
                SqlTime.instant(row, "pay_until"),
                SqlTime.nullableInstant(row, "paid_at"),
                SqlTime.nullableInstant(row, "cancelled_at"),
                items.getOrDefault(id, List.of()),
                status == Status.PENDING_PAYMENT ? bankTransferInfo(total, depositor) : null);
    }

    private static PaymentStatus paymentStatus(Row row, Status status) {
        return switch (status) {
            case PAID -> PaymentStatus.CONFIRMED;
            case PENDING_PAYMENT -> row.getBoolean("payment_failed") ? PaymentStatus.FAILED : PaymentStatus.PENDING;
            // A refund is the provider's or the admin's; the payment itself was received.
            case CANCELLED -> row.getOffsetDateTime("paid_at") == null ? PaymentStatus.FAILED : PaymentStatus.CONFIRMED;
        };
    }

    private @Nullable BankTransferInfo bankTransferInfo(BigDecimal amount, String depositor) {
        return config.bank()
                .map(bank -> new BankTransferInfo(
                        bank.bankName(), bank.accountNumber(), bank.accountHolder(), amount, depositor))
                .orElse(null);
    }

    private static DoramiException notFound() {
        return new DoramiException(ErrorCode.ORDER_NOT_FOUND, "Order not found");
    }
}
