package io.dorami.endtoend.viewers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.endtoend.clients.WebClients;
import io.dorami.endtoend.system.GatewayProcess;
import io.dorami.endtoend.system.RedisInspector;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.endtoend.system.SrsCall;
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

/**
 * Compares the published viewer count with the number of connected viewers during faults. One of the viewers observes
 * the count.
 */
@ExtendWith(RunningSystem.Resolver.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ViewersIT {

    private static final Duration CONVERGENCE_TIMEOUT = Duration.ofSeconds(15);
    private static final long SEED = 8;
    private static final String STREAMING = "/streaming";

    private final RunningSystem system;
    private final List<GatewayProcess> gateways;

    private String key = "";
    private ViewerPopulation population = new ViewerPopulation("");
    private @Nullable JsonTestClient observer;

    ViewersIT(RunningSystem system) {
        this.system = system;
        this.gateways = List.of(system.newGateway(), system.newGateway());
    }

    @BeforeAll
    void startGateways() {
        gateways.forEach(GatewayProcess::start);
        gateways.forEach(GatewayProcess::awaitReady);
    }

    @BeforeEach
    void openRoom() {
        key = UUID.randomUUID().toString();
        String room = "stream:" + key;
        population = new ViewerPopulation(room);
        observer = JsonTestClient.connect(system.socketUrl(), null).join(room);
    }

    @AfterEach
    void disconnectAll() {
        population.close();
        observer().close();
    }

    @AfterAll
    void close() {
        gateways.forEach(GatewayProcess::close);
    }

    /** 10 s, in which a gateway is killed every 5 s; 5 min with {@code -Dfaults}. */
    @Test
    void countStaysCorrectWhileGatewaysDie() {
        Duration time = System.getProperty("faults") == null ? Duration.ofSeconds(10) : Duration.ofMinutes(5);
        Random random = new Random(SEED);
        Instant end = Instant.now().plus(time);
        for (int step = 1; Instant.now().isBefore(end); step++) {
            moveRandomViewer(random);
            if (step % 50 == 25) {
                GatewayProcess killed = gateways.get(random.nextInt(gateways.size()));
                GatewayProcess other = gateways.get(1 - gateways.indexOf(killed));
                killed.kill();
                population.removeKilled(killed).forEach(name -> population.reconnect(name, other));
                killed.start();
                killed.awaitReady();
            }
            if (step % 10 == 0) {
                assertCountPlausible();
            }
            pause(100);
        }
        assertCountConverges();
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = ".*")
    void suspendedGateway_countsAgainAfterResume() {
        connectUsers(gateways.get(0), "kim", "lee");
        population.connectGuest(gateways.get(0));
        connectUsers(gateways.get(1), "lee", "park");
        awaitCount(5);
        gateways.get(0).suspend();
        pause(20_000);
        assertThat(latestCount()).as("Lee, Park, and the observer").isEqualTo(3);
        gateways.get(0).resume();
        awaitCount(5);
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = ".*")
    void drainedClientsKeepViewerCount() {
        GatewayProcess drained = gateways.get(0);
        List<String> names = List.of("kim", "lee", "guest1", "guest2", "guest3", "guest4");
        try (WebClients clients = WebClients.start();
                FaultProxy proxy = new FaultProxy(drained.port())) {
            for (String client : names) {
                String token = client.startsWith("guest") ? "" : TestSecrets.userToken(client, client);
                clients.watch(client, proxy.url(), token, List.of(key), Map.of("transports", List.of("websocket")));
            }
            long all = names.size() + 1;
            awaitCount(all);
            int before = counts().size();

            proxy.setTarget(gateways.get(1).port());
            drained.terminate();
            for (String client : names) {
                JsonNode recovered = clients.await(client, STREAMING, "connect", 2);
                assertThat(recovered.path("recovered").asBoolean())
                        .as("%s recovered", client)
                        .isTrue();
                assertThat(recovered.path("id"))
                        .isEqualTo(
                                clients.await(client, STREAMING, "connect", 1).path("id"));
            }
            await("the drained gateway removes its viewers")
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> !drained.isAlive() && viewerSetCount() == 2);
            assertThat(counts().subList(before, counts().size()))
                    .as("missing or stale viewers")
                    .allMatch(count -> count == all);
            assertThat(latestCount()).isEqualTo(all);
        } finally {
            drained.start();
            drained.awaitReady();
        }
    }

    @Test
    void endedShow_clearsRoomAndStoresStatistics() {
        Show show = system.newLiveShow(TestSecrets.userToken("seller", "Seller"), "Handmade cups");
        String room = "stream:" + show.key();
        await("the show is live").until(() -> statistics(show).has("startedAt"));
        try (JsonTestClient guest =
                        JsonTestClient.connect(system.socketUrl(), null).join(room);
                JsonTestClient lee = JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken("lee", "Lee"))
                        .join(room)) {
            JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken("kim", "Kim"))
                    .join(room)
                    .close();
            await().until(() -> statistics(show).path("connected").asInt() == 2);

            system.callHook(SrsCall.of("on_unpublish").withStream(show, show.key()));
            assertThat(statistics(show).path("connected").asInt())
                    .as("during the grace period")
                    .isEqualTo(2);
            lee.await("stream:ended");
            JsonNode statistics = await("the statistics")
                    .atMost(CONVERGENCE_TIMEOUT)
                    .until(() -> statistics(show), found -> found.has("endedAt"));
            assertThat(statistics.path("connected").asInt())
                    .as("still connected")
                    .isZero();
            assertThat(statistics.path("peak").asInt()).isEqualTo(3);
            assertThat(statistics.path("unique").asInt()).isEqualTo(3);
            Duration time = Duration.between(
                    Instant.parse(statistics.path("startedAt").asText()),
                    Instant.parse(statistics.path("endedAt").asText()));
            assertThat(statistics.path("watchSeconds").asLong())
                    .as("two viewers, during the 2 s of grace and before")
                    .isBetween(4L, 3 * time.toSeconds());

            JsonNode history = system.call("GET", "/api/viewers/" + show.key() + "/history", show.owner(), null)
                    .data();
            assertThat(history.path("endedAt")).isEqualTo(statistics.path("endedAt"));
            assertThat(history.path("minutes")).hasSize(1);
            assertThat(history.at("/minutes/0/peak").asInt()).isEqualTo(3);
            assertThat(history.at("/minutes/0/watchSeconds")).isEqualTo(statistics.path("watchSeconds"));
            assertThat(system.call(
                                    "GET",
                                    "/api/viewers/" + show.key() + "/history",
                                    TestSecrets.userToken("lee", "Lee"),
                                    null)
                            .errorCode())
                    .isEqualTo("FORBIDDEN");
            assertThat(guest.framesOf("stream:ended")).hasSize(1);
        }
    }

    @Test
    void killedViewerService_losesNothing() {
        connectUsers(gateways.get(0), "kim", "lee");
        awaitCount(3);
        ProcessHandle killed = kill("viewer-service");
        connectUsers(gateways.get(1), "park");
        population.disconnect("kim");
        connectUsers(gateways.get(1), "choi");
        awaitCount(4);
        assertThat(killed.isAlive()).isFalse();
        assertThat(counts()).as("other counts are unaffected").allMatch(count -> count >= 1 && count <= 5);
    }

    @Test
    void restartedRedis_countConvergesAndNeverDips() {
        connectUsers(gateways.get(0), "kim", "lee", "park");
        connectUsers(gateways.get(1), "kim", "choi");
        gateways.forEach(population::connectGuest);
        awaitCount(7);
        int before = counts().size();
        kill("redis");
        connectUsers(gateways.get(1), "jung");
        awaitCount(8);

        assertThat(command(Command.FLUSHALL)).hasToString("OK");
        kill("redis");
        connectUsers(gateways.get(1), "han");
        awaitCount(9);
        population.disconnect("kim");
        population.disconnect("kim");
        awaitCount(8);
        assertThat(counts().subList(before, counts().size())).allMatch(count -> count >= 7 && count <= 9);
    }

    private void moveRandomViewer(Random random) {
        GatewayProcess gateway = gateways.get(random.nextInt(gateways.size()));
        switch (random.nextInt(4)) {
            case 0 -> population.connectGuest(gateway);
            case 1 ->
                population.connectedGuests().stream()
                        .skip(random.nextInt(4))
                        .findFirst()
                        .ifPresent(population::disconnect);
            default -> {
                String name = "user-" + random.nextInt(12);
                if (population.tabCount(name) == 0 || (population.tabCount(name) == 1 && random.nextInt(3) == 0)) {
                    population.connect(name, gateway);
                } else {
                    population.disconnect(name);
                }
            }
        }
    }

    private void connectUsers(GatewayProcess gateway, String... names) {
        Stream.of(names).forEach(name -> population.connect(name, gateway));
    }

    /** Adds 1 for the observer. */
    private void assertCountPlausible() {
        long shown = latestCount();
        assertThat(shown)
                .as("count for %d connected viewers", population.connectedCount() + 1)
                .isBetween(population.minCount() + 1, population.maxCount() + 1);
    }

    private void assertCountConverges() {
        awaitCount(population.connectedCount() + 1);
        assertThat(population.connectedCount() + 1).isEqualTo(latestCount());
    }

    private void awaitCount(long count) {
        await("a count of " + count + " instead of " + latestCount())
                .atMost(CONVERGENCE_TIMEOUT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> latestCount() == count);
    }

    private JsonTestClient observer() {
        return Objects.requireNonNull(observer);
    }

    private long latestCount() {
        return counts().getLast();
    }

    private List<Long> counts() {
        return observer().framesOf("stream:viewer:update").stream()
                .map((JsonNode frame) -> frame.path("data").path("viewerCount").asLong())
                .toList();
    }

    private ProcessHandle kill(String part) {
        ProcessHandle process = ProcessHandle.of(system.pid(part)).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
        return process;
    }

    private Response command(Command command, String... arguments) {
        try (RedisInspector redis = new RedisInspector(system.redisPort())) {
            return Objects.requireNonNull(redis.send(command, arguments));
        }
    }

    /** Number of gateways with a set of this room's viewers in Redis. */
    private long viewerSetCount() {
        String leases = RedisKeys.viewerLeases(new StreamKey(key).partition());
        return StreamSupport.stream(command(Command.ZRANGE, leases, "0", "-1").spliterator(), false)
                .filter(at -> at.toString().startsWith(key))
                .count();
    }

    private JsonNode statistics(Show show) {
        return system.call("GET", "/api/viewers/" + show.key(), show.owner(), null)
                .data();
    }

    /** Spreads the steps of a test over time. */
    private static void pause(long milliseconds) {
        await().pollDelay(Duration.ofMillis(milliseconds))
                .atMost(Duration.ofMillis(milliseconds).plusSeconds(10))
                .until(() -> true);
    }
}
