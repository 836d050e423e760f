package io.dorami.endtoend.gateway;

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
import io.dorami.endtoend.clients.ReconnectingClient;
import io.dorami.endtoend.clients.WebClients;
import io.dorami.endtoend.system.GatewayProcess;
import io.dorami.endtoend.system.RedisInspector;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
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
 * Kills gateways (SIGKILL) under 200 messages/s; the web client's Socket.IO library reconnects to another
 * gateway. The received messages of each client are compared with the log of each room: all of them, exactly once, in
 * order.
 */
@ExtendWith(RunningSystem.Resolver.class)
class SocketIoRecoveryIT {

    private static final String CHAT = "/chat";
    private static final Duration RECOVERY_TIMEOUT = Duration.ofSeconds(30);
    private static final String LOG_START = "0-0";

    /** Close packet of Engine.IO. */
    private static final String CLOSE_PACKET = "1";

    private static final Map<String, ?> WEBSOCKET_ONLY = Map.of("transports", List.of("websocket"));
    private static final Map<String, ?> POLLING_ONLY = Map.of("transports", List.of("polling"));
    private static final Map<String, ?> UPGRADING = Map.of("transports", List.of("polling", "websocket"));

    /** Bytes of a replay after which the connection is cut: about 60 of the approximately 200 missed messages. */
    private static final int REPLAY_CUT_BYTES = 20_000;

    private final RunningSystem system;
    private final Show show;
    private final Show other;
    private final RedisInspector redis;
    private final WebClients clients = WebClients.start();
    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final AtomicInteger sentCount = new AtomicInteger();

    /** All events of each room's log, including the trimmed ones. */
    private final Map<RoomId, List<EventFrame>> logs = new HashMap<>();

    private final GatewayProcess first;
    private final GatewayProcess second;
    private final FaultProxy proxy;

    SocketIoRecoveryIT(RunningSystem system) {
        this.system = system;
        String seller = TestSecrets.userToken("seller", "Seller");
        this.show = system.newShow(seller, "Recovery tests");
        this.other = system.newShow(seller, "Second show");
        this.redis = new RedisInspector(system.redisPort());
        this.first = system.newGateway(Map.of("DORAMI_GATEWAY_DRAIN_PER_SECOND", "6"));
        this.second = system.newGateway();
        this.proxy = new FaultProxy(first.port());
        first.start();
        second.start();
        first.awaitReady();
        second.awaitReady();
    }

    @AfterEach
    void stop() {
        scheduler.shutdownNow();
        clients.close();
        proxy.close();
        first.close();
        second.close();
        redis.close();
    }

    /** 3 rounds; 100 with {@code -Dfaults}, which takes 12 min. */
    private static int rounds() {
        return System.getProperty("faults") == null ? 3 : 100;
    }

    @Test
    void killedGateways_noTransportLosesOrDuplicates() {
        RoomId shop = new RoomId(RoomType.SHOP, new StreamKey(show.key()));
        logs.put(shop, new ArrayList<>());
        String product = system.newProduct(show, "Mug", 100_000).path("id").asText();
        open("socket", List.of(show), WEBSOCKET_ONLY);
        open("poller", List.of(show), POLLING_ONLY);
        open("both", List.of(show, other), WEBSOCKET_ONLY);
        List.of("socket", "poller").forEach(client -> awaitJoined(client, 1));
        awaitJoined("both", 2);
        clients.await("socket", "/", "join:stream:success", 1);
        startSending(show, 100);
        startSending(other, 100);

        GatewayProcess active = first;
        GatewayProcess next = second;
        for (int round = 1; round <= rounds(); round++) {
            // Each round adds a room without messages, and a WebSocket upgrade in progress.
            Show quiet = system.newShow(show.owner(), "Quiet");
            open("quiet" + round, List.of(quiet), WEBSOCKET_ONLY);
            awaitJoined("quiet" + round, 1);
            proxy.stallWebSockets();
            open("upgrading" + round, List.of(show), UPGRADING);
            awaitJoined("upgrading" + round, 1);
            awaitMessage(show, "upgrading" + round);

            proxy.setTarget(next.port());
            active.kill();
            proxy.releaseWebSockets();
            proxy.breakNextConnectionAfter(REPLAY_CUT_BYTES);
            active.start();
            send(quiet, "while disconnected");
            system.call("PATCH", "/api/products/" + product, show.owner(), Map.of("price", 1_000 + round))
                    .data();

            for (String client : List.of("quiet" + round, "upgrading" + round)) {
                awaitRecovered(client, 1);
            }
            for (String client : List.of("socket", "poller", "both")) {
                awaitRecovered(client, round);
            }
            assertReceivedAllOf("quiet" + round, quiet);
            assertReceivedAllOf("upgrading" + round, show);
            clients.close("quiet" + round);
            clients.close("upgrading" + round);
            active.awaitReady();
            GatewayProcess restarted = active;
            active = next;
            next = restarted;
            readLogs();
        }
        scheduler.close();
        assertReceivedAllOf("socket", show);
        assertReceivedAllOf("poller", show);
        assertReceivedAllOf("both", show);
        assertReceivedAllOf("both", other);
        await("all prices")
                .atMost(RECOVERY_TIMEOUT)
                .untilAsserted(() -> assertThat(clients.received("socket", "/", "live:product:updated").stream()
                                .map(line -> line.at("/args/0/data/version").asLong()))
                        .isEqualTo(log(shop).stream()
                                .filter(event -> event.name().equals("live:product:updated"))
                                .map(event -> data(event).path("version").asLong())
                                .toList()));
    }

