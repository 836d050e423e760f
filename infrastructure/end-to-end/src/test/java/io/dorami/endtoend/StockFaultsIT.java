package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.endtoend.RunningSystem.HttpReply;
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

/** Stock and its events on three replicas that are killed, and on a PostgreSQL that is. */
class StockFaultsIT {

    private static ProductReplicas replicas;

    private final Random random = new Random();
    private final String seller = TestSecrets.user("seller", "Seller");

    @BeforeAll
    static void start() {
        replicas = new ProductReplicas();
    }

    @AfterAll
    static void end() {
        replicas.close();
    }

    @BeforeEach
    void allAreReady() {
        IntStream.range(0, ProductReplicas.COUNT).forEach(replicas::awaitReady);
    }

    /** 3 kills; with {@code -Dfaults} 50, 3 min. */
    @Test
    void whatWasCommittedBeforeAKillIsSeenInOrder() {
        int kills = System.getProperty("faults") == null ? 3 : 50;
        String stream = replicas.newStream();
        List<String> products = List.of(replicas.newProduct(0, stream, 1_000), replicas.newProduct(0, stream, 1_000));
        Map<String, Integer> versions = new HashMap<>();
        for (int round = 0; round < kills; round++) {
            int victim = round % ProductReplicas.COUNT;
            allAreReady();
            replicas.pauseRedis();
            for (int change = 0; change < 4; change++) {
                String product = products.get(random.nextInt(products.size()));
                versions.put(product, takeOne(victim, product));
            }
            replicas.kill(victim);
            assertThat(replicas.number("SELECT count(*) FROM product.outbox WHERE published_at IS NULL"))
                    .as("killed between commit and relay")
                    .isPositive();
            replicas.resumeRedis();
            replicas.start(victim);
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> versions.forEach((product, last) -> assertThat(
                                replicas.log(stream, "live:product:updated").stream()
                                        .filter(data -> data.path("id").asText().equals(product))
                                        .map(data -> data.path("version").asInt()))
                        .as("every version once and in order")
                        .containsExactlyElementsOf(upTo(last))));
    }

    @Test
    void tenUnitsAreSoldToTenOfAThousandBuyersAndEveryLoserIsTold() throws Exception {
        String stream = replicas.newStream();
        String product = replicas.newProduct(0, stream, 10);
        Sale sale = new Sale(product, 1, 1_000, Duration.ofSeconds(4));
        for (int round = 0; round < 3; round++) {
            pause(300 + random.nextInt(700));
            int victim = random.nextInt(ProductReplicas.COUNT);
            replicas.kill(victim);
            replicas.start(victim);
        }
        List<HttpReply> answers = sale.answers();
        assertThat(with(201, answers)).as("sold").hasSize(10);
        assertThat(with(409, answers))
                .as("told")
                .hasSize(990)
                .allSatisfy(reply -> assertThat(reply.errorCode()).isEqualTo("SOLD_OUT"));
        assertThat(replicas.number("SELECT count(DISTINCT user_id) FROM product.reservation WHERE product_id = '"
                        + product + "' AND quantity = 1 AND state = 'HELD'"))
                .isEqualTo(10);
        assertThat(replicas.number("SELECT stock FROM product.product WHERE id = '" + product + "'"))
                .isZero();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(replicas.log(stream, "live:product:updated"))
                        .extracting(data -> data.path("stock").asInt())
                        .containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
        assertThat(replicas.log(stream, "live:product:soldout")).hasSize(1);
    }

    @Test
    void aPostgresqlThatIsKilledUnderLoadSellsNothingTwiceAndIsFoundAgain() throws Exception {
        String stream = replicas.newStream();
        String product = replicas.newProduct(0, stream, 500);
        Sale sale = new Sale(product, 2, 300, Duration.ofSeconds(3));
        pause(700);
        replicas.postgres().kill();
        pause(500);
        replicas.postgres().restart();
        List<HttpReply> answers = sale.answers();
        assertThat(sale.refusals)
                .as("meanwhile")
                .isNotEmpty()
                .filteredOn(reply -> !reply.errorCode().equals("BUSY"))
                .isEmpty();
        assertThat(with(201, answers)).hasSize(250);
        assertThat(with(409, answers)).hasSize(50);
        assertThat(replicas.number("SELECT sum(quantity) FROM product.reservation WHERE product_id = '" + product
                        + "' AND state = 'HELD'"))
                .isEqualTo(500);
        allAreReady();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(replicas.log(stream, "live:product:updated"))
                        .extracting(data -> data.path("version").asInt())
                        .containsExactlyElementsOf(upTo(251)));
    }

    /** Buyers who come one after the other; each asks any replica until one has said yes or no, with one key. */
    private final class Sale {

        private final ExecutorService threads = Executors.newFixedThreadPool(64);
        private final List<Future<HttpReply>> buyers = new ArrayList<>();
        private final Collection<HttpReply> refusals = new ConcurrentLinkedQueue<>();
        private final Thread arrivals;

        Sale(String product, int quantity, int count, Duration over) {
            Map<String, Object> wish = Map.of("productId", product, "quantity", quantity);
            arrivals = Thread.startVirtualThread(() -> {
                for (int i = 0; i < count; i++) {
                    String id = product + "-" + i;
                    buyers.add(threads.submit(() -> buy(id, wish)));
                    pause(over.toMillis() / count);
                }
            });
        }

        List<HttpReply> answers() throws Exception {
            arrivals.join();
            List<HttpReply> answers = new ArrayList<>();
            for (Future<HttpReply> buyer : buyers) {
                answers.add(buyer.get());
            }
            threads.close();
            return answers;
        }

        private HttpReply buy(String id, Map<String, Object> wish) {
            // An id has 64 characters at the most: the product's own has 36.
            String token = TestSecrets.user(id, "Buyer");
            while (true) {
                Optional<HttpReply> reply = replicas.call(
                        random.nextInt(ProductReplicas.COUNT), "POST", "/api/reservations", token, "buy-" + id, wish);
                if (reply.isPresent() && reply.get().status() < 500) {
                    return reply.get();
                }
                reply.ifPresent(refusals::add);
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

    private static List<HttpReply> with(int status, List<HttpReply> answers) {
        return answers.stream().filter(reply -> reply.status() == status).toList();
    }

    private static List<Integer> upTo(int version) {
        return IntStream.rangeClosed(2, version).boxed().toList();
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }
}
