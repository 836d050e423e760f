package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.testing.FaultProxy;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gateways are killed under 200 messages/s, sometimes the next one too while it replays. Clients go to another one with
 * their offsets; what each heard is compared, room by room, with what was published.
 */
@ExtendWith(RunningSystem.Running.class)
class RecoveryIT {

    private static final int CLIENTS = 6;

    /** With {@code -Dfaults} 100 rounds, 10 min. */
    private static final int ROUNDS = System.getProperty("faults") == null ? 3 : 100;

    private static final Duration BACK_WITHIN = Duration.ofSeconds(30);

    private static final List<String> TRANSPORTS = List.of("websocket", "polling");

    /** A gateway notices by itself that a link is dead: one for subscriptions within 3 s, others within 5 s. */
    private static final Duration NOTICED = Duration.ofSeconds(6);

    /** With {@code -Dfaults} 50. */
    private static final int CUTS = System.getProperty("faults") == null ? 3 : 50;

    private final RunningSystem suite;

    private final RoomId chat;
    private final RoomId shop;
    private final RoomId stream;
    private final List<RoomId> rooms;
    private final HttpClient http = HttpClient.newHttpClient();

    RecoveryIT(RunningSystem suite) {
        this.suite = suite;
        String key = suite.newShow(TestSecrets.user("seller", "Seller"), "Come what may")
                .key();
        this.chat = RoomId.parse("chat:" + key);
        this.shop = RoomId.parse("shop:" + key);
        this.stream = RoomId.parse("stream:" + key);
        this.rooms = List.of(chat, shop, stream);
    }

    @Test
    void nothingIsLostAndNothingDoubledThoughGatewaysAreKilled() {
        try (GatewayProcess first = suite.anotherGateway();
                GatewayProcess second = suite.anotherGateway();
                LoadPublisher announcer = new LoadPublisher(suite.redisPort())) {
            List<GatewayProcess> gateways = List.of(first, second);
            gateways.forEach(GatewayProcess::start);
            gateways.forEach(GatewayProcess::awaitReady);
            List<ReconnectingClient> clients =
                    comeIn(gateways.stream().map(GatewayProcess::socket).toList());
            tell(announcer);
            for (int round = 0; round < ROUNDS; round++) {
                awaitFlow(clients.getFirst());
                GatewayProcess victim = gateways.get(round % 2);
                GatewayProcess other = gateways.get((round + 1) % 2);
                victim.kill();
                if (round % 3 == 2) { // while they come back there
                    other.kill();
                    other.start();
                }
                victim.start();
                gateways.forEach(GatewayProcess::awaitReady);
                awaitAll(clients);
            }
            assertThatAllWasHeardOnce(announcer, clients);
            int returns =
                    clients.stream().mapToInt(ReconnectingClient::recovered).sum();
            assertThat(returns).as("they came back").isGreaterThanOrEqualTo(ROUNDS * rooms.size());
        }
    }

    @Test
    void whoStaysMissesNothingThoughTheLinkToRedisIsCut() {
        try (LoadPublisher announcer = new LoadPublisher(suite.redisPort())) {
            List<ReconnectingClient> clients = comeIn(List.of(suite.socket()));
            tell(announcer);
            for (int cut = 0; cut < CUTS; cut++) {
                awaitFlow(clients.getFirst());
                announcer.cutSubscriptions();
            }
            awaitFlow(clients.getFirst());
            assertThatAllWasHeardOnce(announcer, clients);
            assertThat(clients).as("stayed").allMatch(client -> client.recovered() == 0);
        }
    }

