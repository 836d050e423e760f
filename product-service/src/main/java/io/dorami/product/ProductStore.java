package io.dorami.product;

import io.dorami.contracts.Channel;
import io.dorami.contracts.DoramiException;
import io.dorami.contracts.ErrorCode;
import io.dorami.contracts.Product;
import io.dorami.contracts.Product.Status;
import io.dorami.contracts.RoomEvent;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.StreamKey;
import io.dorami.product.ProductRules.Item;
import io.dorami.product.ProductRules.Outcome;
import io.dorami.service.Database;
import io.dorami.service.EventBus;
import io.dorami.service.Outbox;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Products in PostgreSQL. What changes and what is said of it are one transaction. */
@ApplicationScoped
class ProductStore {

    private static final String COLUMNS = "id, stream_key, name, price, stock, color_options, size_options, image_url,"
            + " images, sort_order, is_new, discount_rate, original_price, timer_enabled, timer_duration,"
            + " closed_by_hand, created_at, updated_at, expires_at, version";

    private static final String UPSERT = "INSERT INTO product (" + COLUMNS + ")"
            + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
            + " ON CONFLICT (id) DO UPDATE SET name = $3, price = $4, stock = $5, color_options = $6, size_options = $7,"
            + " image_url = $8, images = $9, sort_order = $10, is_new = $11, discount_rate = $12, original_price = $13,"
            + " timer_enabled = $14, timer_duration = $15, closed_by_hand = $16, updated_at = $18, expires_at = $19,"
            + " version = $20";

    private static final String SELECT = "SELECT " + COLUMNS + " FROM product ";

    private static final String LIST = SELECT
            + "WHERE ($1::text IS NULL OR stream_key = $1)"
            + " AND ($2::boolean IS NULL OR (stock = 0 OR closed_by_hand) = $2)"
            + " ORDER BY sort_order, created_at, id LIMIT $3 OFFSET $4";

    private static final String OWN = "INSERT INTO stream (key, owner_id) VALUES ($1, $2)"
            + " ON CONFLICT (key) DO UPDATE SET owner_id = excluded.owner_id";

    private final Database database;
    private final EventBus bus;
    private @Nullable Outbox outbox;

    ProductStore(Database database, EventBus bus) {
        this.database = database;
        this.bus = bus;
    }

    void start(@Observes StartupEvent event) {
        outbox = new Outbox("product", database, bus);
    }

    void stop(@Observes ShutdownEvent event) {
        if (outbox != null) {
            outbox.close();
        }
    }

    Uni<Void> own(StreamKey key, String ownerId) {
        return database.critical(connection -> connection.preparedQuery(OWN).execute(Tuple.of(key.value(), ownerId)))
                .replaceWithVoid();
    }

    /** Who may change what belongs to the stream; fails where nobody has heard of it. */
    Uni<String> owner(StreamKey key) {
        return database.critical(connection -> connection
                        .preparedQuery("SELECT owner_id FROM stream WHERE key = $1")
                        .execute(Tuple.of(key.value())))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw new DoramiException(ErrorCode.STREAM_NOT_FOUND, "There is no such stream");
                    }
                    return rows.iterator().next().getString("owner_id");
                });
    }

    Uni<List<Product>> list(@Nullable StreamKey key, @Nullable Status status, int take, int skip) {
        Tuple wish = Tuple.of(
                key == null ? null : key.value(), status == null ? null : status == Status.SOLD_OUT, take, skip);
        return database.bulk(connection -> connection.preparedQuery(LIST).execute(wish))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> item(row).product())
                        .toList());
    }

    Uni<Product> find(UUID id) {
        return database.critical(connection ->
                        connection.preparedQuery(SELECT + "WHERE id = $1").execute(Tuple.of(id)))
                .map(rows -> only(rows).product());
    }

    Uni<Product> create(Outcome outcome) {
        return database.transaction(transaction -> keep(transaction, outcome)).invoke(this::relay);
    }

    /** Changes a product that nobody else can change meanwhile. */
    Uni<Product> change(UUID id, Function<Item, Outcome> rule) {
        return database.transaction(
                        transaction -> lock(transaction, id).map(rule).chain(outcome -> keep(transaction, outcome)))
                .invoke(this::relay);
    }

    Uni<Void> delete(UUID id) {
        return database.transaction(transaction -> lock(transaction, id)
                        .call(() -> transaction
                                .preparedQuery("DELETE FROM product WHERE id = $1")
                                .execute(Tuple.of(id)))
                        .chain(item ->
                                Outbox.publish(transaction, room(item.product()), new RoomEvent.ProductDeleted(id))))
                .invoke(this::relay);
    }

    private Uni<Item> lock(SqlConnection transaction, UUID id) {
        return transaction
                .preparedQuery(SELECT + "WHERE id = $1 FOR UPDATE")
                .execute(Tuple.of(id))
                .map(ProductStore::only);
    }

    private static Uni<Product> keep(SqlConnection transaction, Outcome outcome) {
        Product product = outcome.item().product();
        return transaction
                .preparedQuery(UPSERT)
                .execute(row(outcome.item()))
                .chain(() -> Multi.createFrom()
                        .iterable(outcome.events())
                        .onItem()
                        .transformToUniAndConcatenate(event -> Outbox.publish(transaction, room(product), event))
                        .onItem()
                        .ignoreAsUni())
                .replaceWith(product);
    }

    /** Called after the commit: the change holds, and whoever made it need not wait for the telling. */
    private void relay() {
        if (outbox != null) {
            outbox.relaySoon();
        }
    }

    private static RoomId room(Product product) {
        return new RoomId(Channel.SHOP, product.streamKey());
    }

    private static Item only(RowSet<Row> rows) {
        if (rows.size() == 0) {
            throw new DoramiException(ErrorCode.PRODUCT_NOT_FOUND, "There is no such product");
        }
        return item(rows.iterator().next());
    }

    private static Item item(Row row) {
        boolean closedByHand = row.getBoolean("closed_by_hand");
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
                ProductRules.status(stock, closedByHand),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant(),
                instant(row.getOffsetDateTime("expires_at")),
                row.getLong("version"));
        return new Item(product, closedByHand);
    }

    private static Tuple row(Item item) {
        Product product = item.product();
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
                .addBoolean(item.closedByHand())
                .addOffsetDateTime(product.createdAt().atOffset(ZoneOffset.UTC))
                .addOffsetDateTime(product.updatedAt().atOffset(ZoneOffset.UTC))
                .addOffsetDateTime(
                        product.expiresAt() == null ? null : product.expiresAt().atOffset(ZoneOffset.UTC))
                .addLong(product.version());
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
