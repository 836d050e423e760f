package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.endtoend.RunningSystem.Show;
import io.dorami.testing.FaultProxy;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import io.vertx.mutiny.redis.client.Command;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gateways die by SIGKILL under 200 messages a second, and the web client's own library comes back on another one. What each
 * client heard is compared with the log, room by room: all of it, once, in order.
 */
@ExtendWith(RunningSystem.Running.class)
class SocketIoRecoveryIT {

    private static final String CHAT = "/chat";
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final String BEGINNING = "0-0";

    /** Of Engine.IO. */
    private static final String CLOSE_PACKET = "1";

    private static final Map<String, ?> ON_SOCKETS = Map.of("transports", List.of("websocket"));
    private static final Map<String, ?> ON_POLLING = Map.of("transports", List.of("polling"));
    private static final Map<String, ?> UPGRADING = Map.of("transports", List.of("polling", "websocket"));

    /** Bytes of a replay after which it breaks off: some 60 messages of the 200 or so that were missed. */
    private static final int PART_OF_A_REPLAY = 20_000;

    private final RunningSystem suite;
    private final Show show;
    private final Show other;
    private final RedisInspector redis;
    private final WebClients clients = WebClients.start();
    private final ScheduledExecutorService speakers = Executors.newScheduledThreadPool(1);
    private final AtomicInteger spoken = new AtomicInteger();

    /** All that each room's log ever had. */
    private final Map<RoomId, List<EventFrame>> logs = new HashMap<>();

    private final GatewayProcess one;
    private final GatewayProcess two;
    private final FaultProxy front;

    SocketIoRecoveryIT(RunningSystem suite) {
        this.suite = suite;
        String seller = TestSecrets.user("seller", "Seller");
        this.show = suite.newShow(seller, "Come what may");
        this.other = suite.newShow(seller, "Beside it");
        this.redis = new RedisInspector(suite.redisPort());
        this.one = suite.anotherGateway(Map.of("DORAMI_GATEWAY_DRAIN_PER_SECOND", "6"));
        this.two = suite.anotherGateway();
        this.front = new FaultProxy(one.port());
        one.start();
        two.start();
        one.awaitReady();
        two.awaitReady();
    }

    @AfterEach
    void stop() {
        speakers.shutdownNow();
        clients.close();
        front.close();
        one.close();
        two.close();
        redis.close();
    }

    /** Three times; with {@code -Dfaults} a hundred times, 12 min. */
    private static int rounds() {
        return System.getProperty("faults") == null ? 3 : 100;
    }

    @Test
    void nothingIsLostAndNothingDoubledWhateverWayAClientConnects() {
        RoomId shop = new RoomId(RoomType.SHOP, new StreamKey(show.key()));
        logs.put(shop, new ArrayList<>());
        String product = suite.newProduct(show, "Mug", 100_000).path("id").asText();
        open("socket", List.of(show), ON_SOCKETS);
        open("poller", List.of(show), ON_POLLING);
        open("both", List.of(show, other), ON_SOCKETS);
        List.of("socket", "poller").forEach(client -> joined(client, 1));
        joined("both", 2);
        clients.await("socket", "/", "join:stream:success", 1);
        speak(show, 100);
        speak(other, 100);

        GatewayProcess alive = one;
        GatewayProcess next = two;
        for (int round = 1; round <= rounds(); round++) {
            // New in every round: a room in which nothing was said yet, and a WebSocket that is on its way.
            Show quiet = suite.newShow(show.owner(), "Quiet");
            open("quiet" + round, List.of(quiet), ON_SOCKETS);
            joined("quiet" + round, 1);
            front.stallWebSockets();
            open("upgrading" + round, List.of(show), UPGRADING);
            joined("upgrading" + round, 1);
            heardOf(show, "upgrading" + round);

            front.pointTo(next.port());
            alive.kill();
            front.releaseWebSockets();
            front.cutNextAfter(PART_OF_A_REPLAY);
            alive.start();
            say(quiet, "while nobody is there");
            suite.call("PATCH", "/api/products/" + product, show.owner(), Map.of("price", 1_000 + round))
                    .data();

            for (String client : List.of("quiet" + round, "upgrading" + round)) {
                back(client, 1);
            }
            for (String client : List.of("socket", "poller", "both")) {
                back(client, round);
            }
            allOf("quiet" + round, quiet);
            allOf("upgrading" + round, show);
            clients.close("quiet" + round);
            clients.close("upgrading" + round);
            alive.awaitReady();
            GatewayProcess revived = alive;
            alive = next;
            next = revived;
            readLogs();
        }
        speakers.close();
        allOf("socket", show);
        allOf("poller", show);
        allOf("both", show);
        allOf("both", other);
        await("all prices")
                .atMost(WITHIN)
                .untilAsserted(() -> assertThat(clients.heard("socket", "/", "live:product:updated").stream()
                                .map(line -> line.at("/args/0/data/version").asLong()))
                        .isEqualTo(log(shop).stream()
                                .filter(event -> event.name().equals("live:product:updated"))
                                .map(event -> data(event).path("version").asLong())
                                .toList()));
    }

