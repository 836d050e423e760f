package io.dorami.gateway.auth;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.events.RoomEvent.OrderPaid;
import io.dorami.contracts.events.RoomEvent.StreamEnded;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import io.dorami.signing.AccessToken;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the end of a session on an open connection, and its renewal. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class AuthenticatedConnectionsTest {

    @TestHTTPResource("/ws")
    URI http;

    @Inject
    EventBus bus;

    @Inject
    Redis redis;

    @Inject
    AuthenticatedConnections authenticatedConnections;

    private final String user = UUID.randomUUID().toString();
    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId stream = new RoomId(RoomType.STREAM, key);

    @AfterEach
    void enableKeyNotifications() {
        configureNotifications("K$");
    }

    @Test
    void expiredTokenDowngradesToGuestAndNewTokenRestoresUser() {
        try (JsonTestClient kim = JsonTestClient.connect(socket(), token(Duration.ofSeconds(2)))) {
            kim.join(stream.toString());
            assertThat(kim.await("error").at("/data/message").asText()).isEqualTo("jwt expired");

            assertThat(joinPrivateChat(kim)).isEqualTo("no token provided: sign in to join chat:private-k");
            bus.publish(RedisKeys.roomKeys(stream), new StreamEnded(key))
                    .await()
                    .indefinitely();
            kim.await("stream:ended");

            kim.sendRequest(
                    new ClientRequest.Hello("again", ClientRequest.PROTOCOL_VERSION, token(Duration.ofHours(1))));
            assertThat(kim.await(frame -> frame.path("replyTo").asText().equals("again"), "the renewal")
                            .at("/data/authenticated")
                            .asBoolean())
                    .isTrue();
        }
    }

    @Test
    void expiredHandshakeTokenClosesConnection() throws Exception {
        CompletableFuture<Integer> closeCode = new CompletableFuture<>();
        WebSocket page = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Cookie", "accessToken=" + token(Duration.ofSeconds(2)))
                .buildAsync(socket(), new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
                        closeCode.complete(code);
                        return null;
                    }
                })
                .join();
        page.sendText("{\"type\":\"hello\",\"version\":1}", true).join();
        assertThat(closeCode.get(10, SECONDS)).isEqualTo(1012);
    }

    @Test
    void adminWhoBecomesUserLeavesAdminRoom() {
        User admin = new User(user, "Kim", User.Role.ADMIN);
        String adminToken = AccessToken.of(admin, Duration.ofHours(1)).sign(TestSecrets.JWT);
        try (JsonTestClient kim = JsonTestClient.connect(socket(), adminToken)) {
            kim.sendRequest(
                    new ClientRequest.Hello("user", ClientRequest.PROTOCOL_VERSION, token(Duration.ofHours(1))));
            kim.await(frame -> frame.path("replyTo").asText().equals("user"), "the renewal");
            bus.publish(RedisKeys.roomKeys(RoomId.ADMINS), new OrderPaid("o1", "u1", List.of(), Instant.now()))
                    .await()
                    .indefinitely();
            kim.join(stream.toString());
            bus.publish(RedisKeys.roomKeys(stream), new StreamEnded(key))
                    .await()
                    .indefinitely();
            kim.await("stream:ended");
            assertThat(kim.framesOf("order:paid")).isEmpty();
        }
    }

    @Test
    void tokenOfAnotherUserIsRejected() {
        try (JsonTestClient kim = JsonTestClient.connect(socket(), token(Duration.ofHours(1)))) {
            kim.sendRequest(new ClientRequest.Hello(
                    "lee", ClientRequest.PROTOCOL_VERSION, TestSecrets.userToken("lee", "Lee")));
            assertThat(kim.await("error").at("/data/errorCode").asText()).isEqualTo("FORBIDDEN");
            kim.join(stream.toString());
        }
    }

    @Test
    void suspendedUserIsSignedOutEverywhereWithinOneSecond() {
        try (JsonTestClient first = JsonTestClient.connect(socket(), token(Duration.ofHours(1)));
                JsonTestClient second = JsonTestClient.connect(socket(), token(Duration.ofHours(1)));
                JsonTestClient other = JsonTestClient.connect(socket(), TestSecrets.userToken("other", "Other"))) {
            Stream.of(first, second, other).forEach(client -> client.await("welcome"));
            set(RedisKeys.suspended(user));
            for (JsonTestClient client : List.of(first, second)) {
                await().atMost(1, SECONDS).until(() -> !client.framesOf("error").isEmpty());
                assertThat(client.await("error").at("/data/message").asText()).isEqualTo("account is suspended");
            }
            other.join(stream.toString());
            assertThat(other.framesOf("error")).isEmpty();
        }
    }

    @Test
    void revokedUserIsSignedOutWithoutKeyNotifications() {
        configureNotifications("");
        try (JsonTestClient kim = JsonTestClient.connect(socket(), token(Duration.ofHours(1)))) {
            kim.await("welcome");
            set(RedisKeys.blacklist(user));
            await().atMost(3, SECONDS).until(() -> !kim.framesOf("error").isEmpty());
            assertThat(kim.await("error").at("/data/message").asText()).isEqualTo("token has been revoked");
        }
    }

    @Test
    void connectionsPerUserAreLimited() {
        List<JsonTestClient> clients =
                Stream.generate(this::connectWithHello).limit(50).toList();
        clients.forEach(client -> client.await("welcome"));
        try (JsonTestClient additional = connectWithHello()) {
            assertThat(additional.await("error").at("/data/errorCode").asText()).isEqualTo("RATE_LIMIT_EXCEEDED");
            assertThat(additional.closeCode()).isEqualTo(1008);
        }
        clients.getFirst().close();
        await("released connection").until(() -> {
            try (JsonTestClient replacement = connectWithHello()) {
                return replacement
                        .await(frame -> true, "a reply")
                        .path("event")
                        .asText()
                        .equals("welcome");
            }
        });
        clients.forEach(JsonTestClient::close);
    }

    private JsonTestClient connectWithHello() {
        JsonTestClient client = JsonTestClient.connect(socket());
        client.sendRequest(new ClientRequest.Hello(null, ClientRequest.PROTOCOL_VERSION, token(Duration.ofHours(1))));
        return client;
    }

    private String token(Duration lifetime) {
        return AccessToken.of(new User(user, "Kim", User.Role.USER), lifetime).sign(TestSecrets.JWT);
    }

    private static String joinPrivateChat(JsonTestClient client) {
        client.sendRequest(new ClientRequest.Join("chat", RoomId.parse("chat:private-k"), null));
        return client.await(frame -> frame.path("replyTo").asText().equals("chat"), "the rejection")
                .at("/data/message")
                .asText();
    }

    private void set(String key) {
        redis.send(Request.cmd(Command.SET).arg(key).arg("1").arg("EX").arg(60))
                .await()
                .indefinitely();
    }

    private void configureNotifications(String notifications) {
        redis.send(Request.cmd(Command.CONFIG)
                        .arg("SET")
                        .arg("notify-keyspace-events")
                        .arg(notifications))
                .await()
                .indefinitely();
        authenticatedConnections.onNoticesSubscribed();
    }

    private URI socket() {
        return URI.create(http.toString().replaceFirst("^http", "ws"));
    }
}