    @Test
    void drainSpreadsReconnectsAndClientsMissNothing() throws Exception {
        List<String> webClients = IntStream.range(0, 6).mapToObj(i -> "web" + i).toList();
        for (String client : webClients) {
            open(client, List.of(show), client.equals("web0") ? POLLING_ONLY : WEBSOCKET_ONLY);
        }
        RoomId chat = chat(show);
        HttpClient http = HttpClient.newHttpClient();
        List<ReconnectingClient> jsonClients = IntStream.range(0, 6)
                .mapToObj(i -> new ReconnectingClient(
                        http,
                        List.of(first.socketUrl(), second.socketUrl()),
                        TestSecrets.userToken("json" + i, "Json"),
                        List.of(chat)))
                .toList();
        webClients.forEach(client -> awaitJoined(client, 1));
        await().atMost(RECOVERY_TIMEOUT).until(() -> jsonClients.stream().allMatch(ReconnectingClient::isJoined));
        startSending(show, 100);
        webClients.forEach(client -> awaitMessage(show, client));
        await().until(() ->
                jsonClients.stream().noneMatch(client -> client.received(chat).isEmpty()));

        CompletableFuture<HttpResponse<String>> poll = openPoll(http);

        proxy.setTarget(second.port());
        first.terminate();
        first.awaitReadinessStatus(503);
        String handshake = "http://127.0.0.1:" + first.port() + "/socket.io/?EIO=4&transport=polling";
        assertThat(http.send(HttpRequest.newBuilder(URI.create(handshake)).build(), BodyHandlers.discarding())
                        .statusCode())
                .as("a new session")
                .isEqualTo(503);
        assertThatThrownBy(() -> JsonTestClient.connect(first.socketUrl()))
                .as("a new socket")
                .hasStackTraceContaining("status code 503");

        webClients.forEach(client -> awaitRecovered(client, 1));
        await().atMost(RECOVERY_TIMEOUT)
                .until(() -> jsonClients.stream().allMatch(client -> client.recoveredJoins() == 1));
        await().atMost(RECOVERY_TIMEOUT).until(() -> !first.isAlive());
        assertThat(poll.join().body()).as("the poll that was open").isEqualTo(CLOSE_PACKET);
        List<JsonNode> disconnects = webClients.stream()
                .map(client -> clients.received(client, CHAT, "disconnect").getFirst())
                .toList();
        assertThat(disconnects)
                .as("socket.io-client reconnects after these reasons")
                .allMatch(end -> end.path("reason").asText().startsWith("transport"));
        assertThat(jsonClients).allMatch(client -> client.closeCodes().equals(List.of(1012)));
        LongSummaryStatistics closeTimes = LongStream.concat(
                        disconnects.stream().mapToLong(end -> end.path("at").asLong()),
                        jsonClients.stream()
                                .mapToLong(client -> client.closeTimes().getFirst()))
                .summaryStatistics();
        assertThat(closeTimes.getMax() - closeTimes.getMin())
                .as("12 of 13 clients are closed within 2 s, in any order")
                .isGreaterThanOrEqualTo(700);

        scheduler.close();
        webClients.forEach(client -> assertReceivedAllOf(client, show));
        List<String> positions = log(chat).stream()
                .map(event -> String.valueOf(event.position()))
                .toList();
        for (ReconnectingClient client : jsonClients) {
            await("all")
                    .atMost(RECOVERY_TIMEOUT)
                    .until(() -> client.received(chat).contains(positions.getLast()));
            List<String> received = client.received(chat);
            assertThat(received).isEqualTo(positions.subList(positions.indexOf(received.getFirst()), positions.size()));
            client.close();
        }
        http.close();
    }