    /** {@code gateway/example/client.mjs}, as the gateway's page has it. */
    @Test
    void theExampleClientGoesOnWhereItWas() throws Exception {
        try (GatewayProcess gateway = suite.anotherGateway();
                FaultProxy front = new FaultProxy(gateway.port());
                JsonTestClient lee = JsonTestClient.connect(suite.socket(), TestSecrets.user("lee", "Lee"))) {
            lee.join(chat.toString());
            gateway.start();
            gateway.awaitReady();
            String address = "ws://127.0.0.1:" + front.url().getPort() + "/ws";
            Process example =
                    WebClients.node("client.mjs", address, chat.key().value(), TestSecrets.user("kim", "Kim"));
            List<JsonNode> frames = new CopyOnWriteArrayList<>();
            try (Writer input = example.outputWriter()) {
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> example.inputReader()
                                .lines()
                                .forEach(line -> frames.add(Json.read(line, JsonNode.class))));
                input.write("hello\n");
                input.flush();
                await("its word").atMost(BACK_WITHIN).until(() -> lee.messages().contains("hello"));
                await("its own word").until(() -> texts(frames).contains("hello"));

                gateway.kill();
                lee.say(chat.toString(), "while it is away", null);
                input.write("said to nobody\n");
                input.flush();
                front.pointTo(suite.url("/").getPort());
                await("its word again")
                        .atMost(BACK_WITHIN)
                        .until(() -> texts(frames).contains("said to nobody"));
                assertThat(texts(frames)).containsExactly("hello", "while it is away", "said to nobody");
                // Each room answers for itself, the last perhaps after the chat has spoken.
                await().untilAsserted(() -> assertThat(frames.stream()
                                .filter(frame -> frame.path("recovered").asBoolean()))
                        .as("rooms in which it went on")
                        .hasSize(rooms.size()));
            } finally {
                example.destroy();
            }
        }
    }

    private static List<String> texts(List<JsonNode> frames) {
        return frames.stream()
                .filter(frame -> frame.path("event").asText().equals("chat:message"))
                .map(frame -> frame.path("data").path("message").asText())
                .toList();
    }

    /** Both wire formats, on polling too; under 100 messages a second to chat-service, before, meanwhile and after. */
    @Test
    void roomsFlowAgainWithinThreeSecondsOfRedisAndNothingIsMissing() {
        try (GatewayProcess gateway = suite.anotherGateway();
                RedisInspector redis = new RedisInspector(suite.redisPort());
                ChatLoad talk = ChatLoad.start(redis.client());
                WebClients web = WebClients.start()) {
            List<RoomId> talked = talk.rooms().subList(0, 2).stream()
                    .map(key -> new RoomId(RoomType.CHAT, key))
                    .toList();
            List<RoomId> all = Stream.concat(rooms.stream(), talked.stream()).toList();
            gateway.start();
            gateway.awaitReady();
            watch(web, gateway, all);
            List<ReconnectingClient> plain = comeIn(List.of(gateway.socket()), all);
            talk.awaitSaid(talk.said() + 50);

            suite.killRedis();
            gateway.awaitReadiness(503);
            int before = messages(web);
            JsonTestClient.connect(gateway.socket(), null).close(); // is welcome meanwhile
            suite.awaitRedis();
            try (LoadPublisher announcer = new LoadPublisher(suite.redisPort())) {
                announcer.tell(chat, Delivery.DROPPABLE, 30);
                announcer.tell(shop, Delivery.RELIABLE, 30);
                await("rooms flow").atMost(Duration.ofSeconds(3)).until(() -> areHeard(web) && messages(web) > before);
                gateway.awaitReady();
                talk.awaitSaid(talk.said() + 50);
                announcer.cutSubscriptions();
                talk.awaitSaid(talk.said() + 50);
                talk.stop();
                talk.assertAllIsThereOnceAndInOrder();
                for (RoomId room : talked) {
                    List<EventFrame> log = redis.log(room, "0-0");
                    plain.forEach(client -> assertThatItHeardTheEndOf(log, client, room));
                    TRANSPORTS.forEach(client -> assertThatItHeardTheEndOf(log, web, client));
                }
                assertThatAllWasHeardOnce(announcer, plain, web);
            }
        }
    }

    /** As where a firewall forgot the connections: nothing is closed, and nothing comes. */
    @Test
    void aLinkToRedisThatIsDeadWithoutAWordIsMadeAnewAndNothingIsMissing() {
        try (FaultProxy link = new FaultProxy(suite.redisPort());
                GatewayProcess gateway =
                        suite.anotherGateway(Map.of("DORAMI_REDIS_URL", "redis://127.0.0.1:" + link.port()));
                WebClients web = WebClients.start();
                LoadPublisher announcer = new LoadPublisher(suite.redisPort())) {
            gateway.start();
            gateway.awaitReady();
            watch(web, gateway, rooms);
            List<ReconnectingClient> plain = comeIn(List.of(gateway.socket()));
            announcer.tell(chat, Delivery.DROPPABLE, 30);
            announcer.tell(shop, Delivery.RELIABLE, 30);
            await("rooms flow").until(() -> areHeard(web));

            link.freeze();
            gateway.awaitReadiness(503);
            JsonTestClient.connect(gateway.socket(), null).close(); // is welcome meanwhile
            int before = link.connections();
            await("it gave up, and tries anew in vain").atMost(NOTICED).until(() -> link.connections() > before);
            int heard = plain.getFirst().heard(chat).size();
            link.thaw();
            await("a flow")
                    .atMost(NOTICED.plusSeconds(1))
                    .until(() -> plain.getFirst().heard(chat).size() > heard + 1);
            gateway.awaitReady();
            assertThatAllWasHeardOnce(announcer, plain, web);
        }
    }

    /** One on each transport, in all of the rooms. */
    private static void watch(WebClients web, GatewayProcess gateway, List<RoomId> rooms) {
        URI url = URI.create("http://127.0.0.1:" + gateway.port());
        List<String> keys =
                rooms.stream().map(room -> room.key().value()).distinct().toList();
        for (String transport : TRANSPORTS) {
            Map<String, ?> options = Map.of("transports", List.of(transport));
            web.watch(transport, url, TestSecrets.user(transport, "Web"), keys, options);
            web.await(transport, "/chat", "chat:join-room:success", keys.size());
            web.await(transport, "/", "join:stream:success", keys.size());
        }
    }

    private static boolean areHeard(WebClients web) {
        return TRANSPORTS.stream()
                .allMatch(client -> Stream.of("/chat", "/")
                        .noneMatch(room -> web.heard(client, room, "test:event").isEmpty()));
    }

    /** How many messages each has heard at the least. */
    private static int messages(WebClients web) {
        return TRANSPORTS.stream()
                .mapToInt(client -> web.heard(client, "/chat", ChatPosted.NAME).size())
                .min()
                .orElseThrow();
    }

    private void assertThatAllWasHeardOnce(LoadPublisher announcer, List<ReconnectingClient> plain, WebClients web) {
        Map<RoomId, List<String>> published = assertThatAllWasHeardOnce(announcer, plain);
        for (String client : TRANSPORTS) {
            Map.of("/chat", chat, "/", shop).forEach((namespace, room) -> {
                int all = Objects.requireNonNull(published.get(room)).size();
                await(client + " has all")
                        .until(() -> web.heard(client, namespace, "test:event").size() >= all);
                assertThat(web.heard(client, namespace, "test:event").stream()
                                .map(line -> line.at("/args/0/data/n").asInt()))
                        .hasSize(all)
                        .isSorted()
                        .doesNotHaveDuplicates();
                assertThat(web.heard(client, namespace, "connect")).as("stayed").hasSize(1);
            });
        }
        assertThat(plain).as("stayed").allMatch(client -> client.closeCodes().isEmpty());
    }

    /** From the first that it heard on. */
    private static void assertThatItHeardTheEndOf(List<EventFrame> log, ReconnectingClient client, RoomId room) {
        List<String> positions =
                log.stream().map(event -> String.valueOf(event.position())).toList();
        await("the last event").until(() -> client.heard(room).contains(positions.getLast()));
        List<String> heard = client.heard(room);
        assertThat(heard).isEqualTo(positions.subList(positions.indexOf(heard.getFirst()), positions.size()));
    }

    private static void assertThatItHeardTheEndOf(List<EventFrame> log, WebClients web, String client) {
        List<JsonNode> said = log.stream()
                .filter(event -> event.name().equals(ChatPosted.NAME))
                .map(event -> Json.read(event.data(), JsonNode.class))
                .toList();
        await("the last message")
                .until(() -> web.heard(client, "/chat", ChatPosted.NAME).stream()
                        .anyMatch(line -> line.at("/args/0/data").equals(said.getLast())));
        List<JsonNode> heard = web.heard(client, "/chat", ChatPosted.NAME).stream()
                .map(line -> line.at("/args/0/data"))
                .filter(message -> message.path("liveId").equals(said.getFirst().path("liveId")))
                .toList();
        assertThat(heard).isEqualTo(said.subList(said.indexOf(heard.getFirst()), said.size()));
    }

    private List<ReconnectingClient> comeIn(List<URI> gateways) {
        return comeIn(gateways, rooms);
    }

    private List<ReconnectingClient> comeIn(List<URI> gateways, List<RoomId> rooms) {
        List<ReconnectingClient> clients = IntStream.range(0, CLIENTS)
                .mapToObj(i -> new ReconnectingClient(http, gateways, TestSecrets.user("u" + i, "U" + i), rooms))
                .toList();
        awaitAll(clients);
        return clients;
    }

    private void tell(LoadPublisher announcer) {
        announcer.tell(chat, Delivery.DROPPABLE, 130);
        announcer.tell(shop, Delivery.RELIABLE, 50);
        announcer.tell(stream, Delivery.RELIABLE, 20); // its log has 200 entries: 10 s
    }

    private void awaitFlow(ReconnectingClient client) {
        int before = client.heard(chat).size();
        await("a flow").atMost(BACK_WITHIN).until(() -> client.heard(chat).size() > before + 50);
    }

    private static void awaitAll(List<ReconnectingClient> clients) {
        await("all are in").atMost(BACK_WITHIN).until(() -> clients.stream().allMatch(ReconnectingClient::isIn));
    }

    private Map<RoomId, List<String>> assertThatAllWasHeardOnce(
            LoadPublisher announcer, List<ReconnectingClient> clients) {
        Map<RoomId, List<String>> published = announcer.stop();
        for (ReconnectingClient client : clients) {
            published.forEach((room, all) -> {
                await("the last event").until(() -> client.heard(room).contains(all.getLast()));
                assertThat(client.heard(room)).as(room.toString()).isEqualTo(all);
            });
            assertThat(client.afresh()).isZero();
            client.close();
        }
        return published;
    }
}
