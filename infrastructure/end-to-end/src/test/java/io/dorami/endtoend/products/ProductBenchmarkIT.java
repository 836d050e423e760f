package io.dorami.endtoend.products;

import io.dorami.endtoend.system.RunningSystem.HttpReply;
import io.dorami.endtoend.system.SingleCoreBenchmark;
import io.dorami.testing.TestSecrets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Measures the rate at which carts take stock:
 * {@code ./dorami test --benchmark ProductBenchmarkIT -DargLine=-XX:TieredStopAtLevel=1} (without the last option, the
 * JIT compiler of the load uses PostgreSQL's core). One replica runs on one core; the load, PostgreSQL and Redis run on
 * the others. Each request has its own buyer and idempotency key. Requests are sent at a fixed rate, and the time
 * counts from the moment at which a request was due.
 */
@EnabledIfSystemProperty(named = "benchmark", matches = ".*")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProductBenchmarkIT {

    private static final int WARM_UP_SECONDS = 40;
    private static final int SECONDS = 20;
    private static final int PRODUCTS = 100;
    private static final int STREAMS = 10;
    private static final int STOCK = 1_000_000;
    private static final int CONCURRENT_CALLERS = 32;

    /** Makes lists take 1.5 s per product; other queries stay fast. */
    private static final List<String> SLOW_LIST_STATEMENTS = List.of(
            "CREATE FUNCTION product.slow() RETURNS boolean LANGUAGE sql VOLATILE AS"
                    + " 'SELECT pg_sleep(1.5) IS NOT NULL'",
            "CREATE POLICY lists ON product.product USING (CASE WHEN current_setting('application_name') = 'bulk' THEN"
                    + " product.slow() ELSE true END)",
            "ALTER TABLE product.product ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE product.product FORCE ROW LEVEL SECURITY");

    private record HeldItem(String buyer, String id) {}

    private final AtomicInteger buyers = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    private ProductReplicas replicas;
    private List<String> streams;
    private List<String> products;

    @BeforeAll
    void start() throws Exception {
        SingleCoreBenchmark.moveLoadToOtherCores();
        replicas = new ProductReplicas(1, Map.of(), SingleCoreBenchmark.JAVA_COMMAND);
        streams =
                IntStream.range(0, STREAMS).mapToObj(i -> replicas.newStream()).toList();
        products = IntStream.range(0, PRODUCTS)
                .mapToObj(i -> replicas.newProduct(0, streams.get(i % STREAMS), STOCK))
                .toList();
    }

    @AfterAll
    void end() {
        replicas.close();
    }

    @Test
    void addManyProducts() throws Exception {
        runAtRate(500, WARM_UP_SECONDS, this::addAny);
        measure("500 cart items/s of " + PRODUCTS + " products", 500, this::addAny);
    }

    @Test
    void addOneProduct() throws Exception {
        String product = products.getFirst();
        runAtRate(300, WARM_UP_SECONDS, i -> add(product).isPresent());
        measure("300 cart items/s of one product", 300, i -> add(product).isPresent());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        AtomicInteger sold = new AtomicInteger();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CONCURRENT_CALLERS; i++) {
                callers.execute(() -> {
                    while (System.nanoTime() < end) {
                        add(product).ifPresentOrElse(item -> sold.incrementAndGet(), failures::incrementAndGet);
                    }
                });
            }
        }
        System.out.printf(
                "%d concurrent callers of one product, without a rate: %d cart items/s%n",
                CONCURRENT_CALLERS, sold.get() / SECONDS);
    }

    @Test
    void ordersBesideSlowLists() throws Exception {
        SLOW_LIST_STATEMENTS.forEach(replicas::execute);
        Thread warming = startListing(WARM_UP_SECONDS);
        runAtRate(50, WARM_UP_SECONDS, this::order);
        warming.join();
        for (int round = 0; round < 2; round++) {
            measure("50 orders/s", 50, this::order);
            Thread lists = startListing(SECONDS + 1);
            measure("50 orders/s beside 300 slow lists/s", 50, this::order);
            lists.join();
        }
        replicas.execute("DROP POLICY lists ON product.product");
        replicas.execute("ALTER TABLE product.product DISABLE ROW LEVEL SECURITY");
        replicas.execute("DROP FUNCTION product.slow()");
    }

    private boolean addAny(int number) {
        return add(products.get(number % PRODUCTS)).isPresent();
    }

    /** Puts a unit into the cart of a new buyer; empty if this fails. */
    private Optional<HeldItem> add(String product) {
        String buyer = TestSecrets.userToken("buyer-" + buyers.incrementAndGet(), "Buyer");
        return post("/api/cart", buyer, "key", Map.of("productId", product, "quantity", 1))
                .filter(reply -> reply.status() == 201)
                .map(reply -> new HeldItem(buyer, reply.data().path("id").asText()));
    }

    /** Puts a unit into the cart of a new buyer and orders it. */
    private boolean order(int number) {
        return add(products.get(number % PRODUCTS))
                .flatMap(item ->
                        post("/api/orders/from-cart", item.buyer(), "order", Map.of("cartItemIds", List.of(item.id()))))
                .filter(reply -> reply.status() == 201)
                .isPresent();
    }

    private Optional<HttpReply> post(String path, String token, String key, Object body) {
        return replicas.call(0, "POST", path, token, key, body);
    }

    /** Requests 300 lists per second; each is too slow and is rejected. */
    private Thread startListing(int seconds) {
        String kim = TestSecrets.userToken("kim", "Kim");
        return Thread.ofPlatform()
                .start(() -> runAtRate(300, seconds, i -> {
                    String path = "/api/products?take=1&streamKey=" + streams.get(i % STREAMS);
                    return replicas.call(0, "GET", path, kim, null, null)
                            .filter(reply -> reply.status() == 503)
                            .isPresent();
                }));
    }

    private void measure(String title, int perSecond, IntPredicate request) {
        Duration before = SingleCoreBenchmark.cpuTime(replicas.process(0));
        int failuresBefore = failures.get();
        long[] micros = runAtRate(perSecond, SECONDS, request);
        Duration used = SingleCoreBenchmark.cpuTime(replicas.process(0)).minus(before);
        System.out.printf(
                "%s for %d s on one core (%s): %s; %d%% of the core; %d failed requests%n",
                title,
                SECONDS,
                String.join(" ", SingleCoreBenchmark.JAVA_OPTIONS),
                SingleCoreBenchmark.percentiles(micros),
                used.toMillis() / (SECONDS * 10),
                failures.get() - failuresBefore);
    }

    /** Durations of the requests in microseconds, from the moment at which each was due. */
    private long[] runAtRate(int perSecond, int seconds, IntPredicate request) {
        long[] micros = new long[perSecond * seconds];
        long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < micros.length; i++) {
                int number = i;
                long due = start + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
                LockSupport.parkNanos(due - System.nanoTime());
                threads.execute(() -> {
                    if (!request.test(number)) {
                        failures.incrementAndGet();
                    }
                    micros[number] = (System.nanoTime() - due) / 1_000;
                });
            }
        }
        return micros;
    }
}
