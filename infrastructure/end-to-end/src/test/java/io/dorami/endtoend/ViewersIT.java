package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.testing.LiveClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** The number on the screen against the number of people there, through faults. One of them watches the number. */
@ExtendWith(Suite.Running.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ViewersIT {

    private static final Duration RIGHT_AGAIN = Duration.ofSeconds(15);
    private static final long SEED = 8;

    private final Suite suite;
    private final List<GatewayProcess> gateways;

    private Crowd crowd = new Crowd("");
    private @Nullable LiveClient screen;

    ViewersIT(Suite suite) {
        this.suite = suite;
        this.gateways = List.of(suite.anotherGateway(), suite.anotherGateway());
    }

    @BeforeAll
    void twoMoreGateways() {
        gateways.forEach(GatewayProcess::start);
        gateways.forEach(GatewayProcess::awaitReady);
    }

    @BeforeEach
    void aRoomOfItsOwn() {
        String room = "stream:" + UUID.randomUUID();
        crowd = new Crowd(room);
        screen = LiveClient.connect(suite.socket(), null).join(room);
    }

    @AfterEach
    void everybodyGoes() {
        crowd.close();
        screen().close();
    }

    @AfterAll
    void close() {
        gateways.forEach(GatewayProcess::close);
    }

    /** 15 s with a gateway killed each five; with {@code -Dfaults} 5 min. */
    @Test
    void theCountIsTrueWhileGatewaysDieAndPeopleMove() {
        Duration time = System.getProperty("faults") == null ? Duration.ofSeconds(15) : Duration.ofMinutes(5);
        Random random = new Random(SEED);
        Instant end = Instant.now().plus(time);
        for (int step = 1; Instant.now().isBefore(end); step++) {
            somebodyMoves(random);
            if (step % 50 == 25) {
                GatewayProcess dying = gateways.get(random.nextInt(gateways.size()));
                GatewayProcess other = gateways.get(1 - gateways.indexOf(dying));
                dying.kill();
                crowd.lost(dying).forEach(name -> crowd.comeBack(name, other));
                dying.start();
                dying.awaitReady();
            }
            if (step % 10 == 0) {
                assertTheScreenIsTrue();
            }
            pause(100);
        }
        assertTheScreenIsRightAgain();
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = ".*")
    void aGatewayThatHangsForTwentySecondsCountsAgainWhenItGoesOn() {
        people(gateways.get(0), "kim", "lee");
        crowd.comeAsGuest(gateways.get(0));
        people(gateways.get(1), "lee", "park");
        awaitScreen(5);
        gateways.get(0).hang();
        pause(20_000);
        assertThat(shown()).as("Lee, Park, and the one who watches").isEqualTo(3);
        gateways.get(0).goOn();
        awaitScreen(5);
    }

    @Test
    void viewerServiceKilledLosesNothing() {
        people(gateways.get(0), "kim", "lee");
        awaitScreen(3);
        ProcessHandle killed = kill("viewer-service");
        people(gateways.get(1), "park");
        crowd.go("kim");
        people(gateways.get(1), "choi");
        awaitScreen(4);
        assertThat(killed.isAlive()).isFalse();
        assertThat(counts()).as("nobody else was affected").allMatch(count -> count >= 1 && count <= 5);
    }

    @Test
    void redisRestartedWithAndWithoutItsDataIsRightAgainAndNeverDips() {
        people(gateways.get(0), "kim", "lee", "park");
        people(gateways.get(1), "kim", "choi");
        gateways.forEach(crowd::comeAsGuest);
        awaitScreen(7);
        int before = counts().size();
        kill("redis");
        people(gateways.get(1), "jung");
        awaitScreen(8);

        command("FLUSHALL");
        kill("redis");
        people(gateways.get(1), "han");
        awaitScreen(9);
        crowd.go("kim");
        crowd.go("kim");
        awaitScreen(8);
        assertThat(counts().subList(before, counts().size())).allMatch(count -> count >= 7 && count <= 9);
    }

    private void somebodyMoves(Random random) {
        GatewayProcess gateway = gateways.get(random.nextInt(gateways.size()));
        switch (random.nextInt(4)) {
            case 0 -> crowd.comeAsGuest(gateway);
            case 1 ->
                crowd.guests().stream().skip(random.nextInt(4)).findFirst().ifPresent(crowd::go);
            default -> {
                String name = "user-" + random.nextInt(12);
                if (crowd.tabs(name) == 0 || (crowd.tabs(name) == 1 && random.nextInt(3) == 0)) {
                    crowd.come(name, gateway);
                } else {
                    crowd.go(name);
                }
            }
        }
    }

    private void people(GatewayProcess gateway, String... names) {
        Stream.of(names).forEach(name -> crowd.come(name, gateway));
    }

    /** The one who watches the screen is there too. */
    private void assertTheScreenIsTrue() {
        long shown = shown();
        assertThat(shown).as("shown, of %d in truth", crowd.truth() + 1).isBetween(crowd.least() + 1, crowd.most() + 1);
    }

    private void assertTheScreenIsRightAgain() {
        awaitScreen(crowd.truth() + 1);
        assertThat(crowd.truth() + 1).isEqualTo(shown());
    }

    private void awaitScreen(long count) {
        await("a count of " + count + " on the screen that shows " + shown())
                .atMost(RIGHT_AGAIN)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> shown() == count);
    }

    private LiveClient screen() {
        return Objects.requireNonNull(screen);
    }

    private long shown() {
        return counts().getLast();
    }

    private List<Long> counts() {
        return screen().heard("stream:viewer:update").stream()
                .map((JsonNode frame) -> frame.path("data").path("viewerCount").asLong())
                .toList();
    }

    private ProcessHandle kill(String part) {
        ProcessHandle process = ProcessHandle.of(suite.pid(part)).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
        return process;
    }

    private void command(String command) {
        try (Socket redis = new Socket(InetAddress.getLoopbackAddress(), suite.redisPort())) {
            redis.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(redis.getInputStream().read()).isEqualTo('+');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** So that what happens is spread over time; nothing is waited for. */
    private static void pause(long milliseconds) {
        await().pollDelay(Duration.ofMillis(milliseconds))
                .atMost(Duration.ofMillis(milliseconds).plusSeconds(10))
                .until(() -> true);
    }
}
