package io.dorami.endtoend.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.Json;
import io.dorami.endtoend.streams.StreamReplicas.Show;
import io.dorami.endtoend.system.SingleCoreBenchmark;
import io.dorami.testing.TestSecrets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Measures the response time of SRS hooks: {@code ./dorami test --benchmark HookBenchmarkIT}. One replica runs on one
 * core; the load, PostgreSQL and Redis run on the others. Each hook has its own connection, as with SRS. Of 20 hooks, 9
 * are an on_play, 9 its on_stop, one an on_publish and one its on_unpublish. Hooks are sent at a fixed rate, and the
 * time counts from the moment at which a hook was due.
 */
@EnabledIfSystemProperty(named = "benchmark", matches = ".*")
class HookBenchmarkIT {

    private static final int RATE = Integer.getInteger("rate", 500);
    private static final int WARM_UP_SECONDS = 20;
    private static final int SECONDS = 30;
    private static final int SHOWS = 20;

    private final AtomicInteger failures = new AtomicInteger();

    @Test
    void hooksAtFixedRateOnOneCore() throws Exception {
        SingleCoreBenchmark.moveLoadToOtherCores();
        try (StreamReplicas replicas = new StreamReplicas(1, Map.of(), SingleCoreBenchmark.JAVA_COMMAND)) {
            List<Show> shows =
                    IntStream.range(0, SHOWS).mapToObj(i -> replicas.newShow()).toList();
            shows.subList(0, SHOWS / 2).forEach(show -> {
                // Otherwise the reconciliation ends the stream.
                replicas.srs().addPublisher(show.key(), "p" + show.id());
                assertThat(replicas.callHook("on_publish", show, "p" + show.id(), "run1"))
                        .isTrue();
            });
            runAtRate(replicas, shows, WARM_UP_SECONDS);
            failures.set(0);
            Duration before = SingleCoreBenchmark.cpuTime(replicas.process());
            long[] micros = runAtRate(replicas, shows, SECONDS);
            Duration used = SingleCoreBenchmark.cpuTime(replicas.process()).minus(before);
            System.out.printf(
                    "%d hooks/s for %d s on one core (%s): %s; %d%% of the core; %d failed hooks%n",
                    RATE,
                    SECONDS,
                    String.join(" ", SingleCoreBenchmark.JAVA_OPTIONS),
                    SingleCoreBenchmark.percentiles(micros),
                    used.toMillis() / (SECONDS * 10),
                    failures.get());
        }
    }

    private long[] runAtRate(StreamReplicas replicas, List<Show> shows, int seconds) throws Exception {
        int count = RATE * seconds;
        long[] micros = new long[count];
        String authority = replicas.authority();
        int port = Integer.parseInt(authority.substring(authority.indexOf(':') + 1));
        long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                long due = start + i * TimeUnit.SECONDS.toNanos(1) / RATE;
                long wait = due - System.nanoTime();
                if (wait > 0) {
                    TimeUnit.NANOSECONDS.sleep(wait);
                }
                int number = i;
                Show show = shows.get(i / 20 % (SHOWS / 2) + (i % 20 < 18 ? 0 : SHOWS / 2));
                String action = i % 20 == 18
                        ? "on_publish"
                        : i % 20 == 19 ? "on_unpublish" : i % 2 == 0 ? "on_play" : "on_stop";
                String client = "c" + (i - i % 2) + "-" + start;
                String body = Json.write(Map.of(
                        "action",
                        action,
                        "client_id",
                        client,
                        "service_id",
                        "run1",
                        "app",
                        "live",
                        "stream",
                        show.key(),
                        "param",
                        "?token=" + show.token()));
                threads.submit(() -> {
                    if (!isAccepted(port, body)) {
                        failures.incrementAndGet();
                    }
                    micros[number] = (System.nanoTime() - due) / 1_000;
                });
            }
        }
        return micros;
    }

    /** Sends one hook on a new connection; true if the service accepts it. */
    private static boolean isAccepted(int port, String body) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            String request = "POST /api/srs/hooks?secret=" + TestSecrets.SRS + " HTTP/1.1\r\nHost: srs-hook-service\r\n"
                    + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return response.startsWith("HTTP/1.1 200 ") && response.endsWith("{\"code\":0}");
        } catch (IOException e) {
            return false;
        }
    }
}
