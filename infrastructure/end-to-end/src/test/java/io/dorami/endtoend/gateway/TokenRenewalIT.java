package io.dorami.endtoend.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ChatCommand.SendChat;
import io.dorami.contracts.commands.InboxMessage;
import io.dorami.contracts.commands.ReplyTo;
import io.dorami.contracts.events.Delivery;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.endtoend.clients.WebClients;
import io.dorami.endtoend.system.GatewayProcess;
import io.dorami.endtoend.system.RedisInspector;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.signing.AccessToken;
import io.dorami.testing.FaultProxy;
import io.dorami.testing.TestSecrets;
import io.vertx.mutiny.redis.client.Command;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pages whose token runs out while they watch, again and again, with the unmodified socket.io-client. */
@ExtendWith(RunningSystem.Resolver.class)
class TokenRenewalIT {

    private static final String CHAT = "/chat";
    private static final String STREAMING = "/streaming";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Time from the end of a token to the end of the next one; a reconnect takes up to 4 s of it. */
    private static final Duration TOKEN_INTERVAL = Duration.ofSeconds(7);

    /** 1 renewal; 3 with {@code -Dfaults}, which take 20 s longer. */
    private static final int RENEWALS = System.getProperty("faults") == null ? 1 : 3;

    private static final String LOG_START = "0-0";

    private final RunningSystem system;
    private final Show show;
    private final RoomId chat;
    private final RedisInspector redis;
    private final LoadPublisher orders;
    private final WebClients clients = WebClients.start();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger sentCount = new AtomicInteger();

    /** End of each client's newest token. */
    private final Map<String, Instant> tokenEnds = new HashMap<>();

    TokenRenewalIT(RunningSystem system) {
        this.system = system;
        this.show = system.newShow(TestSecrets.userToken("seller", "Seller"), "A whole evening");
        this.chat = new RoomId(RoomType.CHAT, new StreamKey(show.key()));
        this.redis = new RedisInspector(system.redisPort());
        this.orders = new LoadPublisher(system.redisPort());
    }

    @AfterEach
    void stop() {
        scheduler.shutdownNow();
        clients.close();
        orders.close();
        redis.close();
    }

