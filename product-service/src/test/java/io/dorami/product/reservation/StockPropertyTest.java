package io.dorami.product.reservation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.catalog.NewProduct;
import io.dorami.product.catalog.ProductChange;
import io.dorami.product.catalog.ProductRules;
import io.dorami.product.catalog.ProductRules.Item;
import io.dorami.product.catalog.ProductRules.ProductTransition;
import io.dorami.product.catalog.ProductStore;
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
 * Whatever buyers and seller do, in any order: PostgreSQL, which moves stock in one statement, says and keeps exactly what
 * the rules say; and units are neither made nor lost. Each seed is a history of its own; the failing one is named.
 */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class StockPropertyTest {

    private static final int STEPS = 150;

    @Inject
    Database database;

    @Inject
    ProductStore products;

    @Inject
    ReservationStore reservations;

    private final ProductRules rules = new ProductRules(5);
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final List<String> expected = new ArrayList<>();
    private final Map<UUID, User> buyers = new HashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void theDatabaseDoesWhatTheRulesSay(long seed) {
        Random random = new Random(seed);
        // From now on, for the sweeper has a clock of its own: no hold is over within the test's few minutes.
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        wait(products.own(key, "seller"));
        ProductTransition first = rules.create(UUID.randomUUID(), wish(random), now);
        wait(products.create(first));
        Item item = first.item();
        said(first.events());
        List<Reservation> held = new ArrayList<>();
        int made = item.product().stock();
        boolean featured = false;
        for (int step = 0; step < STEPS; step++) {
            now = now.plus(random.nextInt(3_000), ChronoUnit.MILLIS);
            UUID id = item.product().id();
            ProductTransition outcome = null;
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3, 4 -> {
                    int quantity = 1 + random.nextInt(4);
                    boolean fits = item.product().status() == Status.AVAILABLE
                            && item.product().stock() >= quantity;
                    Reservation taken = take(id, quantity, now);
                    assertThat(taken != null).as("taken").isEqualTo(fits);
                    if (taken != null) {
                        held.add(taken);
                        outcome = rules.stock(item, -quantity, now);
                    }
                }
                case 5, 6 -> {
                    if (!held.isEmpty()) {
                        Reservation back = held.remove(random.nextInt(held.size()));
                        wait(reservations.cancel(buyer(back), back.id(), now));
                        outcome = rules.stock(item, back.quantity(), now);
                    }
                }
                case 7 -> {
                    int quantity = 1 + random.nextInt(3);
                    Instant at = now;
                    wait(products.change(id, stored -> rules.stock(stored, quantity, at)));
                    outcome = rules.stock(item, quantity, now);
                    made += quantity;
                }
                case 8 -> {
                    Status status = random.nextBoolean() ? Status.SOLD_OUT : Status.AVAILABLE;
                    Instant at = now;
                    wait(products.change(id, stored -> rules.change(stored, ProductChange.of(null, status), at)));
                    outcome = rules.change(item, ProductChange.of(null, status), now);
                }
                default -> {
                    featured = !featured;
                    Uni<?> shown = featured ? products.feature(key, id) : products.clearFeatured(key);
                    wait(shown);
                    said(List.of(new RoomEvent.FeaturedProductChanged(key, featured ? item.product() : null)));
                }
            }
            if (outcome != null) {
                item = outcome.item();
                said(outcome.events());
                if (featured) {
                    said(List.of(new RoomEvent.FeaturedProductChanged(key, item.product())));
                }
            }
        }
        Product kept = wait(products.find(item.product().id()));
        assertThat(kept).isEqualTo(item.product());
        assertThat(kept.stock() + held.stream().mapToInt(Reservation::quantity).sum())
                .as("units")
                .isEqualTo(made);
        assertThat(written()).isEqualTo(expected);
    }

    private NewProduct wish(Random random) {
        return Json.read(
                """
                {"streamKey":"%s","name":"Cup \\"red\\" \u20a9\\n<b>","price":12900,"stock":%d,"colorOptions":["red","blue"],
                 "imageUrl":%s,"originalPrice":%s,"timerEnabled":true,"timerDuration":5,"sortOrder":2,"isNew":true}\
                """.formatted(
                                key,
                                5 + random.nextInt(10),
                                random.nextBoolean() ? "null" : "\"https://example.com/1.jpg\"",
                                random.nextBoolean() ? "null" : "15000"),
                NewProduct.class);
    }

    private @Nullable Reservation take(UUID product, int quantity, Instant now) {
        User buyer = new User("buyer-" + UUID.randomUUID(), "Kim", User.Role.USER);
        try {
            Reservation taken =
                    wait(reservations.take(buyer, new ReservationRequest(product, quantity, null), null, now));
            buyers.put(taken.id(), buyer);
            return taken;
        } catch (DoramiException e) {
            return null;
        }
    }

    private User buyer(Reservation reservation) {
        return Objects.requireNonNull(buyers.get(reservation.id()));
    }

    private void said(List<? extends RoomEvent> events) {
        events.forEach(event -> expected.add(tree(EventBus.frame(event).body())));
    }

    /** All that went into the outbox for this shop, in order. */
    private List<String> written() {
        return wait(database.critical(connection -> connection
                .preparedQuery("SELECT message FROM outbox WHERE room = $1 ORDER BY id")
                .execute(Tuple.of("shop:" + key))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> row.getString("message"))
                        .filter(message -> !message.contains(" cart:item-added "))
                        .map(StockPropertyTest::tree)
                        .toList())));
    }

    /** Head and data, whatever the blanks and the zeros of a time between them. */
    private static String tree(String body) {
        EventFrame frame = EventFrame.decode(null, body);
        JsonNode data = Json.read(frame.data(), JsonNode.class);
        String head = body.substring(0, body.length() - frame.data().length());
        return head
                + data.toString().replaceAll("(:\\d\\d\\.\\d*?)0*Z\"", "$1Z\"").replace(".Z\"", "Z\"");
    }

    private static <T> T wait(Uni<T> work) {
        return work.await().atMost(Duration.ofSeconds(10));
    }
}
