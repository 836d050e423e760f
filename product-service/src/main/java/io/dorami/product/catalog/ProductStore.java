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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Products in PostgreSQL. A change and its events are written in one transaction. */
@ApplicationScoped
public class ProductStore {

    private static final String COLUMNS = """
        id, stream_key, name, price, stock, color_options, size_options, image_url, images, sort_order, is_new,
        discount_rate, original_price, timer_enabled, timer_duration, closed_by_hand, created_at, updated_at,
        expires_at, version
        """;

    private static final String UPSERT_PRODUCT = """
        INSERT INTO product (%s)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        ON CONFLICT (id) DO UPDATE SET
          name = $3,
          price = $4,
          stock = $5,
          color_options = $6,
          size_options = $7,
          image_url = $8,
          images = $9,
          sort_order = $10,
          is_new = $11,
          discount_rate = $12,
          original_price = $13,
          timer_enabled = $14,
          timer_duration = $15,
          closed_by_hand = $16,
          updated_at = $18,
          expires_at = $19,
          version = $20
        """.formatted(COLUMNS);

    private static final String SELECT_PRODUCT = "SELECT " + COLUMNS + " FROM product ";

    private static final String LIST_PRODUCTS = SELECT_PRODUCT + """
        WHERE ($1::text IS NULL OR stream_key = $1)
          AND ($2::boolean IS NULL OR (stock = 0 OR closed_by_hand) = $2)
        ORDER BY sort_order, created_at, id LIMIT $3 OFFSET $4
        """;

    private static final String SELECT_FEATURED =
            SELECT_PRODUCT + "WHERE id = (SELECT featured FROM stream WHERE key = $1)";

    private static final String CLEAR_FEATURED =
            "UPDATE stream SET featured = NULL WHERE key = $1 AND featured IS NOT NULL";

    private static final String CLEAR_FEATURED_PRODUCT =
            "UPDATE stream SET featured = NULL WHERE key = $1 AND featured = $2";

    private static final String UPSERT_OWNER = """
        INSERT INTO stream (key, owner_id) VALUES ($1, $2)
        ON CONFLICT (key) DO UPDATE SET owner_id = excluded.owner_id
        """;

    private final Database database;
    private final TransactionalOutbox outbox;