    @Test
    void websocketClientsMissNothingAcrossGateways() {
        try (GatewayProcess first = system.newGateway();
                GatewayProcess second = system.newGateway();
                FaultProxy proxy = new FaultProxy(first.port())) {
            first.start();
            second.start();
            first.awaitReady();
            second.awaitReady();
            renewTokens(
                    "websocket",
                    proxy.url(),
                    renewal -> proxy.setTarget(renewal % 2 == 0 ? first.port() : second.port()));
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "faults", matches = ".*")
    void pollingClientsMissNothing() {
        renewTokens("polling", system.url("/"), renewal -> {});
    }

    @Test
    void restRejectsTokenFiveSecondsAfterItsEnd() {
        assertThat(statusOfOrders(Instant.now().plusSeconds(60))).isEqualTo(200);
        assertThat(statusOfOrders(Instant.now().minusSeconds(5))).isEqualTo(401);
    }

    private int statusOfOrders(Instant tokenEnd) {
        User kim = new User("kim", "Kim", User.Role.USER);
        AccessToken token = new AccessToken(kim, "kim@example.com", tokenEnd.minusSeconds(600), tokenEnd);
        return system.call("GET", "/api/orders", token.sign(TestSecrets.JWT), null)
                .status();
    }

    /** Chooses the gateway of the connection after a renewal. */
    @FunctionalInterface
    private interface GatewayChoice {
        void select(int renewal);
    }

    /** Lets the tokens of a user and an admin run out several times, the last time before the cookie is renewed. */
    private void renewTokens(String transport, URI url, GatewayChoice gateways) {
        String kim = "kim-" + transport;
        String admin = "admin-" + transport;
        String observer = "observer-" + transport;
        clients.watch(
                observer,
                system.url("/"),
                TestSecrets.userToken(observer, "Lee"),
                List.of(show.key()),
                Map.of("transports", List.of("websocket")));
        clients.await(observer, CHAT, "chat:join-room:success");
        for (String client : List.of(kim, admin)) {
            clients.watchWithCookie(client, url, nextToken(client), show.key(), List.of(transport));
            clients.await(client, CHAT, "chat:join-room:success");
            clients.await(client, STREAMING, "stream:viewer:join:success");
        }
        await().atMost(TIMEOUT).until(() -> latestViewerCount(observer) == 3);
        int countsBefore = viewerCounts(observer).size();
        var unused = scheduler.scheduleAtFixedRate(this::sendMessage, 0, 50, TimeUnit.MILLISECONDS);
        orders.startPublishing(RoomId.ADMINS, Delivery.RELIABLE, 10);

        for (int renewal = 1; renewal <= RENEWALS; renewal++) {
            gateways.select(renewal);
            for (String client : List.of(kim, admin)) {
                clients.setCookie(client, nextToken(client));
            }
            for (String client : List.of(kim, admin)) {
                for (String namespace : List.of(CHAT, "/", STREAMING)) {
                    assertThat(clients.await(client, namespace, "connect", renewal + 1)
                                    .path("recovered")
                                    .asBoolean())
                            .as("%s resumes in %s after renewal %d", client, namespace, renewal)
                            .isTrue();
                }
            }
        }
        assertThat(clients.received(kim, CHAT, "error")).isEmpty();
        assertThat(viewerCounts(observer).stream().skip(countsBefore))
                .as("viewer counts during the renewals")
                .allMatch(count -> count == 3);
        assertReceivedEachOnce(admin, "/", "test:event", "/args/0/data/n");

        clients.setCookie(
                admin, AccessToken.of(new User(admin, admin, User.Role.ADMIN)).sign(TestSecrets.JWT));
        clients.setRefreshedCookie(kim, TestSecrets.userToken(kim, kim));
        gateways.select(RENEWALS + 1);
        clients.await(kim, CHAT, "error", 1);
        await("Kim is back with the renewed cookie")
                .atMost(TIMEOUT)
                .until(() -> clients.received(kim, CHAT, "connect").size() == RENEWALS + 3
                        && clients.received(kim, CHAT, "connection:success").size() == RENEWALS + 2);
        assertThat(clients.received(kim, CHAT, "error"))
                .singleElement()
                .satisfies(error ->
                        assertThat(error.at("/args/0/message").asText()).isEqualTo("jwt expired"));
        assertThat(clients.received(kim, CHAT, "connect").stream()
                        .map(line -> line.path("id").asText())
                        .distinct())
                .as("socket ids")
                .hasSize(1);

        int sentWhenBack = sentCount.get();
        await("messages after the return")
                .atMost(TIMEOUT)
                .until(() -> messageIds(kim).size() > 0 && sentCount.get() > sentWhenBack + 20);
        scheduler.close();
        for (String client : List.of(kim, observer)) {
            assertReceivedAllMessages(client);
        }
        assertThat(clients.received(observer, CHAT, "chat:user-left"))
                .as("leaves that the room received")
                .isEmpty();
    }

    /** Creates a token that ends one interval after the client's previous token. */
    private String nextToken(String user) {
        Instant end = tokenEnds.getOrDefault(user, Instant.now()).plus(TOKEN_INTERVAL);
        tokenEnds.put(user, end);
        User.Role role = user.startsWith("admin") ? User.Role.ADMIN : User.Role.USER;
        return AccessToken.of(new User(user, user, role), Duration.between(Instant.now(), end))
                .sign(TestSecrets.JWT);
    }

    /** Checks that the numbers in the events of a name are a sequence without gaps and repeats. */
    private void assertReceivedEachOnce(String client, String namespace, String event, String number) {
        List<Integer> numbers = clients.received(client, namespace, event).stream()
                .map(line -> line.at(number).asInt())
                .toList();
        assertThat(numbers)
                .as("%s of %s", event, client)
                .isNotEmpty()
                .isEqualTo(IntStream.rangeClosed(numbers.getFirst(), numbers.getLast())
                        .boxed()
                        .toList());
    }

    /** Compares the messages of a client with the log, from the client's first message to the last one. */
    private void assertReceivedAllMessages(String client) {
        await(client + " receives all").atMost(TIMEOUT).untilAsserted(() -> {
            List<String> logged = redis.log(chat, LOG_START).stream()
                    .filter(event -> event.name().equals("chat:message"))
                    .map(EventFrame::data)
                    .map(data -> Json.read(data, JsonNode.class).path("id").asText())
                    .toList();
            List<String> received = messageIds(client);
            assertThat(received).isNotEmpty();
            assertThat(received).isEqualTo(logged.subList(logged.indexOf(received.getFirst()), logged.size()));
        });
    }

    private List<String> messageIds(String client) {
        return clients.received(client, CHAT, "chat:message").stream()
                .map(line -> line.at("/args/0/data/id").asText())
                .toList();
    }

    private List<Integer> viewerCounts(String client) {
        return clients.received(client, STREAMING, "stream:viewer:update").stream()
                .map(line -> line.at("/args/0/data/viewerCount").asInt())
                .toList();
    }

    private int latestViewerCount(String client) {
        List<Integer> counts = viewerCounts(client);
        return counts.isEmpty() ? 0 : counts.getLast();
    }

    /** Sends a message to chat-service directly; each sender stays within the chat's limits. */
    private void sendMessage() {
        int number = sentCount.incrementAndGet();
        InboxMessage message = new SendChat(
                chat.key(),
                new User("sender" + number % 100, "Sender", User.Role.USER),
                new ReplyTo("none", "none", null),
                UUID.randomUUID().toString(),
                "message " + number,
                null);
        redis.send(
                Command.XADD, RedisKeys.inbox(ServiceName.CHAT, chat.key().partition()), "*", "m", Json.write(message));
    }
}
