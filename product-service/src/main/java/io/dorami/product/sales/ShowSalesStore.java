package io.dorami.product.sales;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductConfig;
import io.dorami.product.sales.ShowSales.ProductMoment;
import io.dorami.product.sales.ShowSales.ProductSales;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.dorami.service.runtime.PeriodicTask;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** Reads the sales of shows, and deletes old moments of products; triggers of the database write the moments. */
@ApplicationScoped
class ShowSalesStore {

    /** Products of one show: ten times as many as a seller can present in three hours. 80 bytes each. */
    private static final int MAX_PRODUCTS = 500;

    /** Moments of one answer, about 60 kB of JSON. A show of three hours has fewer than 200. */
    private static final int MAX_MOMENTS = 500;

    /** The first row has the totals: one statement, so that they agree with the products. */
    private static final String SELECT_SALES = """
        SELECT i.product_id,
          (array_agg(i.product_name ORDER BY o.created_at DESC))[1] AS name,
          count(DISTINCT o.id) AS orders,
          count(DISTINCT o.id) FILTER (WHERE o.state = 'PAID') AS paid_orders,
          count(DISTINCT o.id) FILTER (WHERE o.state = 'CANCELLED') AS cancelled_orders,
          coalesce(sum(i.quantity * i.unit_amount) FILTER (WHERE o.state = 'PAID'), 0) AS revenue,
          coalesce(sum(i.quantity * i.unit_amount) FILTER (WHERE o.state = 'PENDING_PAYMENT'), 0) AS pending_revenue,
          coalesce(sum(i.quantity) FILTER (WHERE o.state = 'PAID'), 0) AS units_sold,
          coalesce(sum(i.quantity) FILTER (WHERE o.state = 'PENDING_PAYMENT'), 0) AS units_pending
        FROM order_item i JOIN orders o ON o.id = i.order_id
        WHERE i.stream_key = $1 AND o.created_at >= $2 AND o.created_at < $3
        GROUP BY GROUPING SETS ((), (i.product_id))
        ORDER BY i.product_id IS NOT NULL, revenue DESC, units_pending DESC, i.product_id LIMIT %d
        """.formatted(MAX_PRODUCTS + 1);

    private static final String SELECT_MOMENTS = """
        SELECT at, kind, product_id, product_name FROM product_moment
        WHERE stream_key = $1 AND at >= $2 AND at < $3
        ORDER BY at, id LIMIT %d
        """.formatted(MAX_MOMENTS);

    /** Ids grow with time, so the oldest rows are the first of the primary key. 10,000 rows are 1.2 MB. */
    private static final String DELETE_OLD_MOMENTS = """
        DELETE FROM product_moment
        WHERE at < $1 AND id IN (SELECT id FROM product_moment ORDER BY id LIMIT 10000)
        """;

    /** At 10,000 rows each time, 240,000 moments a day: 1,300 shows of three hours. */
    private static final Duration DELETION_INTERVAL = Duration.ofHours(1);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Database database;
    private final ProductConfig config;

    ShowSalesStore(Database database, ProductConfig config) {
        this.database = database;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        PeriodicTask.start("delete old moments", DELETION_INTERVAL, this::deleteOldMoments);
    }

    /** Sums the orders placed in this time, and lists the moments of the products. */
    Uni<ShowSales> find(StreamKey key, Instant from, Instant until) {
        Tuple parameters = Tuple.of(key.value(), SqlTime.utc(from), SqlTime.utc(until));
        return database.runBulk(connection -> connection
                .preparedQuery(SELECT_SALES)
                .execute(parameters)
                .map(rows -> SqlRows.list(rows, row -> row))
                .chain(sales -> connection
                        .preparedQuery(SELECT_MOMENTS)
                        .execute(parameters)
                        .map(moments -> toSales(sales, SqlRows.list(moments, ShowSalesStore::readMoment)))));
    }

    private Uni<Void> deleteOldMoments() {
        Instant oldest = clock.instant().minus(config.momentRetention());
        return database.runBulk(connection ->
                        connection.preparedQuery(DELETE_OLD_MOMENTS).execute(Tuple.of(SqlTime.utc(oldest))))
                .replaceWithVoid();
    }

    private static ShowSales toSales(List<Row> rows, List<ProductMoment> moments) {
        Row totals = rows.getFirst();
        return new ShowSales(
                totals.getLong("orders"),
                totals.getLong("paid_orders"),
                totals.getLong("cancelled_orders"),
                totals.getBigDecimal("revenue"),
                totals.getBigDecimal("pending_revenue"),
                totals.getLong("units_sold"),
                rows.stream().skip(1).map(ShowSalesStore::readProduct).toList(),
                moments);
    }

    private static ProductSales readProduct(Row row) {
        return new ProductSales(
                row.getUUID("product_id"),
                row.getString("name"),
                row.getLong("units_sold"),
                row.getLong("units_pending"),
                row.getBigDecimal("revenue"));
    }

    private static ProductMoment readMoment(Row row) {
        return new ProductMoment(
                SqlTime.instant(row, "at"),
                ProductMoment.Kind.valueOf(row.getString("kind")),
                row.getUUID("product_id"),
                row.getString("product_name"));
    }
}
