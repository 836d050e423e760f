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

/** What becomes of a product, and what its room hears. Pure. */
public final class ProductRules {

    private static final int TIMER_MINUTES = 10;
    private static final int MAX_STOCK = 1_000_000;

    private final int lowStock;

    public ProductRules(int lowStock) {
        this.lowStock = lowStock;
    }

    /**
     * A product as it is kept.
     *
     * @param closedByHand somebody said "sold out": stock that comes back does not open it again
     */
    public record Item(Product product, boolean closedByHand) {}

    /** What is kept from now on, and what the room hears, in this order. */
    public record ProductTransition(Item item, List<RoomEvent> events) {}

    public ProductTransition create(UUID id, NewProduct wish, Instant now) {
        int stock = wish.stock();
        Product product = new Product(
                id,
                wish.streamKey(),
                wish.name().strip(),
                wish.price(),
                stock,
                orEmpty(wish.colorOptions()),
                orEmpty(wish.sizeOptions()),
                wish.imageUrl(),
                orEmpty(wish.images()),
                or(wish.sortOrder(), 0),
                or(wish.isNew(), false),
                wish.discountRate(),
                wish.originalPrice(),
                or(wish.timerEnabled(), false),
                or(wish.timerDuration(), TIMER_MINUTES),
                status(stock, false),
                now,
                now,
                wish.expiresAt(),
                1);
        return new ProductTransition(
                new Item(product, false),
                List.of(new RoomEvent.ProductAdded(product), new RoomEvent.ProductAddedFlat(product)));
    }

    public ProductTransition change(Item before, ProductChange change, Instant now) {
        Product old = before.product();
        boolean closed = change.status() == null ? before.closedByHand() : change.status() == Status.SOLD_OUT;
        int stock = or(change.stock(), old.stock());
        Product product = new Product(
                old.id(),
                old.streamKey(),
                or(change.name(), old.name()).strip(),
                or(change.price(), old.price()),
                stock,
                or(change.colorOptions(), old.colorOptions()),
                or(change.sizeOptions(), old.sizeOptions()),
                change.imageUrl() == null ? old.imageUrl() : change.imageUrl(),
                or(change.images(), old.images()),
                or(change.sortOrder(), old.sortOrder()),
                or(change.isNew(), old.isNew()),
                change.discountRate() == null ? old.discountRate() : change.discountRate(),
                change.originalPrice() == null ? old.originalPrice() : change.originalPrice(),
                or(change.timerEnabled(), old.timerEnabled()),
                or(change.timerDuration(), old.timerDuration()),
                status(stock, closed),
                old.createdAt(),
                now,
                change.expiresAt() == null ? old.expiresAt() : change.expiresAt(),
                old.version() + 1);
        return outcome(old, new Item(product, closed));
    }

    ProductTransition soldOut(Item before, Instant now) {
        return change(before, ProductChange.of(null, Status.SOLD_OUT), now);
    }

    /**
     * Adds to the stock, or takes from it.
     *
     * @throws DoramiException {@link ErrorCode#CONFLICT} where fewer are there than are taken
     */
    public ProductTransition stock(Item before, int quantity, Instant now) {
        long stock = (long) before.product().stock() + quantity;
        if (stock < 0) {
            throw new DoramiException(
                    ErrorCode.CONFLICT, "Only " + before.product().stock() + " are left");
        }
        if (stock > MAX_STOCK) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "The stock is at most " + MAX_STOCK);
        }
        return change(before, ProductChange.of((int) stock, null), now);
    }

    private ProductTransition outcome(Product old, Item item) {
        Product product = item.product();
        List<RoomEvent> events = new ArrayList<>(List.of(new RoomEvent.ProductUpdated(product)));
        boolean available = product.status() == Status.AVAILABLE;
        if (!available && old.status() == Status.AVAILABLE) {
            events.add(new RoomEvent.ProductSoldOut(product.id(), product.version()));
            events.add(new RoomEvent.ProductSoldOutFlat(product.id(), product.version()));
        }
        if (available && product.stock() < lowStock && product.stock() < old.stock()) {
            events.add(new RoomEvent.ProductLowStock(product.id(), product.name(), product.stock(), product.version()));
        }
        return new ProductTransition(item, List.copyOf(events));
    }

    static Status status(int stock, boolean closedByHand) {
        return stock == 0 || closedByHand ? Status.SOLD_OUT : Status.AVAILABLE;
    }

    private static List<String> orEmpty(@Nullable List<String> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    private static <T> T or(@Nullable T wish, T otherwise) {
        return wish == null ? otherwise : wish;
    }
}
