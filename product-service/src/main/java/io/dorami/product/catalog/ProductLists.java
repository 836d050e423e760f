package io.dorami.product.catalog;

import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The lists of products that viewers, the shop's pages and sellers read. */
@ApplicationScoped
public class ProductLists {

    /** Products in public lists. A private show's products are for its invited viewers, who know its key. */
    private static final String PUBLIC = """
        NOT exclude_from_store AND (expires_at IS NULL OR expires_at > $1)
        AND stream_key NOT LIKE '%s%%'
        """.formatted(StreamKey.PRIVATE_PREFIX);

    private static final String AVAILABLE = "stock > 0 AND NOT closed_by_hand";

    private static final String SELECT_PRODUCT = "SELECT " + ProductRow.COLUMNS + " FROM product ";

    private static final String OF_STREAM = SELECT_PRODUCT + """
        WHERE ($1::text IS NULL OR stream_key = $1)
          AND ($2::boolean IS NULL OR (stock = 0 OR closed_by_hand) = $2)
          AND ($5 OR NOT exclude_from_store AND (expires_at IS NULL OR expires_at > $6))
        ORDER BY sort_order, created_at, id LIMIT $3 OFFSET $4
        """;

    private static final String STORE = """
        SELECT %s, count(*) OVER () AS total FROM product
        WHERE %s AND %s AND ($2::text IS NULL OR strpos(lower(name), lower($2)) > 0)
          AND NOT EXISTS (SELECT FROM stream s WHERE s.key = product.stream_key AND s.live_since IS NOT NULL)
        ORDER BY created_at DESC, id LIMIT $3 OFFSET $4
        """.formatted(ProductRow.COLUMNS, PUBLIC, AVAILABLE);

    private static final String POPULAR = """
        SELECT %s, count(*) OVER () AS total FROM product LEFT JOIN (
          SELECT i.product_id, sum(i.quantity) AS sold FROM order_item i JOIN orders o ON o.id = i.order_id
          WHERE o.state <> 'CANCELLED' GROUP BY i.product_id
        ) AS sales ON sales.product_id = product.id
        WHERE %s AND %s
        ORDER BY coalesce(sold, 0) DESC, created_at DESC, id LIMIT $2 OFFSET $3
        """.formatted(ProductRow.COLUMNS, PUBLIC, AVAILABLE);

    /** The products that live shows feature now come first, then the newest. */
    private static final String FEATURED = SELECT_PRODUCT + """
        WHERE %s AND %s
        ORDER BY EXISTS (SELECT FROM stream s WHERE s.featured = product.id AND s.live_since IS NOT NULL) DESC,
          created_at DESC, id LIMIT $2
        """.formatted(PUBLIC, AVAILABLE);

    private static final String NEWEST_LIVE = """
        SELECT key, title FROM stream
        WHERE live_since IS NOT NULL AND key NOT LIKE '%s%%' ORDER BY live_since DESC LIMIT 1
        """.formatted(StreamKey.PRIVATE_PREFIX);

    /** The products of the show that is live now. */
    public record LiveDeals(StreamKey streamKey, String streamTitle, List<Product> products) {}

    /**
     * Which products of a list are wanted.
     *
     * @param streamKey null for the products of all shows and of the shop
     * @param includeHidden also hidden products and those whose sale has ended, for their sellers
     */
    record ProductFilter(
            @Nullable StreamKey streamKey, @Nullable Status status, boolean includeHidden) {}

    private final Database database;

    ProductLists(Database database) {
        this.database = database;
    }

    Uni<List<Product>> list(ProductFilter filter, int take, int skip, Instant now) {
        Status status = filter.status();
        Tuple parameters = Tuple.tuple()
                .addString(
                        filter.streamKey() == null ? null : filter.streamKey().value())
                .addBoolean(status == null ? null : status == Status.SOLD_OUT)
                .addInteger(take)
                .addInteger(skip)
                .addBoolean(filter.includeHidden())
                .addOffsetDateTime(SqlTime.utc(now));
        return query(OF_STREAM, parameters).map(rows -> readAll(rows, now));
    }

    /** Lists the shop's products, the newest first: those that can be bought and are not in a live show. */
    Uni<ProductPage> listStore(@Nullable String search, int page, int limit, Instant now) {
        return query(STORE, Tuple.of(SqlTime.utc(now), search, limit, (page - 1) * limit))
                .map(rows -> readPage(rows, page, limit, now));
    }

    /** Lists the products that can be bought, the most sold ones first. */
    Uni<ProductPage> listPopular(int page, int limit, Instant now) {
        return query(POPULAR, Tuple.of(SqlTime.utc(now), limit, (page - 1) * limit))
                .map(rows -> readPage(rows, page, limit, now));
    }

    Uni<List<Product>> listFeatured(int limit, Instant now) {
        return query(FEATURED, Tuple.of(SqlTime.utc(now), limit)).map(rows -> readAll(rows, now));
    }

    /** Finds the products of the newest live show. */
    Uni<Optional<LiveDeals>> findLiveDeals(int limit, Instant now) {
        return query(NEWEST_LIVE, Tuple.tuple())
                .chain(rows -> SqlRows.first(rows, row -> row)
                        .map(row -> {
                            StreamKey key = new StreamKey(row.getString("key"));
                            String title =
                                    Optional.ofNullable(row.getString("title")).orElse("");
                            return list(new ProductFilter(key, Status.AVAILABLE, false), limit, 0, now)
                                    .map(products -> Optional.of(new LiveDeals(key, title, products)));
                        })
                        .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
    }

    private Uni<RowSet<Row>> query(String statement, Tuple parameters) {
        return database.runBulk(
                connection -> connection.preparedQuery(statement).execute(parameters));
    }

    private static List<Product> readAll(RowSet<Row> rows, Instant now) {
        return SqlRows.list(rows, row -> ProductRow.read(row, now).product());
    }

    private static ProductPage readPage(RowSet<Row> rows, int page, int limit, Instant now) {
        long total = SqlRows.first(rows, row -> row.getLong("total")).orElse(0L);
        return new ProductPage(readAll(rows, now), total, page, limit);
    }
}
