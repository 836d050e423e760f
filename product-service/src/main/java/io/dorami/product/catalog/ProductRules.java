package io.dorami.product.catalog;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.service.rest.DisplayText;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pure rules of a product: its next state, and the events for its room. */
public final class ProductRules {

    /** Five days, as the web client offers. */
    static final int MAX_TIMER_MINUTES = 7_200;

    /** A flash sale is shorter than the life of the show that it belongs to. */
    private static final Duration MAX_FLASH_DURATION = Duration.ofDays(7);

    private static final int DEFAULT_TIMER_MINUTES = 10;
    private static final int MAX_STOCK = 1_000_000;

    private final int lowStockThreshold;
    private final UnaryOperator<BigDecimal> scale;

    /**
     * Creates the rules.
     *
     * @param scale gives an amount the decimals of the currency
     */
    public ProductRules(int lowStockThreshold, UnaryOperator<BigDecimal> scale) {
        this.lowStockThreshold = lowStockThreshold;
        this.scale = scale;
    }

    /**
     * A product with its stored state.
     *
     * @param product as clients see it now
     * @param prices from which the product's price at any time follows
     * @param markedSoldOut the seller marked the product sold out: returned stock does not make it available again
     */
    public record ProductState(Product product, Prices prices, boolean markedSoldOut) {}

    /**
     * The regular price and the flash price.
     *
     * @param original the struck-out price
     * @param flash the price before {@code flashEndsAt}
     */
    record Prices(
            BigDecimal regular,
            @Nullable BigDecimal original,
            @Nullable BigDecimal flash,
            @Nullable Instant flashEndsAt) {

        boolean isFlash(Instant now) {
            return flash != null && flashEndsAt != null && flashEndsAt.isAfter(now);
        }

        BigDecimal price(Instant now) {
            return flash != null && isFlash(now) ? flash : regular;
        }

        @Nullable
        BigDecimal originalPrice(Instant now) {
            return original == null && isFlash(now) ? regular : original;
        }

        @Nullable
        BigDecimal flashPrice(Instant now) {
            return isFlash(now) ? flash : null;
        }

        @Nullable
        Instant flashEndsAt(Instant now) {
            return isFlash(now) ? flashEndsAt : null;
        }
    }

    /** The new state to store, and the events to publish to the room, in this order. */
    public record ProductTransition(ProductState state, List<RoomEvent> events) {}

    public ProductTransition create(UUID id, NewProduct request, Instant now) {
        int stock = request.stock();
        boolean markedSoldOut = request.status() == Status.SOLD_OUT;
        Prices prices = check(
                new Prices(
                        scale.apply(request.price()),
                        scaleNullable(request.originalPrice()),
                        scaleNullable(request.flashPrice()),
                        request.flashEndsAt()),
                request.flashPrice() != null || request.flashEndsAt() != null,
                now);
        Product product = new Product(
                id,
                request.streamKey(),
                DisplayText.requireLine("name", request.name()),
                prices.price(now),
                stock,
                cleanOptions("colorOptions", request.colorOptions()),
                cleanOptions("sizeOptions", request.sizeOptions()),
                request.imageUrl(),
                orEmpty(request.images()),
                orDefault(request.sortOrder(), 0),
                orDefault(request.isNew(), false),
                request.discountRate(),
                prices.originalPrice(now),
                prices.flashPrice(now),
                prices.flashEndsAt(now),
                scale.apply(orDefault(request.shippingFee(), BigDecimal.ZERO)),
                orDefault(request.timerEnabled(), false),
                orDefault(request.timerDuration(), DEFAULT_TIMER_MINUTES),
                orDefault(request.excludeFromStore(), false),
                status(stock, markedSoldOut),
                now,
                now,
                request.expiresAt(),
                1);
        return new ProductTransition(
                new ProductState(product, prices, markedSoldOut),
                product.excludeFromStore() ? List.of() : addedEvents(product));
    }

    /**
     * Changes the given fields.
     *
     * @throws DoramiException {@link ErrorCode#CONFLICT} if the change carries the version of an earlier state
     */
    public ProductTransition change(ProductState before, ProductChange change, Instant now) {
        Product old = before.product();
        if (change.version() != null && change.version() != old.version()) {
            throw new DoramiException(
                    ErrorCode.CONFLICT,
                    "body.version: the product has version " + old.version() + "; reload it and change it again");
        }
        boolean markedSoldOut = change.status() == null ? before.markedSoldOut() : change.status() == Status.SOLD_OUT;
        // Opening a hidden product releases it, because the web client's list does so with the status alone.
        boolean excludeFromStore =
                orDefault(change.excludeFromStore(), old.excludeFromStore() && change.status() != Status.AVAILABLE);
        int stock = orDefault(change.stock(), old.stock());
        Prices prices = change(before.prices(), change, now);
        Product product = new Product(
                old.id(),
                old.streamKey(),
                change.name() == null ? old.name() : DisplayText.requireLine("name", change.name()),
                prices.price(now),
                stock,
                change.colorOptions() == null
                        ? old.colorOptions()
                        : cleanOptions("colorOptions", change.colorOptions()),
                change.sizeOptions() == null ? old.sizeOptions() : cleanOptions("sizeOptions", change.sizeOptions()),
                change.imageUrl() == null ? old.imageUrl() : change.imageUrl(),
                orDefault(change.images(), old.images()),
                orDefault(change.sortOrder(), old.sortOrder()),
                orDefault(change.isNew(), old.isNew()),
                change.discountRate() == null ? old.discountRate() : change.discountRate(),
                prices.originalPrice(now),
                prices.flashPrice(now),
                prices.flashEndsAt(now),
                change.shippingFee() == null ? old.shippingFee() : scale.apply(change.shippingFee()),
                orDefault(change.timerEnabled(), old.timerEnabled()),
                orDefault(change.timerDuration(), old.timerDuration()),
                excludeFromStore,
                status(stock, markedSoldOut),
                old.createdAt(),
                now,
                change.expiresAt() == null ? old.expiresAt() : change.expiresAt(),
                old.version() + 1);
        return transition(old, new ProductState(product, prices, markedSoldOut));
    }