    /** Opens a polling client that has received the connected message and waits for the next packet. */
    private CompletableFuture<HttpResponse<String>> openPoll(HttpClient http) throws Exception {
        String address = "http://127.0.0.1:" + first.port() + "/socket.io/?EIO=4&transport=polling";
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
    void trimmedLog_clientRejoinsAndResumesLater() {
        open("kim", List.of(show), WEBSOCKET_ONLY);
        awaitJoined("kim", 1);
        send(show, "first");
        awaitMessage(show, "kim");

        proxy.setTarget(second.port());
        first.kill();
        first.start();
        redis.send(Command.DEL, RedisKeys.roomKeys(chat(show)).log());
        send(show, "second");
        assertThat(clients.await("kim", CHAT, "connect", 2).path("recovered").asBoolean(true))
                .as("its offset is no longer in the log")
                .isFalse();
        awaitJoined("kim", 2);
        send(show, "third");
        await().atMost(RECOVERY_TIMEOUT).until(() -> texts("kim").contains("third"));

        first.awaitReady();
        proxy.setTarget(first.port());
        second.kill();
        send(show, "fourth");
        assertThat(clients.await("kim", CHAT, "connect", 3).path("recovered").asBoolean())
                .as("the stale offset was overwritten")
                .isTrue();
        await().atMost(RECOVERY_TIMEOUT).until(() -> texts("kim").contains("fourth"));
        assertThat(texts("kim")).containsExactly("first", "third", "fourth");
        assertThat(history("kim")).as("the missed message").containsExactly("second");
    }

    /**
     * Kills Redis and deletes its files. Connected clients continue with new messages; returning clients join from
     * the start.
     */
    @Test
    void lostRedisData_staleOffsetsAreNotResumed() {
        RoomId chat = chat(show);
        List<String> directNames = List.of("direct-websocket", "direct-polling");
        List<String> proxiedNames = List.of("proxied-websocket", "proxied-polling");
        URI direct = URI.create("http://127.0.0.1:" + first.port()); // each poll opens a new connection
        open(direct, directNames.getFirst(), List.of(show), WEBSOCKET_ONLY);
        open(direct, directNames.getLast(), List.of(show), POLLING_ONLY);
        directNames.forEach(client -> awaitJoined(client, 1));
        proxy.setTarget(second.port());
        open(proxiedNames.getFirst(), List.of(show), withShortReconnectDelay(WEBSOCKET_ONLY));
        open(proxiedNames.getLast(), List.of(show), withShortReconnectDelay(POLLING_ONLY));
        proxiedNames.forEach(client -> awaitJoined(client, 1));
        try (HttpClient http = HttpClient.newHttpClient();
                ReconnectingClient directClient = jsonClient(http, "direct-json", first.socketUrl());
                ReconnectingClient proxiedClient =
                        jsonClient(http, "proxied-json", URI.create("ws://127.0.0.1:" + proxy.port() + "/ws"))) {
            await().atMost(RECOVERY_TIMEOUT).until(() -> directClient.isJoined() && proxiedClient.isJoined());
            send(show, "before");
            Stream.of(directNames, proxiedNames).flatMap(List::stream).forEach(client -> awaitMessage(show, client));
            Stream.of(directClient, proxiedClient)
                    .forEach(client -> await().until(() -> client.received(chat).size() == 1));
            readLogs();

            system.killRedisAndDeleteData();
            second.kill();
            system.awaitRedis();
            send(show, "while disconnected");
            directNames.forEach(client -> await(client)
                    .atMost(RECOVERY_TIMEOUT)
                    .until(() -> texts(client).size() == 2));
            proxy.setTarget(first.port());
            proxiedNames.forEach(client -> {
                assertThat(clients.await(client, CHAT, "connect", 2)
                                .path("recovered")
                                .asBoolean(true))
                        .as("its offset is no longer in the log")
                        .isFalse();
                awaitJoined(client, 2);
            });
            await().atMost(RECOVERY_TIMEOUT).until(() -> proxiedClient.freshJoins() == 1 && proxiedClient.isJoined());
            send(show, "after");
            Stream.of(directNames, proxiedNames)
                    .flatMap(List::stream)
                    .forEach(client -> await(client)
                            .atMost(RECOVERY_TIMEOUT)
                            .until(() -> texts(client).contains("after")));

            for (String client : directNames) {
                assertThat(texts(client)).containsExactly("before", "while disconnected", "after");
                assertThat(clients.received(client, CHAT, "connect"))
                        .as("still connected")
                        .hasSize(1);
            }
            for (String client : proxiedNames) {
                assertThat(texts(client)).containsExactly("before", "after");
                assertThat(history(client)).containsExactly("while disconnected");
            }
            List<String> positions = log(chat).stream()
                    .filter(event -> !event.isMarker())
                    .map(event -> String.valueOf(event.position()))
                    .toList();
            assertThat(positions).hasSize(3);
            await().untilAsserted(() -> assertThat(directClient.received(chat)).isEqualTo(positions));
            await().untilAsserted(() -> assertThat(proxiedClient.received(chat))
                    .containsExactly(positions.getFirst(), positions.getLast()));
            assertThat(proxiedClient.history()).containsExactly("while disconnected");
            assertThat(directClient.closeCodes()).as("still connected").isEmpty();
        }
    }

    /** Limits the reconnect delay to 0.5 s instead of 5 s. */
    private static Map<String, ?> withShortReconnectDelay(Map<String, ?> options) {
        Map<String, Object> all = new HashMap<>(options);
        all.put("reconnectionDelayMax", 500);
        return all;
    }

    private ReconnectingClient jsonClient(HttpClient http, String user, URI gateway) {
        return new ReconnectingClient(http, List.of(gateway), TestSecrets.userToken(user, user), List.of(chat(show)));
    }

    /** Texts of the messages in the history of the latest join. */
    private List<String> history(String client) {
        return clients.received(client, CHAT, "chat:history")
                .getLast()
                .at("/args/0/data/messages")
                .findValuesAsText("message");
    }

    private void open(String client, List<Show> shows, Map<String, ?> options) {
        open(proxy.url(), client, shows, options);
    }

    private void open(URI url, String client, List<Show> shows, Map<String, ?> options) {
        shows.forEach(watched -> logs.putIfAbsent(chat(watched), new ArrayList<>()));
        List<String> keys = shows.stream().map(Show::key).toList();
        clients.watch(client, url, TestSecrets.userToken(client, client), keys, options);
    }

    private void awaitJoined(String client, int rooms) {
        clients.await(client, CHAT, "chat:join-room:success", rooms);
    }

    private void awaitMessage(Show show, String client) {
        await(client + " receives a message")
                .atMost(RECOVERY_TIMEOUT)
                .until(() -> !receivedIds(client, show).isEmpty());
    }

    /** Waits until a client has reconnected, each time with recovery. */
    private void awaitRecovered(String client, int times) {
        await(client + " reconnects")
                .atMost(RECOVERY_TIMEOUT)
                .until(() -> clients.received(client, CHAT, "connect").size() > times);
        assertThat(clients.received(client, CHAT, "connect").stream().skip(1))
                .as("%s recovers", client)
                .allMatch(line -> line.path("recovered").asBoolean());
    }

    /** Compares the messages of a client with the log, from the first received message to the current end. */
    private void assertReceivedAllOf(String client, Show show) {
        List<String> known = loggedIds(show);
        await(client + " receives all").atMost(RECOVERY_TIMEOUT).untilAsserted(() -> {
            List<String> received = receivedIds(client, show);
            assertThat(received).isNotEmpty().doesNotHaveDuplicates();
            List<String> logged = loggedIds(show);
            int start = logged.indexOf(received.getFirst());
            assertThat(received).isEqualTo(logged.subList(start, start + received.size()));
            assertThat(start + received.size()).isGreaterThanOrEqualTo(known.size());
        });
    }

    /** Ids of the messages that a client received in one show, in order. */
    private List<String> receivedIds(String client, Show show) {
        return clients.received(client, CHAT, "chat:message").stream()
                .map(line -> line.at("/args/0/data"))
                .filter(message -> message.path("liveId").asText().equals(show.key()))
                .map(message -> message.path("id").asText())
                .toList();
    }

    private List<String> texts(String client) {
        return clients.received(client, CHAT, "chat:message").stream()
                .map(line -> line.at("/args/0/data/message").asText())
                .toList();
    }

    /** Ids of the messages in a show's log. */
    private List<String> loggedIds(Show show) {
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
        return Objects.requireNonNull(logs.get(room), "the log is read from its start");
    }

    /** Redis keeps 2,000 messages of a room; the test keeps all messages that it has read. */
    private void readLogs() {
        logs.forEach((room, known) -> known.addAll(redis.log(
                room,
                known.isEmpty() ? LOG_START : String.valueOf(known.getLast().position()))));
    }

    /** Starts sending messages at a rate per second; each user stays within the chat's limits. */
    private void startSending(Show show, int perSecond) {
        var unused = scheduler.scheduleAtFixedRate(
                () -> send(show, "message " + sentCount.get()), 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    }

    /** Sends a message to chat-service directly, so that a killed gateway cannot lose it. */
    private void send(Show show, String text) {
        User sender = new User("sender" + sentCount.incrementAndGet() % 400, "Sender", User.Role.USER);
        StreamKey key = new StreamKey(show.key());
        InboxMessage message = new SendChat(
                key,
                sender,
                new ReplyTo("none", "none", null),
                UUID.randomUUID().toString(),
                text,
                null);
        redis.send(Command.XADD, RedisKeys.inbox(ServiceName.CHAT, key.partition()), "*", "m", Json.write(message));
    }
}