    @Test
    void aDrainSendsClientsAwayOneAfterTheOtherAndTheyMissNothing() throws Exception {
        List<String> web = IntStream.range(0, 6).mapToObj(i -> "web" + i).toList();
        for (String client : web) {
            open(client, List.of(show), client.equals("web0") ? ON_POLLING : ON_SOCKETS);
        }
        RoomId chat = chat(show);
        HttpClient http = HttpClient.newHttpClient();
        List<ReconnectingClient> plain = IntStream.range(0, 6)
                .mapToObj(i -> new ReconnectingClient(
                        http,
                        List.of(one.socket(), two.socket()),
                        TestSecrets.user("plain" + i, "Plain"),
                        List.of(chat)))
                .toList();
        web.forEach(client -> joined(client, 1));
        await().atMost(WITHIN).until(() -> plain.stream().allMatch(ReconnectingClient::isIn));
        speak(show, 100);
        web.forEach(client -> heardOf(show, client));
        await().until(() ->
                plain.stream().noneMatch(client -> client.heard(chat).isEmpty()));

        CompletableFuture<HttpResponse<String>> poll = openPoll(http);

        front.pointTo(two.port());
        one.terminate();
        one.awaitReadiness(503);
        String handshake = "http://127.0.0.1:" + one.port() + "/socket.io/?EIO=4&transport=polling";
        assertThat(http.send(HttpRequest.newBuilder(URI.create(handshake)).build(), BodyHandlers.discarding())
                        .statusCode())
                .as("a new session")
                .isEqualTo(503);
        assertThatThrownBy(() -> JsonTestClient.connect(one.socket()))
                .as("a new socket")
                .hasStackTraceContaining("status code 503");

        web.forEach(client -> back(client, 1));
        await().atMost(WITHIN).until(() -> plain.stream().allMatch(client -> client.recovered() == 1));
        await().atMost(WITHIN).until(() -> !one.isAlive());
        assertThat(poll.join().body()).as("the poll that was open").isEqualTo(CLOSE_PACKET);
        List<JsonNode> ends = web.stream()
                .map(client -> clients.heard(client, CHAT, "disconnect").getFirst())
                .toList();
        assertThat(ends)
                .as("after such an end socket.io-client comes back")
                .allMatch(end -> end.path("reason").asText().startsWith("transport"));
        assertThat(plain).allMatch(client -> client.closeCodes().equals(List.of(1012)));
        LongSummaryStatistics moments = LongStream.concat(
                        ends.stream().mapToLong(end -> end.path("at").asLong()),
                        plain.stream().mapToLong(client -> client.closedAt().getFirst()))
                .summaryStatistics();
        assertThat(moments.getMax() - moments.getMin())
                .as("12 of 13 that are closed over 2 s, in any order")
                .isGreaterThanOrEqualTo(700);

        speakers.close();
        web.forEach(client -> allOf(client, show));
        List<String> positions = log(chat).stream()
                .map(event -> String.valueOf(event.position()))
                .toList();
        for (ReconnectingClient client : plain) {
            await("all").atMost(WITHIN).until(() -> client.heard(chat).contains(positions.getLast()));
            List<String> heard = client.heard(chat);
            assertThat(heard).isEqualTo(positions.subList(positions.indexOf(heard.getFirst()), positions.size()));
            client.close();
        }
        http.close();
    }

    /** A client on polling that knows its greeting and waits for more. */
    private CompletableFuture<HttpResponse<String>> openPoll(HttpClient http) throws Exception {
        String address = "http://127.0.0.1:" + one.port() + "/socket.io/?EIO=4&transport=polling";
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
        String open = http.send(request.build(), BodyHandlers.ofString()).body();
        String sid = Json.read(open.substring(1), JsonNode.class).path("sid").asText();
        request.uri(URI.create(address + "&sid=" + sid));
        http.send(request.POST(BodyPublishers.ofString("40")).build(), BodyHandlers.discarding());
        assertThat(http.send(request.GET().build(), BodyHandlers.ofString()).body())
                .contains("connected");
        return http.sendAsync(request.build(), BodyHandlers.ofString());
    }

