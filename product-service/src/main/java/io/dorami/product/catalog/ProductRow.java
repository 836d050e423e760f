package io.dorami.product.catalog;

import io.dorami.contracts.events.Product;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.catalog.ProductRules.Prices;
import io.dorami.product.catalog.ProductRules.ProductState;
import io.dorami.service.database.SqlTime;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of a product in PostgreSQL. */
public final class ProductRow {

    static final String COLUMNS = """
        id, stream_key, name, price_amount, stock, color_options, size_options, image_url, images, sort_order, is_new,
        discount_percent, original_price_amount, flash_price, flash_ends_at, changes_at, shipping_fee, timer_enabled, timer_duration, exclude_from_store,
        closed_by_hand, created_at, updated_at, expires_at, version
        """;

    /** The stored key of a product that only the shop sells; no stream has this key. */
    private static final String NO_STREAM = "-";

    private ProductRow() {}

    /** Reads the key of the stream; null if only the shop sells the product. */
    public static @Nullable StreamKey readStreamKey(Row row) {
        String key = row.getString("stream_key");
        return key.equals(NO_STREAM) ? null : new StreamKey(key);
    }

    static String writeStreamKey(@Nullable StreamKey key) {
        return key == null ? NO_STREAM : key.value();
    }

    /** Reads a product as clients see it at a moment. */
    static ProductState read(Row row, Instant now) {
        Prices prices = new Prices(
                row.getBigDecimal("price_amount"),
                row.getBigDecimal("original_price_amount"),
                row.getBigDecimal("flash_price"),
                SqlTime.nullableInstant(row, "flash_ends_at"));
        boolean markedSoldOut = row.getBoolean("closed_by_hand");
        int stock = row.getInteger("stock");
        Product product = new Product(
                row.getUUID("id"),
                readStreamKey(row),
                row.getString("name"),
                prices.price(now),
                stock,
                List.of(row.getArrayOfStrings("color_options")),
                List.of(row.getArrayOfStrings("size_options")),
                row.getString("image_url"),
                List.of(row.getArrayOfStrings("images")),
                row.getInteger("sort_order"),
                row.getBoolean("is_new"),
                row.getBigDecimal("discount_percent"),
                prices.originalPrice(now),
                prices.flashPrice(now),
                prices.flashEndsAt(now),
                row.getBigDecimal("shipping_fee"),
                row.getBoolean("timer_enabled"),
                row.getInteger("timer_duration"),
                row.getBoolean("exclude_from_store"),
                ProductRules.status(stock, markedSoldOut),
                SqlTime.instant(row, "created_at"),
                SqlTime.instant(row, "updated_at"),
                SqlTime.nullableInstant(row, "expires_at"),
                row.getLong("version"));
        return new ProductState(product, prices, markedSoldOut);
    }

    /** The values of all columns, in the order of {@link #COLUMNS}. */
    static Tuple write(ProductState state) {
        Product product = state.product();
        Prices prices = state.prices();
        return Tuple.tuple()
                .addUUID(product.id())
                .addString(writeStreamKey(product.streamKey()))
                .addString(product.name())
                .addValue(prices.regular())
                .addInteger(product.stock())
                .addArrayOfString(product.colorOptions().toArray(String[]::new))
                .addArrayOfString(product.sizeOptions().toArray(String[]::new))
                .addString(product.imageUrl())
                .addArrayOfString(product.images().toArray(String[]::new))
                .addInteger(product.sortOrder())
                .addBoolean(product.isNew())
                .addValue(product.discountRate())
                .addValue(prices.original())
                .addValue(prices.flash())
                .addOffsetDateTime(SqlTime.utc(prices.flashEndsAt()))
                .addOffsetDateTime(SqlTime.utc(ProductRules.nextChange(state)))
                .addValue(product.shippingFee())
                .addBoolean(product.timerEnabled())
                .addInteger(product.timerDuration())
                .addBoolean(product.excludeFromStore())
                .addBoolean(state.markedSoldOut())
                .addOffsetDateTime(SqlTime.utc(product.createdAt()))
                .addOffsetDateTime(SqlTime.utc(product.updatedAt()))
                .addOffsetDateTime(SqlTime.utc(product.expiresAt()))
                .addLong(product.version());
    }
}
