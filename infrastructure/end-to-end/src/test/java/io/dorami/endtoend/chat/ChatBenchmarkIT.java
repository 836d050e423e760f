package io.dorami.endtoend.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.endtoend.system.ReplicaProcess;
import io.dorami.endtoend.system.SingleCoreBenchmark;
import io.dorami.local.stores.LocalPostgres;
import io.dorami.local.stores.LocalRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures the latency of a message from the inbox to the room, and its CPU time:
 * {@code ./dorami test --benchmark ChatBenchmarkIT}. One chat-service runs on one core; the load, PostgreSQL and Redis
 * run on the others. Messages are sent at a fixed rate, and the latency counts from the time at which a message was due
 * until the room's channel has the message.
 */
@EnabledIfSystemProperty(named = "benchmark", matches = ".*")
class ChatBenchmarkIT {

    private static final String PASSWORD = "test-password";
    private static final int SECONDS = Integer.getInteger("seconds", 30);
    private static final int JOINS = 1_000;

    @Test
    void publishesAtAFixedRateFromOneCore(@TempDir Path folder) throws Exception {
        SingleCoreBenchmark.moveLoadToOtherCores();
        Path log = Files.createDirectories(Path.of("target", "logs")).resolve("benchmark-chat.log");
        try (LocalRedis redis = LocalRedis.start(folder.resolve("redis"));
                LocalPostgres postgres = LocalPostgres.start(folder.resolve("postgres"), PASSWORD);
                ReplicaProcess replica = new ReplicaProcess(
                        "chat-service",
                        SingleCoreBenchmark.JAVA_COMMAND,
                        log,
                        redis.address(),
                        postgres.address(),
                        PASSWORD,
                        Map.of());
                ChatDriver driver = new ChatDriver(redis.address())) {
            replica.awaitReady();
            // The JIT compilers are busy for 50,000 messages and more, and again when a low rate follows a high rate.
            driver.sendMessages(500, 50, 20);
            driver.sendMessages(2_000, 50, 30);
            driver.sendMessages(500, 10, 10);
            System.out.printf("chat-service on one core (%s)%n", String.join(" ", SingleCoreBenchmark.JAVA_OPTIONS));
            measure(replica, driver, 500, 10);
            measure(replica, driver, 500, 1);
            measure(replica, driver, 2_000, 50);
            for (int round = 1; round <= 5; round++) {
                Duration before = SingleCoreBenchmark.cpuTime(replica.process());
                long micros = driver.joinAll(JOINS);
                Duration used = SingleCoreBenchmark.cpuTime(replica.process()).minus(before);
                System.out.printf(
                        "%d concurrent joins in one room, round %d: last reply after %.0f ms; %d us of CPU per"
                                + " join%n",
                        JOINS, round, micros / 1_000.0, used.toNanos() / 1_000 / JOINS);
            }
        }
    }

    private static void measure(ReplicaProcess replica, ChatDriver driver, int rate, int rooms) throws Exception {
        Duration before = SingleCoreBenchmark.cpuTime(replica.process());
        ChatDriver.MessageTimings timings = driver.sendMessages(rate, rooms, SECONDS);
        Duration used = SingleCoreBenchmark.cpuTime(replica.process()).minus(before);
        assertThat(timings.lost()).as("lost").isZero();
        assertThat(timings.duplicated()).as("duplicated").isZero();
        assertThat(timings.outOfOrder()).as("out of order").isZero();
        assertThat(timings.rejected()).as("rejected").isZero();
        System.out.printf(
                "%d messages/s in %d rooms for %d s: %s; %d us of CPU per message%n",
                rate,
                rooms,
                SECONDS,
                SingleCoreBenchmark.percentiles(timings.latencyMicros()),
                used.toNanos() / 1_000 / timings.latencyMicros().length);
    }
}
