package io.dorami.product.catalog;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.catalog.ProductRules.ProductState;
import io.dorami.product.catalog.ProductRules.ProductTransition;
import io.dorami.product.stock.StockReturns;
import io.dorami.service.database.Database;
import io.dorami.service.database.SqlRows;
import io.dorami.service.database.SqlTime;
import io.dorami.service.messaging.TransactionalOutbox;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Products in PostgreSQL. A change and its events are written in one transaction. */
@ApplicationScoped
public class ProductStore {

    private static final String UPSERT_PRODUCT = """
        INSERT INTO product (%s)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
        ON CONFLICT (id) DO UPDATE SET
          name = $3,
          price_amount = $4,
          stock = $5,
          color_options = $6,
          size_options = $7,
          image_url = $8,
          images = $9,
          sort_order = $10,
          is_new = $11,
          discount_percent = $12,
          original_price_amount = $13,
          flash_price = $14,
          flash_ends_at = $15,
          changes_at = $16,
          shipping_fee = $17,
          timer_enabled = $18,
          timer_duration = $19,
          exclude_from_store = $20,
          closed_by_hand = $21,
          updated_at = $23,
          expires_at = $24,
          version = $25
        """.formatted(ProductRow.COLUMNS);

    private static final String SELECT_PRODUCT = "SELECT " + ProductRow.COLUMNS + " FROM product ";

    private static final String SELECT_DUE =
            SELECT_PRODUCT + "WHERE changes_at <= $1 ORDER BY changes_at LIMIT 1 FOR UPDATE SKIP LOCKED";

    private static final String SELECT_FEATURED =
            SELECT_PRODUCT + "WHERE id = (SELECT featured FROM stream WHERE key = $1)";

    private static final String CLEAR_FEATURED =
            "UPDATE stream SET featured = NULL WHERE key = $1 AND featured IS NOT NULL";

    private static final String CLEAR_FEATURED_PRODUCT =
            "UPDATE stream SET featured = NULL WHERE key = $1 AND featured = $2";

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final Database database;
    private final TransactionalOutbox outbox;
    private final StockReturns stockReturns;
    private final ProductRules rules;

    ProductStore(Database database, TransactionalOutbox outbox, StockReturns stockReturns, ProductRules rules) {
        this.database = database;
        this.outbox = outbox;
        this.stockReturns = stockReturns;
        this.rules = rules;
    }

    /** Finds a product with its prices. */
    Uni<ProductState> findState(UUID id) {
        return database.runBulk(connection -> connection
                        .preparedQuery(SELECT_PRODUCT + "WHERE id = $1")
                        .execute(Tuple.of(id)))
                .map(rows -> readSingleRow(rows, clock.instant()));
    }

    public Uni<Product> find(UUID id) {
        return findState(id).map(ProductState::product);
    }

    /** Finds the stream of a product; empty if only the shop sells the product. */
    Uni<Optional<StreamKey>> findStreamKey(UUID id) {
        return database.runCritical(connection -> connection
                        .preparedQuery("SELECT stream_key FROM product WHERE id = $1")
                        .execute(Tuple.of(id)))
                .map(rows -> SqlRows.first(rows, row -> Optional.ofNullable(ProductRow.readStreamKey(row)))
                        .orElseThrow(ProductStore::productNotFound));
    }

    public Uni<Product> create(ProductTransition transition) {
        return database.inTransaction(transaction -> save(transaction, transition))
                .invoke(outbox::scheduleRelay);
    }

    /**
     * Changes a product under a row lock, so that no other transaction changes it in between. Users on the waiting list
     * take added stock before the lock ends. Returns the product as the seller changed it.
     */
    public Uni<Product> change(UUID id, Function<ProductState, ProductTransition> rule, Instant now) {
        return database.inTransaction(transaction -> lock(transaction, id, now).chain(before -> {
                    ProductTransition transition = rule.apply(before);
                    boolean mayPromote = transition.state().product().status() == Status.AVAILABLE;
                    return save(transaction, transition)
                            .call(product -> mayPromote
                                    ? stockReturns.promoteWaiting(transaction, id, now)
                                    : Uni.createFrom().voidItem());
                }))
                .invoke(outbox::scheduleRelay);
    }

    /** Publishes the end of a flash price or of a sale, for one product. Returns false if there is none. */
    public Uni<Boolean> passTime(SqlConnection transaction, Instant now) {
        return transaction
                .preparedQuery(SELECT_DUE)
                .execute(Tuple.of(SqlTime.utc(now)))
                .chain(rows -> SqlRows.first(rows, row -> ProductRow.read(row, now))
                        .map(state ->
                                save(transaction, rules.passTime(state, now)).replaceWith(true))
                        .orElseGet(() -> Uni.createFrom().item(false)));
    }

