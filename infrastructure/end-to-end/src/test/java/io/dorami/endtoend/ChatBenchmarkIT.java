package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.local.LocalPostgres;
import io.dorami.local.LocalRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a message takes from the inbox to the room, and what it costs: {@code ./dorami test --benchmark ChatBenchmarkIT}.
 * One chat-service on one core; the load, PostgreSQL and Redis on the others. Messages are sent at a fixed rate, and time
 * counts from when one was due until the room's channel has it.
 */
@EnabledIfSystemProperty(named = "benchmark", matches = ".*")
class ChatBenchmarkIT {

    private static final String PASSWORD = "test-password";
    private static final int SECONDS = Integer.getInteger("seconds", 30);
    private static final int JOINS = 1_000;

    @Test
    void publishesAtAFixedRateFromOneCore(@TempDir Path folder) throws Exception {
        SingleCoreBenchmark.leaveIt();
        Path log = Files.createDirectories(Path.of("target", "logs")).resolve("benchmark-chat.log");
        try (LocalRedis redis = LocalRedis.start(folder.resolve("redis"));
                LocalPostgres postgres = LocalPostgres.start(folder.resolve("postgres"), PASSWORD);
                ReplicaProcess replica = new ReplicaProcess(
                        "chat-service",
                        SingleCoreBenchmark.JAVA,
                        log,
                        redis.address(),
                        postgres.address(),
                        PASSWORD,
                        Map.of());
                ChatDriver driver = new ChatDriver(redis.address())) {
            replica.awaitReady();
            // The compilers have work for 50,000 messages and more, and again when few come after many.
            driver.talk(500, 50, 20);
            driver.talk(2_000, 50, 30);
            driver.talk(500, 10, 10);
            System.out.printf("chat-service on one core (%s)%n", String.join(" ", SingleCoreBenchmark.JAVA_OPTIONS));
            measure(replica, driver, 500, 10);
            measure(replica, driver, 500, 1);
            measure(replica, driver, 2_000, 50);
            for (int round = 1; round <= 5; round++) {
                Duration before = SingleCoreBenchmark.used(replica.process());
                long micros = driver.join(JOINS);
                Duration used = SingleCoreBenchmark.used(replica.process()).minus(before);
                System.out.printf(
                        "%d joins at once in one room, round %d: the last answered after %.0f ms; %d us of CPU a"
                                + " join%n",
                        JOINS, round, micros / 1_000.0, used.toNanos() / 1_000 / JOINS);
            }
        }
    }

    private static void measure(ReplicaProcess replica, ChatDriver driver, int rate, int rooms) throws Exception {
        Duration before = SingleCoreBenchmark.used(replica.process());
        ChatDriver.MessageTimings talk = driver.talk(rate, rooms, SECONDS);
        Duration used = SingleCoreBenchmark.used(replica.process()).minus(before);
        assertThat(talk.lost()).as("lost").isZero();
        assertThat(talk.doubled()).as("doubled").isZero();
        assertThat(talk.outOfOrder()).as("out of order").isZero();
        assertThat(talk.refused()).as("refused").isZero();
        System.out.printf(
                "%d messages/s in %d rooms for %d s: %s; %d us of CPU a message%n",
                rate,
                rooms,
                SECONDS,
                SingleCoreBenchmark.percentiles(talk.micros()),
                used.toNanos() / 1_000 / talk.micros().length);
    }
}
