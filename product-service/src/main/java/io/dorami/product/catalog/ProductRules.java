package io.dorami.product.catalog;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.events.RoomEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Pure rules of a product: its next state, and the events for its room. */
public final class ProductRules {

    private static final int DEFAULT_TIMER_MINUTES = 10;
    private static final int MAX_STOCK = 1_000_000;

    private final int lowStockThreshold;

    public ProductRules(int lowStockThreshold) {
        this.lowStockThreshold = lowStockThreshold;
    }

    /**
     * A product with its stored state.
     *
     * @param markedSoldOut the seller marked the product sold out: returned stock does not make it available again
     */
    public record ProductState(Product product, boolean markedSoldOut) {}

    /** The new state to store, and the events to publish to the room, in this order. */
    public record ProductTransition(ProductState state, List<RoomEvent> events) {}

    public ProductTransition create(UUID id, NewProduct request, Instant now) {
        int stock = request.stock();
        Product product = new Product(
                id,
                request.streamKey(),
                request.name().strip(),
                request.price(),
                stock,
                orEmpty(request.colorOptions()),
                orEmpty(request.sizeOptions()),
                request.imageUrl(),
                orEmpty(request.images()),
                orDefault(request.sortOrder(), 0),
                orDefault(request.isNew(), false),
                request.discountRate(),
                request.originalPrice(),
                orDefault(request.timerEnabled(), false),
                orDefault(request.timerDuration(), DEFAULT_TIMER_MINUTES),
                status(stock, false),
                now,
                now,
                request.expiresAt(),
                1);
        return new ProductTransition(
                new ProductState(product, false),
                List.of(new RoomEvent.ProductAdded(product), new RoomEvent.ProductAddedFlat(product)));
    }

    public ProductTransition change(ProductState before, ProductChange change, Instant now) {
        Product old = before.product();
        boolean markedSoldOut = change.status() == null ? before.markedSoldOut() : change.status() == Status.SOLD_OUT;
        int stock = orDefault(change.stock(), old.stock());
        Product product = new Product(
                old.id(),
                old.streamKey(),
                orDefault(change.name(), old.name()).strip(),
                orDefault(change.price(), old.price()),
                stock,
                orDefault(change.colorOptions(), old.colorOptions()),
                orDefault(change.sizeOptions(), old.sizeOptions()),
                change.imageUrl() == null ? old.imageUrl() : change.imageUrl(),
                orDefault(change.images(), old.images()),
                orDefault(change.sortOrder(), old.sortOrder()),
                orDefault(change.isNew(), old.isNew()),
                change.discountRate() == null ? old.discountRate() : change.discountRate(),
                change.originalPrice() == null ? old.originalPrice() : change.originalPrice(),
                orDefault(change.timerEnabled(), old.timerEnabled()),
                orDefault(change.timerDuration(), old.timerDuration()),
                status(stock, markedSoldOut),
                old.createdAt(),
                now,
                change.expiresAt() == null ? old.expiresAt() : change.expiresAt(),
                old.version() + 1);
        return transition(old, new ProductState(product, markedSoldOut));
    }

    ProductTransition markSoldOut(ProductState before, Instant now) {
        return change(before, ProductChange.of(null, Status.SOLD_OUT), now);
    }

    /**
     * Adds to the stock; a negative quantity removes units.
     *
     * @throws DoramiException {@link ErrorCode#CONFLICT} if more units are removed than are in stock
     */
    public ProductTransition adjustStock(ProductState before, int quantity, Instant now) {
        long stock = (long) before.product().stock() + quantity;
        if (stock < 0) {
            throw new DoramiException(
                    ErrorCode.CONFLICT,
                    "body.quantity: only " + before.product().stock() + " units are in stock");
        }
        if (stock > MAX_STOCK) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "body.quantity: stock would exceed " + MAX_STOCK);
        }
        return change(before, ProductChange.of((int) stock, null), now);
    }

    private ProductTransition transition(Product old, ProductState state) {
        Product product = state.product();
        List<RoomEvent> events = new ArrayList<>(List.of(new RoomEvent.ProductUpdated(product)));
        boolean available = product.status() == Status.AVAILABLE;
        if (!available && old.status() == Status.AVAILABLE) {
            events.add(new RoomEvent.ProductSoldOut(product.id(), product.version()));
            events.add(new RoomEvent.ProductSoldOutFlat(product.id(), product.version()));
        }
        if (available && product.stock() < lowStockThreshold && product.stock() < old.stock()) {
            events.add(new RoomEvent.ProductLowStock(product.id(), product.name(), product.stock(), product.version()));
        }
        return new ProductTransition(state, List.copyOf(events));
    }

    static Status status(int stock, boolean markedSoldOut) {
        return stock == 0 || markedSoldOut ? Status.SOLD_OUT : Status.AVAILABLE;
    }

    private static List<String> orEmpty(@Nullable List<String> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    private static <T> T orDefault(@Nullable T value, T defaultValue) {
        return value == null ? defaultValue : value;
    }
}