    /** Deletes a product. Units that are held stay held, because a cart item has its own copy of what was agreed on. */
    Uni<Void> delete(UUID id) {
        return database.inTransaction(transaction -> lock(transaction, id, clock.instant())
                        .map(ProductState::product)
                        .call(() -> transaction
                                .preparedQuery("DELETE FROM product WHERE id = $1")
                                .execute(Tuple.of(id)))
                        .call(() -> stockReturns.cancelWaiting(transaction, id))
                        .call(product ->
                                publish(transaction, product, new RoomEvent.ProductDeleted(id, product.version() + 1)))
                        .chain(product -> {
                            StreamKey key = product.streamKey();
                            return key == null
                                    ? Uni.createFrom().voidItem()
                                    : clearFeatured(transaction, key, CLEAR_FEATURED_PRODUCT, id);
                        }))
                .invoke(outbox::scheduleRelay);
    }

    /** Finds the stream's featured product, if any. */
    Uni<Optional<Product>> findFeatured(StreamKey key) {
        return database.runBulk(
                        connection -> connection.preparedQuery(SELECT_FEATURED).execute(Tuple.of(key.value())))
                .map(rows -> SqlRows.first(
                        rows, row -> ProductRow.read(row, clock.instant()).product()));
    }

    /** Features a product of this stream. A row lock keeps the product unchanged until its event is written. */
    public Uni<Product> feature(StreamKey key, UUID id) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(SELECT_PRODUCT + "WHERE id = $1 AND stream_key = $2 FOR SHARE")
                        .execute(Tuple.of(id, key.value()))
                        .map(rows -> readSingleRow(rows, clock.instant()).product())
                        .call(() -> transaction
                                .preparedQuery("UPDATE stream SET featured = $2 WHERE key = $1")
                                .execute(Tuple.of(key.value(), id)))
                        .call(product -> publishFeatured(transaction, key, product)))
                .invoke(outbox::scheduleRelay);
    }

    public Uni<Void> clearFeatured(StreamKey key) {
        return database.inTransaction(transaction -> clearFeatured(transaction, key, CLEAR_FEATURED, null))
                .invoke(outbox::scheduleRelay);
    }

    private Uni<Void> clearFeatured(SqlConnection transaction, StreamKey key, String statement, @Nullable UUID id) {
        Tuple parameters = id == null ? Tuple.of(key.value()) : Tuple.of(key.value(), id);
        return transaction
                .preparedQuery(statement)
                .execute(parameters)
                .chain(result ->
                        result.rowCount() == 0 ? Uni.createFrom().voidItem() : publishFeatured(transaction, key, null));
    }

    private Uni<Void> publishFeatured(SqlConnection transaction, StreamKey key, @Nullable Product product) {
        return outbox.publish(transaction, room(key), "featured", new RoomEvent.FeaturedProductChanged(key, product));
    }

    /** Publishes a change of the featured product; a row lock keeps the choice until the transaction ends. */
    private Uni<Void> publishIfFeatured(SqlConnection transaction, Product product) {
        StreamKey key = product.streamKey();
        if (key == null) {
            return Uni.createFrom().voidItem();
        }
        return transaction
                .preparedQuery("SELECT featured FROM stream WHERE key = $1 FOR SHARE")
                .execute(Tuple.of(key.value()))
                .chain(rows -> SqlRows.first(rows, row -> row)
                                .filter(row -> product.id().equals(row.getUUID("featured")))
                                .isPresent()
                        ? publishFeatured(transaction, key, product)
                        : Uni.createFrom().voidItem());
    }

    /** Publishes an event to the product's room; a product of the shop alone has none. */
    private Uni<Void> publish(SqlConnection transaction, Product product, RoomEvent event) {
        StreamKey key = product.streamKey();
        return key == null ? Uni.createFrom().voidItem() : outbox.publish(transaction, room(key), product.id(), event);
    }

    private Uni<ProductState> lock(SqlConnection transaction, UUID id, Instant now) {
        return transaction
                .preparedQuery(SELECT_PRODUCT + "WHERE id = $1 FOR UPDATE")
                .execute(Tuple.of(id))
                .map(rows -> readSingleRow(rows, now));
    }

    /** Stores a product and its events in the caller's transaction. */
    public Uni<Product> save(SqlConnection transaction, ProductTransition transition) {
        Product product = transition.state().product();
        return transaction
                .preparedQuery(UPSERT_PRODUCT)
                .execute(ProductRow.write(transition.state()))
                .chain(() -> Multi.createFrom()
                        .iterable(transition.events())
                        .onItem()
                        .transformToUniAndConcatenate(event -> publish(transaction, product, event))
                        .onItem()
                        .ignoreAsUni())
                .chain(() -> publishIfFeatured(transaction, product))
                .replaceWith(product);
    }

    private static RoomId room(StreamKey key) {
        return new RoomId(RoomType.SHOP, key);
    }

    private static ProductState readSingleRow(RowSet<Row> rows, Instant now) {
        return SqlRows.first(rows, row -> ProductRow.read(row, now)).orElseThrow(ProductStore::productNotFound);
    }

    private static DoramiException productNotFound() {
        return new DoramiException(ErrorCode.PRODUCT_NOT_FOUND, "Product not found");
    }
}
