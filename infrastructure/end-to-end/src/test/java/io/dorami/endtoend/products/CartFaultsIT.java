package io.dorami.endtoend.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.keys.RoomId;
import io.dorami.endtoend.products.ProductReplicas.Lock;
import io.dorami.endtoend.system.RunningSystem.HttpReply;
import io.dorami.testing.TestSecrets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Carts, orders and waiting lists on three replicas, while replicas are killed. */
class CartFaultsIT {

    private static final int BUYERS = 60;
    private static final int STOCK = 60;

    private static ProductReplicas replicas;

    private final Random random = new Random();
    private String stream = "";

    /** Makes the users of a test its own. */
    private final String test = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        replicas = new ProductReplicas();
    }

    @AfterAll
    static void end() {
        replicas.close();
    }

    @BeforeEach
    void awaitAllReady() {
        IntStream.range(0, ProductReplicas.COUNT).forEach(replicas::awaitReady);
        stream = replicas.newStream();
    }

    /** The replies that a buyer got: the ids of the cart's items and of the order. */
    private record Purchase(Set<String> items, Set<String> orders) {}

    @Test
    void killedReplicas_everyUnitIsInOnePlace() throws Exception {
        List<String> products = Stream.generate(() -> replicas.newProduct(0, stream, STOCK))
                .limit(3)
                .toList();
        List<Future<Purchase>> buyers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < BUYERS; i++) {
                int number = i;
                buyers.add(threads.submit(() -> buy(number, products)));
                pause(50);
                if (i % 15 == 10) {
                    int killed = random.nextInt(ProductReplicas.COUNT);
                    replicas.kill(killed);
                    replicas.start(killed);
                }
            }
        }
        Set<String> items = new HashSet<>();
        Set<String> orders = new HashSet<>();
        for (Future<Purchase> buyer : buyers) {
            items.addAll(buyer.get().items());
            orders.addAll(buyer.get().orders());
        }
        assertThat(count("reservation")).as("one item for each key").isEqualTo(items.size());
        assertThat(count("orders")).as("one order for each key").isEqualTo(orders.size());
        assertThat(orders).hasSizeBetween(STOCK / 3, BUYERS);
        awaitConservation(products, STOCK);
    }

    /** Fills a cart, changes it, orders it, and cancels every fifth order. Every call is sent until a replica replies. */
    private Purchase buy(int number, List<String> products) throws Exception {
        String token = token("buyer-" + number);
        Set<String> items = new HashSet<>();
        for (int i = 0; i < products.size(); i++) {
            String key = "add-" + i;
            Map<String, Object> request = Map.of("productId", products.get(i), "quantity", 1 + number % 2);
            items.addAll(sendTwice("/api/cart", token, key, request));
        }
        if (items.isEmpty()) {
            return new Purchase(items, Set.of()); // all sold out
        }
        String first = items.iterator().next();
        switch (number % 4) {
            case 1 -> replicas.callUntilReply("DELETE", "/api/cart/" + first, token, null, null);
            case 2 -> replicas.callUntilReply("PATCH", "/api/cart/" + first, token, null, Map.of("quantity", 3));
            default -> {} // orders the cart as it is
        }
        Set<String> orders = sendTwice("/api/orders/from-cart", token, "order", Map.of());
        if (number % 5 == 0) {
            for (String order : orders) {
                replicas.callUntilReply("DELETE", "/api/orders/" + order, token, null, null)
                        .data();
            }
        }
        return new Purchase(items, orders);
    }

    /** Sends the same request twice at once; returns the ids of the created things, which should be one or none. */
    private Set<String> sendTwice(String path, String token, String key, Map<String, Object> request) throws Exception {
        Set<String> ids = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpReply>> replies = Stream.generate(
                            () -> threads.submit(() -> replicas.callUntilReply("POST", path, token, key, request)))
                    .limit(2)
                    .toList();
            for (Future<HttpReply> reply : replies) {
                if (reply.get().status() == 201) {
                    ids.add(reply.get().data().path("id").asText());
                } else {
                    assertThat(reply.get().errorCode()).as(reply.get().body()).isIn("SOLD_OUT", "CONFLICT");
                }
            }
        }
        return ids;
    }

    @Test
    void orderKilledInBetween_isPlacedOnceByItsRepeat() {
        List<String> products = Stream.generate(() -> replicas.newProduct(0, stream, 5))
                .limit(3)
                .toList();
        String token = token("buyer");
        products.forEach(product -> addToCart(token, product, 2));
        try (Lock lock = replicas.new Lock("LOCK TABLE product.order_item IN SHARE MODE")) {
            Thread.startVirtualThread(
                    () -> replicas.call(0, "POST", "/api/orders/from-cart", token, "order", Map.of()));
            lock.awaitWaiter("INSERT INTO order_item");
            replicas.kill(0);
        }
        replicas.start(0);
        JsonNode order = replicas.call(1, "POST", "/api/orders/from-cart", token, "order", Map.of())
                .orElseThrow()
                .data();
        assertThat(order.path("items")).hasSize(3);
        assertThat(order.path("total").decimalValue()).isEqualByComparingTo("6000");
        JsonNode repeat = replicas.call(2, "POST", "/api/orders/from-cart", token, "order", Map.of())
                .orElseThrow()
                .data();
        assertThat(repeat.path("id")).isEqualTo(order.path("id"));
        assertThat(count("orders")).isEqualTo(1);
        awaitConservation(products, 5);
        assertThat(stock(products.getFirst())).isEqualTo(3);
    }

    @Test
    void cancellationKilledInBetween_returnsEachUnitOnce() {
        List<String> products = Stream.generate(() -> replicas.newProduct(0, stream, 5))
                .limit(3)
                .toList();
        String token = token("buyer");
        products.forEach(product -> addToCart(token, product, 2));
        String order = replicas.call(0, "POST", "/api/orders/from-cart", token, "order", Map.of())
                .orElseThrow()
                .data()
                .path("id")
                .asText();
        try (Lock lock =
                replicas.new Lock("SELECT FROM product.product WHERE id = '" + products.get(1) + "' FOR UPDATE")) {
            Thread.startVirtualThread(() -> replicas.call(0, "DELETE", "/api/orders/" + order, token, null, null));
            lock.awaitWaiter("return_stock");
            replicas.kill(0);
            assertThat(stock(products.getFirst()))
                    .as("returned before the kill")
                    .isEqualTo(5);
            assertThat(stock(products.getLast())).as("not returned yet").isEqualTo(3);
        }
        replicas.start(0);
        await("the sweeper of another replica")
                .atMost(Duration.ofSeconds(20))
                .until(() -> replicas.queryNumber("SELECT count(*) FROM product.orders WHERE id = '" + order
                                + "' AND state = 'CANCELLED' AND units_returned")
                        == 1);
        assertThat(products).allSatisfy(product -> assertThat(stock(product)).isEqualTo(5));
    }

    @Test
    void waitingListIsServedInOrderThroughKills() {
        String product = replicas.newProduct(0, stream, 4);
        List<String> held = IntStream.range(0, 4)
                .mapToObj(i -> addToCart(token("holder-" + i), product, 1))
                .toList();
        List<String> waiting =
                IntStream.range(0, 7).mapToObj(i -> waitFor(product, i)).toList();

        replicas.pauseRedis();
        remove(0, 0, held);
        remove(0, 1, held);
        replicas.kill(0); // between commit and relay
        replicas.resumeRedis();
        replicas.start(0);
        replicas.call(1, "DELETE", "/api/cart/" + held.get(2), token("holder-2"), null, null);
        replicas.kill(1);
        replicas.start(1);
        replicas.callUntilReply("DELETE", "/api/cart/" + held.get(2), token("holder-2"), null, null);
        replicas.callUntilReply("DELETE", "/api/cart/" + held.get(3), token("holder-3"), null, null);
        awaitPromotions(product, 4);

        assertThat(reservation("waiting-3").path("status").asText()).isEqualTo("PROMOTED");
        assertThat(reservation("waiting-4").path("queuePosition").asInt()).isEqualTo(1);
        JsonNode order = replicas.callUntilReply("POST", "/api/orders/from-cart", token("waiting-0"), "order", Map.of())
                .data();
        assertThat(order.at("/items/0/productId").asText()).isEqualTo(product);
        assertThat(reservation("waiting-0").path("status").asText()).isEqualTo("COMPLETED");
        replicas.callUntilReply("DELETE", "/api/reservations/" + waiting.get(1), token("waiting-1"), null, null)
                .data();
        awaitPromotions(product, 5);
        assertThat(stock(product)).isZero();
        awaitConservation(List.of(product), 4);
    }

    /** Puts user {@code waiting-N} on the list, which must be its place. */
    private String waitFor(String product, int number) {
        JsonNode reservation = replicas.callUntilReply(
                        "POST",
                        "/api/reservations",
                        token("waiting-" + number),
                        null,
                        Map.of("productId", product, "quantity", 1))
                .data();
        assertThat(reservation.path("queuePosition").asInt()).isEqualTo(number + 1);
        return reservation.path("id").asText();
    }

    private void remove(int replica, int holder, List<String> items) {
        replicas.call(replica, "DELETE", "/api/cart/" + items.get(holder), token("holder-" + holder), null, null)
                .orElseThrow()
                .data();
    }

    private void awaitPromotions(String product, int count) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(replicas.loggedEvents(RoomId.USERS, "reservation:promoted").stream()
                                .filter(data -> data.path("productId").asText().equals(product))
                                .map(data -> data.path("userId").asText()))
                        .as("every promotion exactly once, in the order of the list")
                        .containsExactlyElementsOf(IntStream.range(0, count)
                                .mapToObj(i -> user("waiting-" + i))
                                .toList()));
    }

    private JsonNode reservation(String name) {
        return replicas.callUntilReply("GET", "/api/reservations", token(name), null, null)
                .data()
                .at("/reservations/0");
    }

    private String addToCart(String token, String product, int quantity) {
        return replicas.callUntilReply(
                        "POST", "/api/cart", token, product, Map.of("productId", product, "quantity", quantity))
                .data()
                .path("id")
                .asText();
    }

    /** Waits until stock, held and ordered units are those that the seller had; a killed cancellation is swept first. */
    private void awaitConservation(List<String> products, int units) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(products)
                        .allSatisfy(product -> assertThat(stock(product)
                                        + replicas.queryNumber(
                                                "SELECT coalesce(sum(quantity), 0) FROM product.reservation WHERE product_id = '"
                                                        + product + "' AND state = 'HELD'")
                                        + replicas.queryNumber(
                                                "SELECT coalesce(sum(i.quantity), 0) FROM product.order_item i"
                                                        + " JOIN product.orders o ON o.id = i.order_id WHERE i.product_id = '"
                                                        + product
                                                        + "' AND o.state <> 'CANCELLED'"))
                                .isEqualTo(units)));
    }

    private static long stock(String product) {
        return replicas.queryNumber("SELECT stock FROM product.product WHERE id = '" + product + "'");
    }

    /** Number of the test's rows in a table. */
    private long count(String table) {
        return replicas.queryNumber("SELECT count(*) FROM product." + table + " WHERE user_id LIKE '" + test + "%'");
    }

    private String token(String name) {
        return TestSecrets.userToken(user(name), "Buyer");
    }

    /** A user id has at most 64 characters, the prefix 37. */
    private String user(String name) {
        return test + "-" + name;
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }
}
