package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.contracts.Json;
import io.dorami.endtoend.StreamReplicas.Show;
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
 * How long SRS waits for its answers: {@code ./dorami test --benchmark HookBenchmarkIT}. One replica on one core; the load,
 * PostgreSQL and Redis on the others. As SRS does, each hook comes on a connection of its own. Of 20 hooks, 9 are an
 * on_play, 9 the on_stop of it, one an on_publish and one its on_unpublish. Hooks are sent at a fixed rate, and time counts
 * from when a hook was due.
 */
@EnabledIfSystemProperty(named = "benchmark", matches = ".*")
class HookBenchmarkIT {

    private static final int RATE = Integer.getInteger("rate", 500);
    private static final int WARM_UP_SECONDS = 20;
    private static final int SECONDS = 30;
    private static final int SHOWS = 20;

    private final AtomicInteger wrong = new AtomicInteger();

    @Test
    void answersAtAFixedRateFromOneCore() throws Exception {
        SingleCoreBenchmark.leaveIt();
        try (StreamReplicas replicas = new StreamReplicas(1, Map.of(), SingleCoreBenchmark.JAVA)) {
            List<Show> shows =
                    IntStream.range(0, SHOWS).mapToObj(i -> replicas.newShow()).toList();
            shows.subList(0, SHOWS / 2).forEach(show -> {
                replicas.srs().publishes(show.key(), "p" + show.id()); // else the reconciliation ends it
                assertThat(replicas.hook("on_publish", show, "p" + show.id(), "run1"))
                        .isTrue();
            });
            storm(replicas, shows, WARM_UP_SECONDS);
            wrong.set(0);
            Duration before = SingleCoreBenchmark.used(replicas.process());
            long[] micros = storm(replicas, shows, SECONDS);
            Duration used = SingleCoreBenchmark.used(replicas.process()).minus(before);
            System.out.printf(
                    "%d hooks/s for %d s on one core (%s): %s; %d%% of the core; %d answers wrong%n",
                    RATE,
                    SECONDS,
                    String.join(" ", SingleCoreBenchmark.JAVA_OPTIONS),
                    SingleCoreBenchmark.percentiles(micros),
                    used.toMillis() / (SECONDS * 10),
                    wrong.get());
        }
    }

    private long[] storm(StreamReplicas replicas, List<Show> shows, int seconds) throws Exception {
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
                        "stream",
                        show.key(),
                        "param",
                        "?token=" + show.token()));
                threads.submit(() -> {
                    if (!accepted(port, body)) {
                        wrong.incrementAndGet();
                    }
                    micros[number] = (System.nanoTime() - due) / 1_000;
                });
            }
        }
        return micros;
    }

    /** One connection, one request, one answer. */
    private static boolean accepted(int port, String body) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            String request = "POST /api/srs/hooks?secret=" + TestSecrets.SRS + " HTTP/1.1\r\nHost: srs-hook-service\r\n"
                    + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("{\"code\":0}");
        } catch (IOException e) {
            return false;
        }
    }
}
