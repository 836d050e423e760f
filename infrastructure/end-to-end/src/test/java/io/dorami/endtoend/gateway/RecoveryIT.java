package io.dorami.endtoend.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.events.RoomEvent.ChatPosted;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.endtoend.chat.ChatLoad;
import io.dorami.endtoend.clients.ReconnectingClient;
import io.dorami.endtoend.clients.WebClients;
import io.dorami.endtoend.system.GatewayProcess;
import io.dorami.endtoend.system.RedisInspector;
import io.dorami.endtoend.system.RunningSystem;
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
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Kills gateways under 200 messages/s, in some rounds also the next gateway during its replay. Clients reconnect to
 * another gateway with their offsets; the received events of each client are compared with the published events of each
 * room.
 */
@ExtendWith(RunningSystem.Resolver.class)
class RecoveryIT {

    private static final int CLIENTS = 6;

    /** 3 rounds; 100 with {@code -Dfaults}, which takes 10 min. */
    private static final int ROUNDS = System.getProperty("faults") == null ? 3 : 100;

    private static final Duration RECOVERY_TIMEOUT = Duration.ofSeconds(30);

    private static final List<String> TRANSPORTS = List.of("websocket", "polling");

    /** A gateway detects a dead Redis link: within 3 s for subscriptions, within 5 s for other links. */
    private static final Duration DEAD_LINK_DETECTION = Duration.ofSeconds(6);

    /** 3 cuts; 50 with {@code -Dfaults}. */
    private static final int CUTS = System.getProperty("faults") == null ? 3 : 50;

    private final RunningSystem system;

    private final RoomId chat;
    private final RoomId shop;
    private final RoomId stream;
    private final List<RoomId> rooms;
    private final HttpClient http = HttpClient.newHttpClient();

    RecoveryIT(RunningSystem system) {
        this.system = system;
        String key = system.newShow(TestSecrets.userToken("seller", "Seller"), "Recovery tests")
                .key();
        this.chat = RoomId.parse("chat:" + key);
        this.shop = RoomId.parse("shop:" + key);
        this.stream = RoomId.parse("stream:" + key);
        this.rooms = List.of(chat, shop, stream);
    }

    @Test
    void killedGateways_noEventIsLostOrDuplicated() {
        try (GatewayProcess first = system.newGateway();
                GatewayProcess second = system.newGateway();
                LoadPublisher publisher = new LoadPublisher(system.redisPort())) {
            List<GatewayProcess> gateways = List.of(first, second);
            gateways.forEach(GatewayProcess::start);
            gateways.forEach(GatewayProcess::awaitReady);
            List<ReconnectingClient> clients = connectClients(
                    gateways.stream().map(GatewayProcess::socketUrl).toList());
            startPublishing(publisher);
            for (int round = 0; round < ROUNDS; round++) {
                awaitEvents(clients.getFirst());
                GatewayProcess killed = gateways.get(round % 2);
                GatewayProcess other = gateways.get((round + 1) % 2);
                killed.kill();
                if (round % 3 == 2) { // while clients reconnect to it
                    other.kill();
                    other.start();
                }
                killed.start();
                gateways.forEach(GatewayProcess::awaitReady);
                awaitAllJoined(clients);
            }
            assertAllReceivedOnce(publisher, clients);
            int recoveredJoins = clients.stream()
                    .mapToInt(ReconnectingClient::recoveredJoins)
                    .sum();
            assertThat(recoveredJoins).as("recovered joins").isGreaterThanOrEqualTo(ROUNDS * rooms.size());
        }
    }

    @Test
    void killedSubscriptions_connectedClientsMissNothing() {
        try (LoadPublisher publisher = new LoadPublisher(system.redisPort())) {
            List<ReconnectingClient> clients = connectClients(List.of(system.socketUrl()));
            startPublishing(publisher);
            for (int cut = 0; cut < CUTS; cut++) {
                awaitEvents(clients.getFirst());
                publisher.killSubscriptions();
            }
            awaitEvents(clients.getFirst());
            assertAllReceivedOnce(publisher, clients);
            assertThat(clients).as("still connected").allMatch(client -> client.recoveredJoins() == 0);
        }
    }