    @Test
    void whosePastIsLostBeginsAnewAndThenGoesOnFromThere() {
        open("kim", List.of(show), ON_SOCKETS);
        joined("kim", 1);
        say(show, "first");
        heardOf(show, "kim");

        front.pointTo(two.port());
        one.kill();
        one.start();
        redis.send(Command.DEL, RedisKeys.roomEvents(chat(show)).log());
        say(show, "second");
        assertThat(clients.await("kim", CHAT, "connect", 2).path("recovered").asBoolean(true))
                .as("its past is gone")
                .isFalse();
        joined("kim", 2);
        say(show, "third");
        await().atMost(WITHIN).until(() -> texts("kim").contains("third"));

        one.awaitReady();
        front.pointTo(one.port());
        two.kill();
        say(show, "fourth");
        assertThat(clients.await("kim", CHAT, "connect", 3).path("recovered").asBoolean())
                .as("the stale offset was overwritten")
                .isTrue();
        await().atMost(WITHIN).until(() -> texts("kim").contains("fourth"));
        assertThat(texts("kim")).containsExactly("first", "third", "fourth");
        assertThat(history("kim")).as("what it did not hear itself").containsExactly("second");
    }

    /** Killed, and its files with it. Who stayed goes on with what is said from then on; who comes back begins anew. */
    @Test
    void nobodyGoesOnFromAPastThatRedisLost() {
        RoomId chat = chat(show);
        List<String> staying = List.of("stays-on-socket", "stays-on-polling");
        List<String> returning = List.of("returns-on-socket", "returns-on-polling");
        URI direct = URI.create("http://127.0.0.1:" + one.port()); // each poll is a new connection
        open(direct, staying.getFirst(), List.of(show), ON_SOCKETS);
        open(direct, staying.getLast(), List.of(show), ON_POLLING);
        staying.forEach(client -> joined(client, 1));
        front.pointTo(two.port());
        open(returning.getFirst(), List.of(show), soon(ON_SOCKETS));
        open(returning.getLast(), List.of(show), soon(ON_POLLING));
        returning.forEach(client -> joined(client, 1));
        try (HttpClient http = HttpClient.newHttpClient();
                ReconnectingClient stays = plain(http, "stays", one.socket());
                ReconnectingClient returns =
                        plain(http, "returns", URI.create("ws://127.0.0.1:" + front.port() + "/ws"))) {
            await().atMost(WITHIN).until(() -> stays.isIn() && returns.isIn());
            say(show, "before");
            Stream.of(staying, returning).flatMap(List::stream).forEach(client -> heardOf(show, client));
            Stream.of(stays, returns)
                    .forEach(client -> await().until(() -> client.heard(chat).size() == 1));
            readLogs();

            suite.loseRedis();
            two.kill();
            suite.awaitRedis();
            say(show, "while they are away");
            staying.forEach(client ->
                    await(client).atMost(WITHIN).until(() -> texts(client).size() == 2));
            front.pointTo(one.port());
            returning.forEach(client -> {
                assertThat(clients.await(client, CHAT, "connect", 2)
                                .path("recovered")
                                .asBoolean(true))
                        .as("its past is gone")
                        .isFalse();
                joined(client, 2);
            });
            await().atMost(WITHIN).until(() -> returns.afresh() == 1 && returns.isIn());
            say(show, "after");
            Stream.of(staying, returning)
                    .flatMap(List::stream)
                    .forEach(client -> await(client)
                            .atMost(WITHIN)
                            .until(() -> texts(client).contains("after")));

            for (String client : staying) {
                assertThat(texts(client)).containsExactly("before", "while they are away", "after");
                assertThat(clients.heard(client, CHAT, "connect")).as("stayed").hasSize(1);
            }
            for (String client : returning) {
                assertThat(texts(client)).containsExactly("before", "after");
                assertThat(history(client)).containsExactly("while they are away");
            }
            List<String> positions = log(chat).stream()
                    .filter(event -> !event.isMarker())
                    .map(event -> String.valueOf(event.position()))
                    .toList();
            assertThat(positions).hasSize(3);
            await().untilAsserted(() -> assertThat(stays.heard(chat)).isEqualTo(positions));
            await().untilAsserted(() ->
                    assertThat(returns.heard(chat)).containsExactly(positions.getFirst(), positions.getLast()));
            assertThat(returns.history()).containsExactly("while they are away");
            assertThat(stays.closeCodes()).as("stayed").isEmpty();
        }
    }

