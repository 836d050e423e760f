package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.endtoend.RunningSystem.Show;
import io.dorami.testing.FaultProxy;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
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
@ExtendWith(RunningSystem.Running.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ViewersIT {

    private static final Duration RIGHT_AGAIN = Duration.ofSeconds(15);
    private static final long SEED = 8;
    private static final String STREAMING = "/streaming";

    private final RunningSystem suite;
    private final List<GatewayProcess> gateways;

    private String key = "";
    private ViewerPopulation crowd = new ViewerPopulation("");
    private @Nullable JsonTestClient screen;

    ViewersIT(RunningSystem suite) {
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
        key = UUID.randomUUID().toString();
        String room = "stream:" + key;
        crowd = new ViewerPopulation(room);
        screen = JsonTestClient.connect(suite.socket(), null).join(room);
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

    /** 10 s with a gateway killed each five; with {@code -Dfaults} 5 min. */
    @Test
    void theCountIsTrueWhileGatewaysDieAndPeopleMove() {
        Duration time = System.getProperty("faults") == null ? Duration.ofSeconds(10) : Duration.ofMinutes(5);
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
    void whoeverADrainedGatewaySendsElsewhereCountsAllTheTimeAndAGuestAsTheSame() {
        GatewayProcess drained = gateways.get(0);
        List<String> visitors = List.of("kim", "lee", "guest1", "guest2", "guest3", "guest4");
        try (WebClients clients = WebClients.start();
                FaultProxy front = new FaultProxy(drained.port())) {
            for (String visitor : visitors) {
                String token = visitor.startsWith("guest") ? "" : TestSecrets.user(visitor, visitor);
                clients.watch(visitor, front.url(), token, List.of(key), Map.of("transports", List.of("websocket")));
            }
            long all = visitors.size() + 1;
            awaitScreen(all);
            int before = counts().size();

            front.pointTo(gateways.get(1).port());
            drained.terminate();
            for (String visitor : visitors) {
                JsonNode back = clients.await(visitor, STREAMING, "connect", 2);
                assertThat(back.path("recovered").asBoolean())
                        .as("%s is back", visitor)
                        .isTrue();
                assertThat(back.path("id"))
                        .isEqualTo(
                                clients.await(visitor, STREAMING, "connect", 1).path("id"));
            }
            await("the end of the drained gateway's set")
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> !drained.isAlive() && sets() == 2);
            assertThat(counts().subList(before, counts().size()))
                    .as("dips or ghosts")
                    .allMatch(count -> count == all);
            assertThat(shown()).isEqualTo(all);
        } finally {
            drained.start();
            drained.awaitReady();
        }
    }

    @Test
    void theEndOfAShowClearsItsRoomAndWritesItsRecord() {
        Show show = suite.newShow(TestSecrets.user("seller", "Seller"), "Handmade cups");
        suite.hook(SrsCall.of("on_publish").about(show, show.key()));
        String room = "stream:" + show.key();
        await("the show on air").until(() -> audience(show).has("startedAt"));
        try (JsonTestClient guest = JsonTestClient.connect(suite.socket(), null).join(room);
                JsonTestClient lee = JsonTestClient.connect(suite.socket(), TestSecrets.user("lee", "Lee"))
                        .join(room)) {
            JsonTestClient.connect(suite.socket(), TestSecrets.user("kim", "Kim"))
                    .join(room)
                    .close();
            await().until(() -> audience(show).path("connected").asInt() == 2);

            suite.hook(SrsCall.of("on_unpublish").about(show, show.key()));
            assertThat(audience(show).path("connected").asInt())
                    .as("in its grace")
                    .isEqualTo(2);
            lee.await("stream:ended");
            JsonNode record =
                    await("the record").atMost(RIGHT_AGAIN).until(() -> audience(show), found -> found.has("endedAt"));
            assertThat(record.path("connected").asInt()).as("still there").isZero();
            assertThat(record.path("peak").asInt()).isEqualTo(3);
            assertThat(record.path("unique").asInt()).isEqualTo(3);
            Duration time = Duration.between(
                    Instant.parse(record.path("startedAt").asText()),
                    Instant.parse(record.path("endedAt").asText()));
            assertThat(record.path("watchSeconds").asLong())
                    .as("two who watched, over the 2 s of grace and before")
                    .isBetween(4L, 3 * time.toSeconds());

            JsonNode history = suite.call("GET", "/api/viewers/" + show.key() + "/history", show.owner(), null)
                    .data();
            assertThat(history.path("endedAt")).isEqualTo(record.path("endedAt"));
            assertThat(history.path("minutes")).hasSize(1);
            assertThat(history.at("/minutes/0/peak").asInt()).isEqualTo(3);
            assertThat(history.at("/minutes/0/watchSeconds")).isEqualTo(record.path("watchSeconds"));
            assertThat(suite.call(
                                    "GET",
                                    "/api/viewers/" + show.key() + "/history",
                                    TestSecrets.user("lee", "Lee"),
                                    null)
                            .errorCode())
                    .isEqualTo("FORBIDDEN");
            assertThat(guest.heard("stream:ended")).hasSize(1);
        }
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

        assertThat(command(Command.FLUSHALL)).hasToString("OK");
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

    private JsonTestClient screen() {
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

    private Response command(Command command, String... arguments) {
        try (RedisInspector redis = new RedisInspector(suite.redisPort())) {
            return Objects.requireNonNull(redis.send(command, arguments));
        }
    }

    /** How many gateways have a set of this room's viewers in Redis. */
    private long sets() {
        String leases = RedisKeys.viewerLeases(new StreamKey(key).partition());
        return StreamSupport.stream(command(Command.ZRANGE, leases, "0", "-1").spliterator(), false)
                .filter(at -> at.toString().startsWith(key))
                .count();
    }

    private JsonNode audience(Show show) {
        return suite.call("GET", "/api/viewers/" + show.key(), show.owner(), null)
                .data();
    }

    /** So that what happens is spread over time; nothing is waited for. */
    private static void pause(long milliseconds) {
        await().pollDelay(Duration.ofMillis(milliseconds))
                .atMost(Duration.ofMillis(milliseconds).plusSeconds(10))
                .until(() -> true);
    }
}
