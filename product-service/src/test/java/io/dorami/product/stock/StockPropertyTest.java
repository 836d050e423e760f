package io.dorami.product.stock;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.StreamLifecycle.StreamRegistered;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.cart.CartItem;
import io.dorami.product.cart.CartItemRequest;
import io.dorami.product.cart.CartStore;
import io.dorami.product.cart.MaskedBuyerName;
import io.dorami.product.catalog.NewProduct;
import io.dorami.product.catalog.ProductChange;
import io.dorami.product.catalog.ProductRules;
import io.dorami.product.catalog.ProductRules.ProductState;
import io.dorami.product.catalog.ProductRules.ProductTransition;
import io.dorami.product.catalog.ProductStore;
import io.dorami.product.show.ShowStore;
import io.dorami.service.database.Database;
import io.dorami.service.messaging.EventBus;
import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares PostgreSQL, which changes stock in one statement, with {@link ProductRules} over random histories of buyers
 * and seller: stored state and published events are the same, and no unit is created or lost. Each seed is one history;
 * a failure names its seed.
 *
 * <p>The statements spell the events' JSON in SQL (decision 17). Each event of the outbox is compared with the frame of
 * its record: the same head, and the same JSON tree with its fields in the same order.
 */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class StockPropertyTest {

    private static final int STEP_COUNT = 150;

    private static final String FULL_PRODUCT = """
        {"streamKey":"%s","name":"Cup \\"red\\" \u20a9\\n<b> \\u0007 \\\\ / \uD83D\uDE00","price":29.90,"stock":%d,
         "colorOptions":["red","blue \\"x\\""],"sizeOptions":["L"],"imageUrl":"https://example.com/1.jpg",
         "images":["https://example.com/2.jpg","https://example.com/3.jpg"],"sortOrder":2,"isNew":true,
         "discountRate":10.5,"flashPrice":25.5,"flashEndsAt":"TOMORROW","shippingFee":3.5,"timerEnabled":true,"timerDuration":5,
         "expiresAt":"2040-01-02T03:04:05.060708Z"}\
        """;

    private static final String MINIMAL_PRODUCT = """
        {"streamKey":"%s","name":"Cup","price":0,"stock":%d}\
        """;

    @Inject
    Database database;

    @Inject
    ProductStore products;

    @Inject
    ShowStore shows;

    @Inject
    CartStore carts;

    private final ProductRules rules = new ProductRules(5, amount -> amount.setScale(2));
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final List<String> expectedMessages = new ArrayList<>();
    private final Map<UUID, User> buyers = new HashMap<>();

    /** All events that the SQL statements can write, for a product with every field and for one with few. */
    @ParameterizedTest
    @ValueSource(strings = {FULL_PRODUCT, MINIMAL_PRODUCT})
    void everyEventOfStatementsIsSpelledAsItsRecord(String product) {
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        wait(shows.save(new StreamRegistered(key, "seller", Instant.now())));
        ProductTransition created = rules.create(UUID.randomUUID(), newProduct(product, 6), start);
        UUID id = wait(products.create(created)).id();
        wait(products.feature(key, id));
        expectEvents(created.events());
        expectEvents(List.of(
                new RoomEvent.FeaturedProductChanged(key, created.state().product())));
        ProductState state = created.state();
        // Leaves 5 units, then 2 (low), then none (sold out); then returns one. Whole seconds are written without
        // decimals.
        int[] stockChanges = {-1, -3, -2, 1};
        List<CartItem> held = new ArrayList<>();
        for (int step = 0; step < stockChanges.length; step++) {
            Instant now = start.plusMillis(step * 500L);
            int change = stockChanges[step];
            ProductTransition transition = rules.adjustStock(state, change, now);
            state = transition.state();
            expectEvents(transition.events());
            expectEvents(List.of(new RoomEvent.FeaturedProductChanged(key, state.product())));
            if (change < 0) {
                CartItem item = Objects.requireNonNull(reserve(id, -change, now));
                held.add(item);
                expectCartEvent(item);
            } else {
                CartItem first = held.getFirst();
                wait(carts.remove(buyer(first), first.id(), now));
            }
        }
        assertThat(readOutbox()).isEqualTo(expectedMessages);
        assertThat(expectedMessages.subList(3, expectedMessages.size()))
                .extracting(message -> EventFrame.decode(null, message).name())
                .containsOnly(
                        "live:product:updated",
                        "live:product:soldout",
                        "product:sold-out",
                        "product:low-stock",
                        "stream:featured-product:updated",
                        "cart:item-added");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void databaseFollowsProductRules(long seed) {
        Random random = new Random(seed);
        // Starts now, because the sweeper has its own clock: no item expires within the test's few minutes.
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        wait(shows.save(new StreamRegistered(key, "seller", Instant.now())));
        ProductTransition first = rules.create(UUID.randomUUID(), randomProduct(random), now);
        wait(products.create(first));
        ProductState state = first.state();
        expectEvents(first.events());
        List<CartItem> held = new ArrayList<>();
        int expectedUnits = state.product().stock();
        boolean featured = false;
        for (int step = 0; step < STEP_COUNT; step++) {
            now = now.plus(random.nextInt(3_000), ChronoUnit.MILLIS);
            UUID id = state.product().id();
            ProductTransition transition = null;
            CartItem reserved = null;
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3, 4 -> {
                    int quantity = 1 + random.nextInt(4);
                    boolean available = state.product().status() == Status.AVAILABLE
                            && state.product().stock() >= quantity;
                    reserved = reserve(id, quantity, now);
                    assertThat(reserved != null).as("units reserved").isEqualTo(available);
                    if (reserved != null) {
                        held.add(reserved);
                        transition = rules.adjustStock(state, -quantity, now);
                    }
                }
                case 5, 6 -> {
                    if (!held.isEmpty()) {
                        CartItem released = held.remove(random.nextInt(held.size()));
                        wait(carts.remove(buyer(released), released.id(), now));
                        transition = rules.adjustStock(state, released.quantity(), now);
                    }
                }
                case 7 -> {
                    int quantity = 1 + random.nextInt(3);
                    Instant at = now;
                    wait(products.change(id, stored -> rules.adjustStock(stored, quantity, at), at));
                    transition = rules.adjustStock(state, quantity, now);
                    expectedUnits += quantity;
                }
                case 8 -> {
                    Status status = random.nextBoolean() ? Status.SOLD_OUT : Status.AVAILABLE;
                    Instant at = now;
                    wait(products.change(id, stored -> rules.change(stored, ProductChange.of(null, status), at), at));
                    transition = rules.change(state, ProductChange.of(null, status), now);
                }
                default -> {
                    featured = !featured;
                    Uni<?> update = featured ? products.feature(key, id) : products.clearFeatured(key);
                    wait(update);
                    expectEvents(List.of(new RoomEvent.FeaturedProductChanged(key, featured ? state.product() : null)));
                }
            }
            if (transition != null) {
                state = transition.state();
                expectEvents(transition.events());
                if (featured) {
                    expectEvents(List.of(new RoomEvent.FeaturedProductChanged(key, state.product())));
                }
            }
            if (reserved != null) {
                expectCartEvent(reserved);
            }
        }
        Product stored = wait(products.find(state.product().id()));
        assertThat(stored).isEqualTo(state.product());
        assertThat(stored.stock() + held.stream().mapToInt(CartItem::quantity).sum())
                .as("units in stock and reserved")
                .isEqualTo(expectedUnits);
        assertThat(readOutbox()).isEqualTo(expectedMessages);
    }

    private NewProduct randomProduct(Random random) {
        return newProduct(random.nextBoolean() ? FULL_PRODUCT : MINIMAL_PRODUCT, 5 + random.nextInt(10));
    }

    private NewProduct newProduct(String json, int stock) {
        return Json.read(
                json.formatted(key, stock)
                        .replace(
                                "TOMORROW",
                                Instant.now()
                                        .plus(1, ChronoUnit.DAYS)
                                        .truncatedTo(ChronoUnit.MICROS)
                                        .toString()),
                NewProduct.class);
    }

    private @Nullable CartItem reserve(UUID product, int quantity, Instant now) {
        User buyer = new User("buyer-" + UUID.randomUUID(), "Kim", User.Role.USER);
        try {
            CartItem item = wait(carts.add(buyer, new CartItemRequest(product, quantity, null, null, null), null, now));
            buyers.put(item.id(), buyer);
            return item;
        } catch (DoramiException e) {
            return null;
        }
    }

    private User buyer(CartItem item) {
        return Objects.requireNonNull(buyers.get(item.id()));
    }

    private void expectEvents(List<? extends RoomEvent> events) {
        events.forEach(
                event -> expectedMessages.add(normalize(EventBus.toFrame(event).body())));
    }

    private void expectCartEvent(CartItem item) {
        User buyer = buyer(item);
        expectEvents(List.of(new RoomEvent.CartItemAdded(
                buyer.id(),
                MaskedBuyerName.mask(buyer.name()),
                MaskedBuyerName.color(buyer.id()),
                item.productName(),
                item.quantity(),
                item.createdAt())));
    }

    /** Returns all outbox messages of this shop in order. */
    private List<String> readOutbox() {
        return wait(database.runCritical(connection -> connection
                .preparedQuery("SELECT message FROM outbox WHERE room = $1 ORDER BY id")
                .execute(Tuple.of("shop:" + key))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> row.getString("message"))
                        .peek(message -> assertThat(message).doesNotContain("\" : "))
                        .map(StockPropertyTest::normalize)
                        .toList())));
    }

    /** Removes differences in JSON whitespace and escapes. */
    private static String normalize(String body) {
        EventFrame frame = EventFrame.decode(null, body);
        String head = body.substring(0, body.length() - frame.data().length());
        return head + Json.read(frame.data(), JsonNode.class);
    }

    private static <T> T wait(Uni<T> work) {
        return work.await().atMost(Duration.ofSeconds(10));
    }
}