    private Prices change(Prices old, ProductChange change, Instant now) {
        return check(
                new Prices(
                        change.price() == null ? old.regular() : scale.apply(change.price()),
                        change.originalPrice() == null ? old.original() : scale.apply(change.originalPrice()),
                        change.flashPrice() == null ? old.flash() : scale.apply(change.flashPrice()),
                        change.flashEndsAt() == null ? old.flashEndsAt() : change.flashEndsAt()),
                change.flashPrice() != null || change.flashEndsAt() != null,
                now);
    }

    /** Checks the flash price if the seller sets it; a time that has passed ends the flash sale. */
    private static Prices check(Prices prices, boolean setsFlash, Instant now) {
        if (!setsFlash) {
            return prices;
        }
        if (prices.flash() == null || prices.flash().compareTo(prices.regular()) >= 0) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "body.flashPrice: expected less than the price");
        }
        if (prices.flashEndsAt() == null || prices.flashEndsAt().isAfter(now.plus(MAX_FLASH_DURATION))) {
            throw new DoramiException(
                    ErrorCode.VALIDATION_ERROR, "body.flashEndsAt: expected a time at most 7 days from now");
        }
        return prices;
    }

    /** The product after time alone has changed it: its flash price or its sale has ended. */
    ProductTransition passTime(ProductState before, Instant now) {
        return change(before, ProductChange.of(null, null), now);
    }

    /** The next moment at which time alone changes the product; null if there is none. */
    static @Nullable Instant nextChange(ProductState state) {
        Product product = state.product();
        return Stream.of(product.flashEndsAt(), product.expiresAt())
                .filter(moment -> moment != null && moment.isAfter(product.updatedAt()))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** Copies a product; the copy is hidden until the seller releases it. */
    ProductTransition duplicate(UUID id, ProductState original, Instant now) {
        Product product = original.product();
        Prices prices =
                new Prices(original.prices().regular(), original.prices().original(), null, null);
        Product copy = new Product(
                id,
                product.streamKey(),
                product.name(),
                prices.regular(),
                product.stock(),
                product.colorOptions(),
                product.sizeOptions(),
                product.imageUrl(),
                product.images(),
                product.sortOrder(),
                product.isNew(),
                product.discountRate(),
                prices.original(),
                null,
                null,
                product.shippingFee(),
                product.timerEnabled(),
                product.timerDuration(),
                true,
                status(product.stock(), false),
                now,
                now,
                null,
                1);
        return new ProductTransition(new ProductState(copy, prices, false), List.of());
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
        return new ProductTransition(state, List.copyOf(changeEvents(old, state.product())));
    }

    /** A hidden product has no events; for the room it comes with its release and goes when it is hidden. */
    private List<RoomEvent> changeEvents(Product old, Product product) {
        if (product.excludeFromStore()) {
            return old.excludeFromStore()
                    ? List.of()
                    : List.of(new RoomEvent.ProductDeleted(product.id(), product.version()));
        }
        if (old.excludeFromStore()) {
            return addedEvents(product);
        }
        List<RoomEvent> events = new ArrayList<>(List.of(new RoomEvent.ProductUpdated(product)));
        boolean available = product.status() == Status.AVAILABLE;
        if (!available && old.status() == Status.AVAILABLE) {
            events.add(new RoomEvent.ProductSoldOut(product.id(), product.version()));
            events.add(new RoomEvent.ProductSoldOutFlat(product.id(), product.version()));
        }
        if (available && product.stock() < lowStockThreshold && product.stock() < old.stock()) {
            events.add(new RoomEvent.ProductLowStock(product.id(), product.name(), product.stock(), product.version()));
        }
        return events;
    }

    private static List<RoomEvent> addedEvents(Product product) {
        return List.of(new RoomEvent.ProductAdded(product), new RoomEvent.ProductAddedFlat(product));
    }

    private @Nullable BigDecimal scaleNullable(@Nullable BigDecimal amount) {
        return amount == null ? null : scale.apply(amount);
    }

    static Status status(int stock, boolean markedSoldOut) {
        return stock == 0 || markedSoldOut ? Status.SOLD_OUT : Status.AVAILABLE;
    }

    private static List<String> cleanOptions(String field, @Nullable List<String> options) {
        return orEmpty(options).stream()
                .map(option -> DisplayText.requireLine(field, option))
                .distinct()
                .toList();
    }

    private static List<String> orEmpty(@Nullable List<String> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    private static <T> T orDefault(@Nullable T value, T defaultValue) {
        return value == null ? defaultValue : value;
    }
}