    ProductStore(Database database, TransactionalOutbox outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    public Uni<Void> saveOwner(StreamKey key, String ownerId) {
        return database.runCritical(
                        connection -> connection.preparedQuery(UPSERT_OWNER).execute(Tuple.of(key.value(), ownerId)))
                .replaceWithVoid();
    }

    /** Finds the stream's owner; fails if the stream is unknown. */
    Uni<String> findOwner(StreamKey key) {
        return database.runCritical(connection -> connection
                        .preparedQuery("SELECT owner_id FROM stream WHERE key = $1")
                        .execute(Tuple.of(key.value())))
                .map(rows -> SqlRows.first(rows, row -> row.getString("owner_id"))
                        .orElseThrow(() -> new DoramiException(ErrorCode.STREAM_NOT_FOUND, "Stream not found")));
    }

    Uni<List<Product>> list(@Nullable StreamKey key, @Nullable Status status, int take, int skip) {
        Tuple filter = Tuple.of(
                key == null ? null : key.value(), status == null ? null : status == Status.SOLD_OUT, take, skip);
        return database.runBulk(
                        connection -> connection.preparedQuery(LIST_PRODUCTS).execute(filter))
                .map(rows -> SqlRows.list(rows, row -> readRow(row).product()));
    }

    public Uni<Product> find(UUID id) {
        return database.runBulk(connection -> connection
                        .preparedQuery(SELECT_PRODUCT + "WHERE id = $1")
                        .execute(Tuple.of(id)))
                .map(rows -> readSingleRow(rows).product());
    }

    Uni<StreamKey> findStreamKey(UUID id) {
        return database.runCritical(connection -> connection
                        .preparedQuery("SELECT stream_key FROM product WHERE id = $1")
                        .execute(Tuple.of(id)))
                .map(rows -> SqlRows.first(rows, row -> new StreamKey(row.getString("stream_key")))
                        .orElseThrow(ProductStore::productNotFound));
    }

    public Uni<Product> create(ProductTransition transition) {
        return database.inTransaction(transaction -> save(transaction, transition))
                .invoke(outbox::scheduleRelay);
    }

    /** Changes a product under a row lock, so that no other transaction changes it in between. */
    public Uni<Product> change(UUID id, Function<ProductState, ProductTransition> rule) {
        return database.inTransaction(transaction ->
                        lock(transaction, id).map(rule).chain(transition -> save(transaction, transition)))
                .invoke(outbox::scheduleRelay);
    }

    Uni<Void> delete(UUID id) {
        return database.inTransaction(transaction -> lock(transaction, id)
                        .map(ProductState::product)
                        .call(() -> transaction
                                .preparedQuery("DELETE FROM product WHERE id = $1")
                                .execute(Tuple.of(id)))
                        .call(product -> outbox.publish(
                                transaction,
                                room(product.streamKey()),
                                id,
                                new RoomEvent.ProductDeleted(id, product.version() + 1)))
                        .chain(product -> clearFeatured(transaction, product.streamKey(), CLEAR_FEATURED_PRODUCT, id)))
                .invoke(outbox::scheduleRelay);
    }

    /** Finds the stream's featured product, if any. */
    Uni<Optional<Product>> findFeatured(StreamKey key) {
        return database.runBulk(
                        connection -> connection.preparedQuery(SELECT_FEATURED).execute(Tuple.of(key.value())))
                .map(rows -> SqlRows.first(rows, row -> readRow(row).product()));
    }

    /** Features a product of this stream. A row lock keeps the product unchanged until its event is written. */
    public Uni<Product> feature(StreamKey key, UUID id) {
        return database.inTransaction(transaction -> transaction
                        .preparedQuery(SELECT_PRODUCT + "WHERE id = $1 AND stream_key = $2 FOR SHARE")
                        .execute(Tuple.of(id, key.value()))
                        .map(rows -> readSingleRow(rows).product())
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

    /** Returns true if the stream features the product; a row lock keeps this so until the transaction ends. */
    private static Uni<Boolean> isFeatured(SqlConnection transaction, Product product) {
        return transaction
                .preparedQuery("SELECT featured FROM stream WHERE key = $1 FOR SHARE")
                .execute(Tuple.of(product.streamKey().value()))
                .map(rows -> SqlRows.first(rows, row -> product.id().equals(row.getUUID("featured")))
                        .orElse(false));
    }

    private Uni<ProductState> lock(SqlConnection transaction, UUID id) {
        return transaction
                .preparedQuery(SELECT_PRODUCT + "WHERE id = $1 FOR UPDATE")
                .execute(Tuple.of(id))
                .map(ProductStore::readSingleRow);
    }

    private Uni<Product> save(SqlConnection transaction, ProductTransition transition) {
        Product product = transition.state().product();
        return transaction
                .preparedQuery(UPSERT_PRODUCT)
                .execute(toParameters(transition.state()))
                .chain(() -> Multi.createFrom()
                        .iterable(transition.events())
                        .onItem()
                        .transformToUniAndConcatenate(
                                event -> outbox.publish(transaction, room(product.streamKey()), product.id(), event))
                        .onItem()
                        .ignoreAsUni())
                .chain(() -> isFeatured(transaction, product))
                .chain(featured -> featured
                        ? publishFeatured(transaction, product.streamKey(), product)
                        : Uni.createFrom().voidItem())
                .replaceWith(product);
    }

    private static RoomId room(StreamKey key) {
        return new RoomId(RoomType.SHOP, key);
    }

    private static ProductState readSingleRow(RowSet<Row> rows) {
        return SqlRows.first(rows, ProductStore::readRow).orElseThrow(ProductStore::productNotFound);
    }

    private static DoramiException productNotFound() {
        return new DoramiException(ErrorCode.PRODUCT_NOT_FOUND, "Product not found");
    }

    private static ProductState readRow(Row row) {
        boolean markedSoldOut = row.getBoolean("closed_by_hand");
        int stock = row.getInteger("stock");
        Product product = new Product(
                row.getUUID("id"),
                new StreamKey(row.getString("stream_key")),
                row.getString("name"),
                row.getLong("price"),
                stock,
                List.of(row.getArrayOfStrings("color_options")),
                List.of(row.getArrayOfStrings("size_options")),
                row.getString("image_url"),
                List.of(row.getArrayOfStrings("images")),
                row.getInteger("sort_order"),
                row.getBoolean("is_new"),
                row.getInteger("discount_rate"),
                row.getLong("original_price"),
                row.getBoolean("timer_enabled"),
                row.getInteger("timer_duration"),
                ProductRules.status(stock, markedSoldOut),
                SqlTime.instant(row, "created_at"),
                SqlTime.instant(row, "updated_at"),
                SqlTime.nullableInstant(row, "expires_at"),
                row.getLong("version"));
        return new ProductState(product, markedSoldOut);
    }

    private static Tuple toParameters(ProductState state) {
        Product product = state.product();
        return Tuple.tuple()
                .addUUID(product.id())
                .addString(product.streamKey().value())
                .addString(product.name())
                .addLong(product.price())
                .addInteger(product.stock())
                .addArrayOfString(product.colorOptions().toArray(String[]::new))
                .addArrayOfString(product.sizeOptions().toArray(String[]::new))
                .addString(product.imageUrl())
                .addArrayOfString(product.images().toArray(String[]::new))
                .addInteger(product.sortOrder())
                .addBoolean(product.isNew())
                .addInteger(product.discountRate())
                .addLong(product.originalPrice())
                .addBoolean(product.timerEnabled())
                .addInteger(product.timerDuration())
                .addBoolean(state.markedSoldOut())
                .addOffsetDateTime(SqlTime.utc(product.createdAt()))
                .addOffsetDateTime(SqlTime.utc(product.updatedAt()))
                .addOffsetDateTime(SqlTime.utc(product.expiresAt()))
                .addLong(product.version());
    }
}