    /** Tries to come back each half second at the most, and not each 5 s. */
    private static Map<String, ?> soon(Map<String, ?> options) {
        Map<String, Object> all = new HashMap<>(options);
        all.put("reconnectionDelayMax", 500);
        return all;
    }

    private ReconnectingClient plain(HttpClient http, String user, URI gateway) {
        return new ReconnectingClient(http, List.of(gateway), TestSecrets.user(user, user), List.of(chat(show)));
    }

    /** The texts of the messages that came on the last join. */
    private List<String> history(String client) {
        return clients.heard(client, CHAT, "chat:history")
                .getLast()
                .at("/args/0/data/messages")
                .findValuesAsText("message");
    }

    private void open(String client, List<Show> shows, Map<String, ?> options) {
        open(front.url(), client, shows, options);
    }

    private void open(URI url, String client, List<Show> shows, Map<String, ?> options) {
        shows.forEach(watched -> logs.putIfAbsent(chat(watched), new ArrayList<>()));
        List<String> keys = shows.stream().map(Show::key).toList();
        clients.watch(client, url, TestSecrets.user(client, client), keys, options);
    }

    private void joined(String client, int rooms) {
        clients.await(client, CHAT, "chat:join-room:success", rooms);
    }

    private void heardOf(Show show, String client) {
        await(client + " hears something")
                .atMost(WITHIN)
                .until(() -> !heard(client, show).isEmpty());
    }

    /** It is back with its past, each time that it was away. */
    private void back(String client, int times) {
        await(client + " comes back")
                .atMost(WITHIN)
                .until(() -> clients.heard(client, CHAT, "connect").size() > times);
        assertThat(clients.heard(client, CHAT, "connect").stream().skip(1))
                .as("%s comes back", client)
                .allMatch(line -> line.path("recovered").asBoolean());
    }

    /** What a client heard of a show's chat is what the log has since the first of it, up to now. */
    private void allOf(String client, Show show) {
        List<String> known = messages(show);
        await(client + " hears all").atMost(WITHIN).untilAsserted(() -> {
            List<String> heard = heard(client, show);
            assertThat(heard).isNotEmpty().doesNotHaveDuplicates();
            List<String> said = messages(show);
            int first = said.indexOf(heard.getFirst());
            assertThat(heard).isEqualTo(said.subList(first, first + heard.size()));
            assertThat(first + heard.size()).isGreaterThanOrEqualTo(known.size());
        });
    }

    /** The ids of the messages that a client heard in one show, as they came. */
    private List<String> heard(String client, Show show) {
        return clients.heard(client, CHAT, "chat:message").stream()
                .map(line -> line.at("/args/0/data"))
                .filter(message -> message.path("liveId").asText().equals(show.key()))
                .map(message -> message.path("id").asText())
                .toList();
    }

    private List<String> texts(String client) {
        return clients.heard(client, CHAT, "chat:message").stream()
                .map(line -> line.at("/args/0/data/message").asText())
                .toList();
    }

    /** The ids of the messages in a show's log. */
    private List<String> messages(Show show) {
        return log(chat(show)).stream()
                .filter(event -> event.name().equals("chat:message"))
                .map(event -> data(event).path("id").asText())
                .toList();
    }

    private static RoomId chat(Show show) {
        return new RoomId(RoomType.CHAT, new StreamKey(show.key()));
    }

    private static JsonNode data(EventFrame event) {
        return Json.read(event.data(), JsonNode.class);
    }

    private List<EventFrame> log(RoomId room) {
        readLogs();
        return Objects.requireNonNull(logs.get(room), "It is read from the beginning");
    }

    /** Redis keeps 2,000 messages of a room; the test all that it has ever seen. */
    private void readLogs() {
        logs.forEach((room, known) -> known.addAll(redis.log(
                room,
                known.isEmpty() ? BEGINNING : String.valueOf(known.getLast().position()))));
    }

    /** Lets people speak, so many times a second, each seldom enough for the chat's limits. */
    private void speak(Show show, int perSecond) {
        var unused = speakers.scheduleAtFixedRate(
                () -> say(show, "message " + spoken.get()), 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    }

    /** Past the gateways, so that nothing which is killed loses it. */
    private void say(Show show, String text) {
        User speaker = new User("speaker" + spoken.incrementAndGet() % 400, "Speaker", User.Role.USER);
        StreamKey key = new StreamKey(show.key());
        InboxMessage message = new SendChat(
                key,
                speaker,
                new ReplyTo("nobody", "nobody", null),
                UUID.randomUUID().toString(),
                text,
                null);
        redis.send(Command.XADD, RedisKeys.inbox(ServiceName.CHAT, key.partition()), "*", "m", Json.write(message));
    }
}
