package io.dorami.gateway;

import io.dorami.contracts.StreamKey;
import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How long a viewer who joins waits to be counted, without sockets: {@code mvn test -pl gateway -am
 * -Dtest=ViewersBenchmarkTest -Dbenchmark -Dsurefire.failIfNoSpecifiedTests=false}. At a fixed rate; time counts from when a
 * join was due.
 */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@EnabledIfSystemProperty(named = "benchmark", matches = ".*")
class ViewersBenchmarkTest {

    private static final int JOINS = 10_000;
    private static final Duration TIME = Duration.ofSeconds(10);

    @Inject
    Viewers viewers;

    @Test
    void tenThousandJoinAShowInTenSeconds() throws InterruptedException {
        joins();
        long[] micros = joins();
        Arrays.sort(micros);
        System.out.printf(
                "%d joins in %d s: p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
                JOINS,
                TIME.toSeconds(),
                micros[JOINS / 2] / 1_000.0,
                micros[JOINS * 99 / 100] / 1_000.0,
                micros[JOINS - 1] / 1_000.0);
    }

    /** How long each took, in microseconds. */
    private long[] joins() throws InterruptedException {
        StreamKey key = new StreamKey(UUID.randomUUID().toString());
        long[] micros = new long[JOINS];
        CountDownLatch counted = new CountDownLatch(JOINS);
        long start = System.nanoTime();
        for (int i = 0; i < JOINS; i++) {
            int number = i;
            long due = start + TIME.toNanos() * i / JOINS;
            LockSupport.parkNanos(due - System.nanoTime());
            viewers.join(key, "guest:" + i, true).subscribe().with(count -> {
                micros[number] = (System.nanoTime() - due) / 1_000;
                counted.countDown();
            });
        }
        if (!counted.await(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException(counted.getCount() + " were not counted");
        }
        return micros;
    }
}
