package io.dorami.endtoend.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.endtoend.system.RunningSystem.HttpReply;
import io.dorami.testing.TestSecrets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stock and its events on three replicas, while replicas and PostgreSQL are killed. */
class StockFaultsIT {

    private static ProductReplicas replicas;

    private final Random random = new Random();
    private final String seller = TestSecrets.userToken("seller", "Seller");

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
    }

    /** 3 kills; 50 with {@code -Dfaults}, which takes 3 min. */
    @Test
    void killedReplica_committedChangesArePublishedInOrder() {
        int kills = System.getProperty("faults") == null ? 3 : 50;
        String stream = replicas.newStream();
        List<String> products = List.of(replicas.newProduct(0, stream, 1_000), replicas.newProduct(0, stream, 1_000));
        Map<String, Integer> versions = new HashMap<>();
        for (int round = 0; round < kills; round++) {
            int killed = round % ProductReplicas.COUNT;
            awaitAllReady();
            replicas.pauseRedis();
            for (int change = 0; change < 4; change++) {
                String product = products.get(random.nextInt(products.size()));
                versions.put(product, takeOne(killed, product));
            }
            replicas.kill(killed);
            assertThat(replicas.queryNumber("SELECT count(*) FROM product.outbox WHERE published_at IS NULL"))
                    .as("killed between commit and relay")
                    .isPositive();
            replicas.resumeRedis();
            replicas.start(killed);
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> versions.forEach((product, last) -> assertThat(
                                replicas.loggedEvents(stream, "live:product:updated").stream()
                                        .filter(data -> data.path("id").asText().equals(product))
                                        .map(data -> data.path("version").asInt()))
                        .as("every version exactly once and in order")
                        .containsExactlyElementsOf(versionsUpTo(last))));
    }

    @Test
    void tenUnitsSellToTenOfAThousandBuyers() throws Exception {
        String stream = replicas.newStream();
        String product = replicas.newProduct(0, stream, 10);
        Sale sale = new Sale(product, 1, 1_000, Duration.ofSeconds(4));
        for (int round = 0; round < 3; round++) {
            pause(300 + random.nextInt(700));
            int killed = random.nextInt(ProductReplicas.COUNT);
            replicas.kill(killed);
            replicas.start(killed);
        }
        List<HttpReply> replies = sale.awaitReplies();
        assertThat(withStatus(201, replies)).as("sold").hasSize(10);
        assertThat(withStatus(409, replies))
                .as("rejected")
                .hasSize(990)
                .allSatisfy(reply -> assertThat(reply.errorCode()).isEqualTo("SOLD_OUT"));
        assertThat(replicas.queryNumber("SELECT count(DISTINCT user_id) FROM product.reservation WHERE product_id = '"
                        + product + "' AND quantity = 1 AND state = 'HELD'"))
                .isEqualTo(10);
        assertThat(replicas.queryNumber("SELECT stock FROM product.product WHERE id = '" + product + "'"))
                .isZero();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(replicas.loggedEvents(stream, "live:product:updated"))
                        .extracting(data -> data.path("stock").asInt())
                        .containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
        assertThat(replicas.loggedEvents(stream, "live:product:soldout")).hasSize(1);
    }

    @Test
    void killedPostgres_sellsNothingTwice() throws Exception {
        String stream = replicas.newStream();
        String product = replicas.newProduct(0, stream, 500);
        Sale sale = new Sale(product, 2, 300, Duration.ofSeconds(3));
        pause(700);
        replicas.postgres().kill();
        pause(500);
        replicas.postgres().restart();
        List<HttpReply> replies = sale.awaitReplies();
        assertThat(sale.busyReplies)
                .as("replies during the outage")
                .isNotEmpty()
                .filteredOn(reply -> !reply.errorCode().equals("BUSY"))
                .isEmpty();
        assertThat(withStatus(201, replies)).hasSize(250);
        assertThat(withStatus(409, replies)).hasSize(50);
        assertThat(replicas.queryNumber("SELECT sum(quantity) FROM product.reservation WHERE product_id = '" + product
                        + "' AND state = 'HELD'"))
                .isEqualTo(500);
        awaitAllReady();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(replicas.loggedEvents(stream, "live:product:updated"))
                        .extracting(data -> data.path("version").asInt())
                        .containsExactlyElementsOf(versionsUpTo(251)));
    }

    /**
     * Buyers who arrive one after the other. Each sends its request with one key to random replicas until one replies.
     */
    private final class Sale {

        private final ExecutorService threads = Executors.newFixedThreadPool(64);
        private final List<Future<HttpReply>> buyers = new ArrayList<>();
        private final Collection<HttpReply> busyReplies = new ConcurrentLinkedQueue<>();
        private final Thread arrivals;

        Sale(String product, int quantity, int count, Duration period) {
            Map<String, Object> request = Map.of("productId", product, "quantity", quantity);
            arrivals = Thread.startVirtualThread(() -> {
                for (int i = 0; i < count; i++) {
                    String id = product + "-" + i;
                    buyers.add(threads.submit(() -> buy(id, request)));
                    pause(period.toMillis() / count);
                }
            });
        }

        List<HttpReply> awaitReplies() throws Exception {
            arrivals.join();
            List<HttpReply> replies = new ArrayList<>();
            for (Future<HttpReply> buyer : buyers) {
                replies.add(buyer.get());
            }
            threads.close();
            return replies;
        }

        private HttpReply buy(String id, Map<String, Object> request) {
            // An id has at most 64 characters; the product's id has 36.
            String token = TestSecrets.userToken(id, "Buyer");
            while (true) {
                Optional<HttpReply> reply = replicas.call(
                        random.nextInt(ProductReplicas.COUNT), "POST", "/api/cart", token, "buy-" + id, request);
                if (reply.isPresent() && reply.get().status() < 500) {
                    return reply.get();
                }
                reply.ifPresent(busyReplies::add);
                pause(50 + random.nextInt(100));
            }
        }
    }

    private int takeOne(int replica, String product) {
        return replicas.call(
                        replica, "PATCH", "/api/products/" + product + "/stock", seller, null, Map.of("quantity", -1))
                .orElseThrow()
                .data()
                .path("version")
                .asInt();
    }

    private static List<HttpReply> withStatus(int status, List<HttpReply> replies) {
        return replies.stream().filter(reply -> reply.status() == status).toList();
    }

    private static List<Integer> versionsUpTo(int version) {
        return IntStream.rangeClosed(2, version).boxed().toList();
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }
}
