package io.dorami.endtoend.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dorami.endtoend.system.NginxProxy;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.endtoend.system.SingleCoreBenchmark;
import io.dorami.testing.TestSecrets;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * 5,000 viewers that poll the four public reads of a live page every 5 s, through Nginx with and without its cache:
 * {@code ./dorami test --benchmark EdgeBenchmarkIT}. Load, Nginx and services share the machine's cores, so compare the
 * CPU per request and the ratios, not the times.
 */
@EnabledIfSystemProperty(named = "benchmark", matches = ".*")
@ExtendWith(RunningSystem.Resolver.class)
class EdgeBenchmarkIT {

    private static final int VIEWERS = 5_000;

    /** Few enough for two cores without a cache, to measure the cost of a request there. */
    private static final int FEW_VIEWERS = 500;

    private static final Duration POLL_INTERVAL = Duration.ofSeconds(5);
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration MEASURED = Duration.ofSeconds(20);
    private static final int PRODUCTS = 20;

    /** Polls that may be open at once; a system that is slower than the viewers skips the rest and counts them. */
    private static final int MAX_OPEN = 10_000;

    private final RunningSystem system;
    private final Vertx vertx = Vertx.vertx();

    EdgeBenchmarkIT(RunningSystem system) {
        this.system = system;
    }

    @Test
    void pollingViewersWithAndWithoutCache() throws Exception {
        assumeTrue(NginxProxy.isInstalled(), "Nginx is not installed");
        Show show = system.newShow(TestSecrets.userToken("seller", "Hana"), "Benchmark");
        for (int product = 0; product < PRODUCTS; product++) {
            system.newProduct(show, "Product " + product, 10);
        }
        List<String> paths = List.of(
                "/api/products?streamKey=" + show.key() + "&take=200",
                "/api/streaming/key/" + show.key() + "/status",
                "/api/streaming/key/" + show.key() + "/featured-product",
                "/api/streaming/upcoming?limit=100");
        String gateway = "127.0.0.1:" + system.url("/").getPort();
        Map<String, String> settings = Map.of(
                "DORAMI_GATEWAY", gateway,
                "DORAMI_MEDIA", gateway,
                "DORAMI_PLAY_GATE", gateway,
                "DORAMI_PUBLIC_RATE", "100000r/s",
                "DORAMI_PUBLIC_BURST", "100000");
        Map<String, String> noCache = Map.of("proxy_cache         public_reads", "proxy_cache         off");
        // The overload of the last measurement would disturb the others.
        for (Map<String, String> changes : List.of(Map.<String, String>of(), noCache)) {
            for (int viewers : new int[] {FEW_VIEWERS, VIEWERS}) {
                try (NginxProxy nginx = new NginxProxy(settings, changes)) {
                    measure(changes.isEmpty() ? "with cache" : "without cache", nginx, paths, viewers);
                }
            }
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void measure(String name, NginxProxy nginx, List<String> paths, int viewers) throws InterruptedException {
        URI edge = nginx.url("");
        HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(edge.getPort())
                .setMaxPoolSize(viewers)
                .setMaxWaitQueueSize(MAX_OPEN));
        double rate = viewers * paths.size() / (double) POLL_INTERVAL.toSeconds();
        assertThat(poll(client, paths, rate, WARM_UP).completed.get()).isPositive();
        Map<String, List<ProcessHandle>> processes = new LinkedHashMap<>();
        processes.put("nginx", nginx.workers());
        for (String process : List.of("gateway", "product-service", "srs-hook-service", "postgres", "redis")) {
            ProcessHandle handle = ProcessHandle.of(system.pid(process)).orElseThrow();
            processes.put(
                    process,
                    Stream.concat(Stream.of(handle), handle.descendants()).toList());
        }
        processes.put("load", List.of(ProcessHandle.current()));
        Map<String, Duration> before = new LinkedHashMap<>();
        processes.forEach((process, handles) -> before.put(process, cpuTime(handles)));
        Polls polls = poll(client, paths, rate, MEASURED);
        System.out.printf(
                Locale.ROOT,
                "%s: %d viewers, %.0f requests/s offered, %.0f answered, %d failed, %d skipped; %s; X-Cache %s%n",
                name,
                viewers,
                rate,
                polls.completed.get() / (double) MEASURED.toSeconds(),
                polls.failed.get(),
                polls.skipped.get(),
                polls.completed.get() == 0 ? "no reply" : SingleCoreBenchmark.percentiles(polls.micros()),
                polls.cacheStates);
        processes.forEach((process, handles) -> {
            double micros = cpuTime(handles).minus(before.get(process)).toNanos() / 1_000.0;
            System.out.printf(
                    Locale.ROOT,
                    "  %-18s %5.1f%% of a core, %6.1f us of CPU per request%n",
                    process,
                    micros / MEASURED.toMillis() / 10,
                    micros / Math.max(1, polls.completed.get()));
        });
        client.close();
    }

    private static Duration cpuTime(List<ProcessHandle> processes) {
        return processes.stream()
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Counts and times of the polls of a period. A time begins when the poll was due. */
    private static final class Polls {
        final AtomicInteger completed = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicInteger skipped = new AtomicInteger();
        final AtomicInteger open = new AtomicInteger();
        final Map<String, AtomicInteger> cacheStates = new ConcurrentHashMap<>();
        final AtomicLongArray times;

        Polls(int total) {
            times = new AtomicLongArray(total);
        }

        long[] micros() {
            long[] micros = new long[Math.min(completed.get(), times.length())];
            Arrays.setAll(micros, times::get);
            return micros;
        }
    }

    /** Sends the polls at a steady rate: every millisecond those that are due. */
    private Polls poll(HttpClient client, List<String> paths, double rate, Duration period)
            throws InterruptedException {
        long start = System.nanoTime();
        double perNano = rate / 1e9;
        int total = (int) (perNano * period.toNanos());
        Polls polls = new Polls(total);
        AtomicInteger sent = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        vertx.setPeriodic(1, timer -> {
            int due = (int) Math.min(total, (System.nanoTime() - start) * perNano);
            while (sent.get() < due) {
                int number = sent.getAndIncrement();
                if (polls.open.get() >= MAX_OPEN) {
                    polls.skipped.incrementAndGet();
                } else {
                    send(client, paths.get(number % paths.size()), start + (long) (number / perNano), polls);
                }
            }
            if (sent.get() >= total) {
                vertx.cancelTimer(timer);
                done.countDown();
            }
        });
        done.await();
        return polls;
    }

    private static void send(HttpClient client, String path, long due, Polls polls) {
        polls.open.incrementAndGet();
        client.request(HttpMethod.GET, path)
                .compose(HttpClientRequest::send)
                .compose(response -> response.statusCode() == 200
                        ? response.body()
                                .onSuccess(body -> polls.cacheStates
                                        .computeIfAbsent(
                                                String.valueOf(response.getHeader("X-Cache")),
                                                state -> new AtomicInteger())
                                        .incrementAndGet())
                        : Future.failedFuture("status " + response.statusCode()))
                .onComplete(reply -> {
                    polls.open.decrementAndGet();
                    if (reply.failed()) {
                        polls.failed.incrementAndGet();
                        return;
                    }
                    int number = polls.completed.getAndIncrement();
                    if (number < polls.times.length()) {
                        polls.times.set(number, (System.nanoTime() - due) / 1_000);
                    }
                });
    }
}