    /** Runs {@code gateway/example/client.mjs}, the example of the gateway's README. */
    @Test
    void exampleClientResumesAfterGatewayKill() throws Exception {
        try (GatewayProcess gateway = system.newGateway();
                FaultProxy proxy = new FaultProxy(gateway.port());
                JsonTestClient lee = JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken("lee", "Lee"))) {
            lee.join(chat.toString());
            gateway.start();
            gateway.awaitReady();
            String address = "ws://127.0.0.1:" + proxy.url().getPort() + "/ws";
            Process example = WebClients.startNode(
                    "client.mjs", address, chat.key().value(), TestSecrets.userToken("kim", "Kim"));
            List<JsonNode> frames = new CopyOnWriteArrayList<>();
            try (Writer input = example.outputWriter()) {
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> example.inputReader()
                                .lines()
                                .forEach(line -> frames.add(Json.read(line, JsonNode.class))));
                input.write("hello\n");
                input.flush();
                await("its message")
                        .atMost(RECOVERY_TIMEOUT)
                        .until(() -> lee.messages().contains("hello"));
                await("its own copy").until(() -> texts(frames).contains("hello"));

                gateway.kill();
                lee.sendMessage(chat.toString(), "while disconnected", null);
                input.write("sent while disconnected\n");
                input.flush();
                proxy.setTarget(system.url("/").getPort());
                await("its second message")
                        .atMost(RECOVERY_TIMEOUT)
                        .until(() -> texts(frames).contains("sent while disconnected"));
                assertThat(texts(frames)).containsExactly("hello", "while disconnected", "sent while disconnected");
                // Each room replies separately, the last one possibly after the first chat message.
                await().untilAsserted(() -> assertThat(frames.stream()
                                .filter(frame -> frame.path("recovered").asBoolean()))
                        .as("resumed rooms")
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

    /** Both protocols and polling, under 100 messages/s to chat-service before, during and after the restart. */
    @Test
    void restartedRedis_roomsResumeWithinThreeSeconds() {
        try (GatewayProcess gateway = system.newGateway();
                RedisInspector redis = new RedisInspector(system.redisPort());
                ChatLoad load = ChatLoad.start(redis.client());
                WebClients web = WebClients.start()) {
            List<RoomId> loadedRooms = load.rooms().subList(0, 2).stream()
                    .map(key -> new RoomId(RoomType.CHAT, key))
                    .toList();
            List<RoomId> all =
                    Stream.concat(rooms.stream(), loadedRooms.stream()).toList();
            gateway.start();
            gateway.awaitReady();
            watch(web, gateway, all);
            List<ReconnectingClient> jsonClients = connectClients(List.of(gateway.socketUrl()), all);
            load.awaitLogged(load.loggedCount() + 50);

            system.killRedis();
            gateway.awaitReadinessStatus(503);
            int before = minMessageCount(web);
            JsonTestClient.connect(gateway.socketUrl(), null).close(); // is still accepted
            system.awaitRedis();
            try (LoadPublisher publisher = new LoadPublisher(system.redisPort())) {
                publisher.startPublishing(chat, Delivery.DROPPABLE, 30);
                publisher.startPublishing(shop, Delivery.RELIABLE, 30);
                await("rooms receive events")
                        .atMost(Duration.ofSeconds(3))
                        .until(() -> haveReceived(web) && minMessageCount(web) > before);
                gateway.awaitReady();
                load.awaitLogged(load.loggedCount() + 50);
                publisher.killSubscriptions();
                load.awaitLogged(load.loggedCount() + 50);
                load.stop();
                load.assertLoggedOnceInOrder();
                for (RoomId room : loadedRooms) {
                    List<EventFrame> log = redis.log(room, "0-0");
                    jsonClients.forEach(client -> assertReceivedTail(log, client, room));
                    TRANSPORTS.forEach(client -> assertReceivedTail(log, web, client));
                }
                assertAllReceivedOnce(publisher, jsonClients, web);
            }
        }
    }

    /** Simulates a firewall that dropped the connections: they stay open, but no data arrives. */
    @Test
    @EnabledIfSystemProperty(named = "faults", matches = ".*")
    void frozenRedisLink_isReconnectedWithoutLoss() {
        try (FaultProxy link = new FaultProxy(system.redisPort());
                GatewayProcess gateway =
                        system.newGateway(Map.of("DORAMI_REDIS_URL", "redis://127.0.0.1:" + link.port()));
                WebClients web = WebClients.start();
                LoadPublisher publisher = new LoadPublisher(system.redisPort())) {
            gateway.start();
            gateway.awaitReady();
            watch(web, gateway, rooms);
            List<ReconnectingClient> jsonClients = connectClients(List.of(gateway.socketUrl()));
            publisher.startPublishing(chat, Delivery.DROPPABLE, 30);
            publisher.startPublishing(shop, Delivery.RELIABLE, 30);
            await("rooms receive events").until(() -> haveReceived(web));

            link.freeze();
            gateway.awaitReadinessStatus(503);
            JsonTestClient.connect(gateway.socketUrl(), null).close(); // is still accepted
            int before = link.acceptedConnections();
            await("a reconnect without success")
                    .atMost(DEAD_LINK_DETECTION)
                    .until(() -> link.acceptedConnections() > before);
            int received = jsonClients.getFirst().received(chat).size();
            link.thaw();
            await("events")
                    .atMost(DEAD_LINK_DETECTION.plusSeconds(1))
                    .until(() -> jsonClients.getFirst().received(chat).size() > received + 1);
            gateway.awaitReady();
            assertAllReceivedOnce(publisher, jsonClients, web);
        }
    }

    /** Opens one client per transport in all rooms. */
    private static void watch(WebClients web, GatewayProcess gateway, List<RoomId> rooms) {
        URI url = URI.create("http://127.0.0.1:" + gateway.port());
        List<String> keys =
                rooms.stream().map(room -> room.key().value()).distinct().toList();
        for (String transport : TRANSPORTS) {
            Map<String, ?> options = Map.of("transports", List.of(transport));
            web.watch(transport, url, TestSecrets.userToken(transport, "Web"), keys, options);
            web.await(transport, "/chat", "chat:join-room:success", keys.size());
            web.await(transport, "/", "join:stream:success", keys.size());
        }
    }

    private static boolean haveReceived(WebClients web) {
        return TRANSPORTS.stream()
                .allMatch(client -> Stream.of("/chat", "/")
                        .noneMatch(
                                room -> web.received(client, room, "test:event").isEmpty()));
    }

    /** Lowest number of messages that a client has received. */
    private static int minMessageCount(WebClients web) {
        return TRANSPORTS.stream()
                .mapToInt(
                        client -> web.received(client, "/chat", ChatPosted.NAME).size())
                .min()
                .orElseThrow();
    }

    private void assertAllReceivedOnce(LoadPublisher publisher, List<ReconnectingClient> jsonClients, WebClients web) {
        Map<RoomId, List<String>> published = assertAllReceivedOnce(publisher, jsonClients);
        for (String client : TRANSPORTS) {
            Map.of("/chat", chat, "/", shop).forEach((namespace, room) -> {
                int all = Objects.requireNonNull(published.get(room)).size();
                await(client + " receives all")
                        .until(() ->
                                web.received(client, namespace, "test:event").size() >= all);
                assertThat(web.received(client, namespace, "test:event").stream()
                                .map(line -> line.at("/args/0/data/n").asInt()))
                        .hasSize(all)
                        .isSorted()
                        .doesNotHaveDuplicates();
                assertThat(web.received(client, namespace, "connect"))
                        .as("still connected")
                        .hasSize(1);
            });
        }
        assertThat(jsonClients)
                .as("still connected")
                .allMatch(client -> client.closeCodes().isEmpty());
    }

    /** Compares the events with the log, from the first received event to the end of the log. */
    private static void assertReceivedTail(List<EventFrame> log, ReconnectingClient client, RoomId room) {
        List<String> positions =
                log.stream().map(event -> String.valueOf(event.position())).toList();
        await("the last event").until(() -> client.received(room).contains(positions.getLast()));
        List<String> received = client.received(room);
        assertThat(received).isEqualTo(positions.subList(positions.indexOf(received.getFirst()), positions.size()));
    }

    private static void assertReceivedTail(List<EventFrame> log, WebClients web, String client) {
        List<JsonNode> messages = log.stream()
                .filter(event -> event.name().equals(ChatPosted.NAME))
                .map(event -> Json.read(event.data(), JsonNode.class))
                .toList();
        await("the last message")
                .until(() -> web.received(client, "/chat", ChatPosted.NAME).stream()
                        .anyMatch(line -> line.at("/args/0/data").equals(messages.getLast())));
        List<JsonNode> received = web.received(client, "/chat", ChatPosted.NAME).stream()
                .map(line -> line.at("/args/0/data"))
                .filter(message ->
                        message.path("liveId").equals(messages.getFirst().path("liveId")))
                .toList();
        assertThat(received).isEqualTo(messages.subList(messages.indexOf(received.getFirst()), messages.size()));
    }

    private List<ReconnectingClient> connectClients(List<URI> gateways) {
        return connectClients(gateways, rooms);
    }

    private List<ReconnectingClient> connectClients(List<URI> gateways, List<RoomId> rooms) {
        List<ReconnectingClient> clients = IntStream.range(0, CLIENTS)
                .mapToObj(i -> new ReconnectingClient(http, gateways, TestSecrets.userToken("u" + i, "U" + i), rooms))
                .toList();
        awaitAllJoined(clients);
        return clients;
    }

    private void startPublishing(LoadPublisher publisher) {
        publisher.startPublishing(chat, Delivery.DROPPABLE, 130);
        publisher.startPublishing(shop, Delivery.RELIABLE, 50);
        publisher.startPublishing(stream, Delivery.RELIABLE, 20); // its log has 200 entries, which is 10 s of events
    }

    private void awaitEvents(ReconnectingClient client) {
        int before = client.received(chat).size();
        await("events")
                .atMost(RECOVERY_TIMEOUT)
                .until(() -> client.received(chat).size() > before + 50);
    }

    private static void awaitAllJoined(List<ReconnectingClient> clients) {
        await("all clients have joined")
                .atMost(RECOVERY_TIMEOUT)
                .until(() -> clients.stream().allMatch(ReconnectingClient::isJoined));
    }

    private Map<RoomId, List<String>> assertAllReceivedOnce(LoadPublisher publisher, List<ReconnectingClient> clients) {
        Map<RoomId, List<String>> published = publisher.stop();
        for (ReconnectingClient client : clients) {
            published.forEach((room, all) -> {
                await("the last event").until(() -> client.received(room).contains(all.getLast()));
                assertThat(client.received(room)).as(room.toString()).isEqualTo(all);
            });
            assertThat(client.freshJoins()).isZero();
            client.close();
        }
        return published;
    }
}
