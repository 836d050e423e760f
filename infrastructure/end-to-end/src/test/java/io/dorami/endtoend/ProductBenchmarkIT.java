package io.dorami.endtoend;

import io.dorami.endtoend.RunningSystem.HttpReply;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How fast units are sold: {@code ./dorami test --benchmark ProductBenchmarkIT -DargLine=-XX:TieredStopAtLevel=1} (without the
 * latter, the load's own compiler takes PostgreSQL's core). One replica on one core; the load, PostgreSQL and Redis on the
 * others. Each request is a buyer's of its own, with a key of its own, sent at a fixed rate; time counts from when it was due.
 */
@EnabledIfSystemProperty(named = "benchmark", matches = ".*")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProductBenchmarkIT {

    private static final int WARM_UP_SECONDS = 40;
    private static final int SECONDS = 20;
    private static final int PRODUCTS = 100;
    private static final int STREAMS = 10;
    private static final int STOCK = 1_000_000;
    private static final int CALLERS = 32;

    /** Lists need a second and a half for each product, and nothing else is slower. */
    private static final List<String> SLOW_LISTS = List.of(
            "CREATE FUNCTION product.slow() RETURNS boolean LANGUAGE sql VOLATILE AS"
                    + " 'SELECT pg_sleep(1.5) IS NOT NULL'",
            "CREATE POLICY lists ON product.product USING (CASE WHEN current_setting('application_name') = 'bulk' THEN"
                    + " product.slow() ELSE true END)",
            "ALTER TABLE product.product ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE product.product FORCE ROW LEVEL SECURITY");

    private record Held(String buyer, String id) {}

    private final AtomicInteger buyers = new AtomicInteger();
    private final AtomicInteger wrong = new AtomicInteger();

    private ProductReplicas replicas;
    private List<String> streams;
    private List<String> products;

    @BeforeAll
    void start() throws Exception {
        SingleCoreBenchmark.leaveIt();
        replicas = new ProductReplicas(1, Map.of(), SingleCoreBenchmark.JAVA);
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
    void manyProducts() throws Exception {
        atRate(500, WARM_UP_SECONDS, this::reserveAny);
        measure("500 reservations/s of " + PRODUCTS + " products", 500, this::reserveAny);
    }

    @Test
    void oneProduct() throws Exception {
        String hot = products.getFirst();
        atRate(300, WARM_UP_SECONDS, i -> reserve(hot).isPresent());
        measure("300 reservations/s of one product", 300, i -> reserve(hot).isPresent());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        AtomicInteger sold = new AtomicInteger();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                callers.execute(() -> {
                    while (System.nanoTime() < end) {
                        reserve(hot).ifPresentOrElse(held -> sold.incrementAndGet(), wrong::incrementAndGet);
                    }
                });
            }
        }
        System.out.printf(
                "%d callers of one product, as fast as it goes: %d reservations/s%n", CALLERS, sold.get() / SECONDS);
    }

    @Test
    void ordersBesideSlowLists() throws Exception {
        SLOW_LISTS.forEach(replicas::execute);
        Thread warming = lists(WARM_UP_SECONDS);
        atRate(50, WARM_UP_SECONDS, this::order);
        warming.join();
        for (int round = 0; round < 2; round++) {
            measure("50 orders/s", 50, this::order);
            Thread lists = lists(SECONDS + 1);
            measure("50 orders/s beside 300 slow lists/s", 50, this::order);
            lists.join();
        }
        replicas.execute("DROP POLICY lists ON product.product");
        replicas.execute("ALTER TABLE product.product DISABLE ROW LEVEL SECURITY");
        replicas.execute("DROP FUNCTION product.slow()");
    }

    private boolean reserveAny(int number) {
        return reserve(products.get(number % PRODUCTS)).isPresent();
    }

    /** What a new buyer holds then. */
    private Optional<Held> reserve(String product) {
        String buyer = TestSecrets.user("buyer-" + buyers.incrementAndGet(), "Buyer");
        return post("/api/reservations", buyer, "key", Map.of("productId", product, "quantity", 1))
                .filter(reply -> reply.status() == 201)
                .map(reply -> new Held(buyer, reply.data().path("id").asText()));
    }

    /** A reservation, and then its confirmation. */
    private boolean order(int number) {
        return reserve(products.get(number % PRODUCTS))
                .flatMap(held -> post("/api/reservations/" + held.id() + "/confirm", held.buyer(), null, Map.of()))
                .filter(reply -> reply.status() == 200)
                .isPresent();
    }

    private Optional<HttpReply> post(String path, String token, @Nullable String key, Object body) {
        return replicas.call(0, "POST", path, token, key, body);
    }

    /** 300 a second; each is too slow, and so refused. */
    private Thread lists(int seconds) {
        String kim = TestSecrets.user("kim", "Kim");
        return Thread.ofPlatform()
                .start(() -> atRate(300, seconds, i -> {
                    String path = "/api/products?take=1&streamKey=" + streams.get(i % STREAMS);
                    return replicas.call(0, "GET", path, kim, null, null)
                            .filter(reply -> reply.status() == 503)
                            .isPresent();
                }));
    }

    private void measure(String what, int perSecond, IntPredicate request) {
        Duration before = SingleCoreBenchmark.used(replicas.process(0));
        int wrongBefore = wrong.get();
        long[] micros = atRate(perSecond, SECONDS, request);
        Duration used = SingleCoreBenchmark.used(replicas.process(0)).minus(before);
        System.out.printf(
                "%s for %d s on one core (%s): %s; %d%% of the core; %d answers wrong%n",
                what,
                SECONDS,
                String.join(" ", SingleCoreBenchmark.JAVA_OPTIONS),
                SingleCoreBenchmark.percentiles(micros),
                used.toMillis() / (SECONDS * 10),
                wrong.get() - wrongBefore);
    }

    /** How long each took, in microseconds from when it was due. */
    private long[] atRate(int perSecond, int seconds, IntPredicate request) {
        long[] micros = new long[perSecond * seconds];
        long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < micros.length; i++) {
                int number = i;
                long due = start + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
                LockSupport.parkNanos(due - System.nanoTime());
                threads.execute(() -> {
                    if (!request.test(number)) {
                        wrong.incrementAndGet();
                    }
                    micros[number] = (System.nanoTime() - due) / 1_000;
                });
            }
        }
        return micros;
    }
}
