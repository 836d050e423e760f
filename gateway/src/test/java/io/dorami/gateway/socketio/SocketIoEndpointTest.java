package io.dorami.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.events.RoomEvent;
import io.dorami.contracts.events.RoomEvent.ProductDeleted;
import io.dorami.contracts.events.RoomEvent.StreamEnded;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.LongMessages;
import io.dorami.gateway.socketio.engine.RawEngineClient;
import io.dorami.gateway.socketio.engine.RawEngineClient.RawSocket;
import io.dorami.service.messaging.EventBus;
import io.dorami.signing.AccessToken;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The web client's protocol on one gateway, without other services. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class SocketIoEndpointTest {

    private static final String PATH = "/socket.io/";
    private static final String ORIGIN = "http://localhost:3000";

    @TestHTTPResource("/")
    URI address;

    @Inject
    EventBus bus;

    @Inject
    Redis redis;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId shop = new RoomId(RoomType.SHOP, key);
    private final RoomId stream = new RoomId(RoomType.STREAM, key);

    /** The reply to CONNECT, and the event after the reply. */
    private record Connected(String sid, String pid, ReceivedEvent message) {}

    @Test
    void clientWithoutTokenIsGuest() {
        RawSocket client = connect();
        ReceivedEvent connected = connectTo(client, "/", "").message();
        assertThat(connected.name()).isEqualTo("connected");
        assertThat(connected.data().path("userId").isNull()).isTrue();
        assertThat(connected.data().path("authenticated").asBoolean(true)).isFalse();
        assertThat(connected.offset()).startsWith("platform:all@");

        ReceivedEvent success = connectTo(client, "/streaming", "").message();
        assertThat(success.name()).isEqualTo("connection:success");
        assertThat(success.data().path("type").asText()).isEqualTo("connection:success");
        assertThat(success.data().at("/data/authenticated").asBoolean(true)).isFalse();
        assertThat(success.data().at("/data/timestamp").asText()).endsWith("Z");
        assertThat(success.offset()).isEqualTo("-");
    }

    @Test
    void connectTokenPrecedesHeaderAndCookie() {
        String[] headers = {
            "Authorization", "Bearer " + token("header"), "Cookie", "a=b; accessToken=" + token("cookie") + "; c=d"
        };
        RawSocket withBoth = RawSocket.connect(address.getPort(), PATH, headers);
        assertThat(userId(connectTo(withBoth, "/", tokenCredentials(token("connect")))))
                .isEqualTo("connect");
        assertThat(userId(connectTo(withBoth, "/streaming", ""))).isEqualTo("header");
        RawSocket withCookie = RawSocket.connect(address.getPort(), PATH, headers[2], headers[3]);
        assertThat(userId(connectTo(withCookie, "/chat", ""))).isEqualTo("cookie");
    }

    @ParameterizedTest
    @CsvSource({"'', no token provided", "nonsense, invalid token", "expired, jwt expired"})
    void chatRejectsClientWithoutValidToken(String token, String message) {
        String sentToken = token.equals("expired")
                ? AccessToken.of(new User("kim", "Kim", User.Role.USER), Duration.ofMinutes(-5))
                        .sign(TestSecrets.JWT)
                : token;
        RawSocket client = connect().send("40/chat," + (sentToken.isEmpty() ? "" : tokenCredentials(sentToken)));
        assertThat(client.next()).startsWith("40/chat,{\"sid\":").doesNotContain("pid");
        ReceivedEvent error = ReceivedEvent.of(client.next());
        assertThat(error.name()).isEqualTo("error");
        assertThat(error.data().path("type").asText()).isEqualTo("error");
        assertThat(error.data().path("errorCode").asText()).isEqualTo("UNAUTHORIZED");
        assertThat(error.data().path("message").asText()).isEqualTo(message);
        assertThat(client.next()).isEqualTo("41/chat,");

        assertThat(userId(connectTo(client, "/", sentToken.isEmpty() ? "" : tokenCredentials(sentToken))))
                .isEqualTo("null");
        assertThat(userId(connectTo(client, "/chat", tokenCredentials(token("kim")))))
                .isEqualTo("kim");
    }

    @Test
    void unknownNamespaceIsRejected() {
        assertThat(connect().send("40/kitchen,").next()).isEqualTo("44/kitchen,{\"message\":\"Invalid namespace\"}");
    }

    @Test
    void eventsBeforeAuthenticationAreQueued() {
        RawSocket client = connect().send("40").send("42[\"join:stream\",{\"streamId\":\"" + key + "\"}]");
        assertThat(client.next()).startsWith("40{");
        assertThat(ReceivedEvent.of(client.next()).name()).isEqualTo("connected");
        assertThat(next(client, "join:stream:success").offset()).contains(shop + "@");
    }

    @Test
    void memberReceivesRoomEventsWithOffset() {
        RawSocket client = connect();
        connectTo(client, "/", "");
        assertThat(join(client, "/", "join:stream", "streamId").offset()).contains(shop + "@");
        assertThat(join(client, "/", "join:stream", "streamId").name())
                .as("joined again")
                .isEqualTo("join:stream:success");

        publish(shop, new ProductDeleted(UUID.randomUUID(), 1));
        ReceivedEvent deleted = next(client, "live:product:deleted");
        assertThat(deleted.data().path("type").asText()).isEqualTo("live:product:deleted");
        assertThat(deleted.data().at("/data/productId").asText()).hasSize(36);
        assertThat(deleted.offset()).contains(shop + "@").contains("platform:all@");
    }

    @Test
    void viewerIsCountedAndReceivesStreamEnd() {
        RawSocket client = connect();
        connectTo(client, "/streaming", "");
        ReceivedEvent joined = join(client, "/streaming", "stream:viewer:join", "streamKey");
        assertThat(joined.data().at("/data/viewerCount").asInt()).isEqualTo(1);
        assertThat(joined.offset()).startsWith(stream + "@");

        publish(stream, new StreamEnded(key));
        assertThat(next(client, "stream:ended").data().path("streamKey").asText())
                .isEqualTo(key.toString());

        ReceivedEvent leaveReply = join(client, "/streaming", "stream:viewer:leave", "streamKey");
        assertThat(leaveReply.name()).isEqualTo("stream:viewer:leave:success");
        assertThat(leaveReply.offset()).isEqualTo("-");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/          | [\"join:stream\"]                                       | VALIDATION_ERROR",
                "/          | [\"join:stream\",{\"streamId\":7}]                      | VALIDATION_ERROR",
                "/          | [\"join:stream\",\"text\"]                              | VALIDATION_ERROR",
                "/          | [\"join:stream\",{\"streamId\":\"a b\"}]                | INVALID_STREAM_KEY",
                "/streaming | [\"stream:viewer:join\",{\"streamKey\":null}]           | VALIDATION_ERROR",
                "/chat      | [\"chat:send-message\",{\"liveId\":\"k\"}]              | INVALID_MESSAGE",
                "/chat      | [\"chat:send-message\",{\"liveId\":\"k\",\"message\":\"hi\"}] | NOT_A_MEMBER",
                "/chat      | [\"chat:delete-message\",{\"liveId\":\"k\"}]            | INVALID_MESSAGE_ID",
            })
    void badRequestGetsErrorAndConnectionStays(String namespace, String event, String code) {
        RawSocket client = connect();
        connectTo(client, namespace, tokenCredentials(token("kim")));
        client.send((namespace.equals("/") ? "42" : "42" + namespace + ",") + event);
        ReceivedEvent error = ReceivedEvent.of(client.next());
        assertThat(error.name()).isEqualTo("error");
        assertThat(error.namespace()).isEqualTo(namespace);
        assertThat(error.data().path("errorCode").asText()).isEqualTo(code);
        client.send("42" + (namespace.equals("/") ? "" : namespace + ",") + "[\"unknown\",{}]");
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void joinsOverRateLimitAreRejected() {
        RawSocket client = connect();
        connectTo(client, "/", "");
        for (int i = 0; i < 10; i++) {
            assertThat(join(client, "/", "join:stream", "streamId").name()).isEqualTo("join:stream:success");
        }
        assertThat(join(client, "/", "join:stream", "streamId")
                        .data()
                        .path("errorCode")
                        .asText())
                .isEqualTo("RATE_LIMIT_EXCEEDED");
        assertThat(join(client, "/", "leave:stream", "streamId").name())
                .as("each kind of event has its own limit")
                .isEqualTo("leave:stream:success");
    }

    @Test
    void pathWithoutLastSlashIsTheSame() {
        String path = "/socket.io";
        RawEngineClient polling = RawEngineClient.openPolling(address.getPort(), path);
        polling.post("40").join();
        assertThat(polling.next()).startsWith("40{");
        assertThat(connectTo(RawSocket.connect(address.getPort(), path), "/", "")
                        .message()
                        .name())
                .isEqualTo("connected");
    }

    @Test
    void unknownEventsOverLimitGetOneError() {
        RawSocket guest = connect();
        connectTo(guest, "/", "");
        connectTo(guest, "/streaming", "");
        for (int i = 0; i < 40; i++) {
            guest.send((i % 2 == 0 ? "42" : "42/streaming,") + i + "[\"unknown\",{}]");
        }
        for (int i = 0; i < 20; i++) {
            assertThat(guest.next()).isEqualTo((i % 2 == 0 ? "43" : "43/streaming,") + i + "[]");
        }
        assertThat(ReceivedEvent.of(guest.next()).data().path("errorCode").asText())
                .isEqualTo("RATE_LIMIT_EXCEEDED");
        assertThat(join(guest, "/", "join:stream", "streamId").name())
                .as("next reply")
                .isEqualTo("join:stream:success");
    }

    @Test
    void connectsOverLimitAreRejected() {
        RawSocket guest = connect();
        for (int i = 0; i < 30; i++) {
            connectTo(guest, "/streaming", "");
            guest.send("41/streaming,");
        }
        assertThat(guest.send("40/streaming,").next())
                .startsWith("44/streaming,{\"message\":\"Maximum 30 in 10 s; retry later\"")
                .contains("RATE_LIMIT_EXCEEDED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "421[\"unknown\",{}]    | 421[\"unknown\",{}] | 1008",
                "42[\"join:stream\",{}] | 421[\"unknown\",{}] | 1008",
                "40/kitchen,            | 40/kitchen,         | 1008",
                "40/streaming,          | 41/streaming,       | 1002", // leaves a namespace after its join was rejected
            })
    void floodClosesConnection(String first, String second, int closeCode) {
        RawSocket guest = connect();
        connectTo(guest, "/", "");
        for (int i = 0; i < 251 && guest.isOpen(); i++) {
            guest.send(first).send(second);
        }
        assertThat(guest.closeCode()).isEqualTo(closeCode);
    }

    @Test
    void longestMessageInJsonEscapesIsAccepted() {
        String packet = "42/chat,[\"chat:send-message\",{\"liveId\":\"k\",\"message\":\"%s\"}]"
                .formatted(LongMessages.escaped(LongMessages.LONGEST));
        RawSocket kim = connect();
        connectTo(kim, "/chat", tokenCredentials(token("kim")));
        assertThat(ReceivedEvent.of(kim.send(packet).next())
                        .data()
                        .path("errorCode")
                        .asText())
                .isEqualTo("NOT_A_MEMBER");

        RawEngineClient polling = RawEngineClient.openPolling(address.getPort(), PATH);
        assertThat(polling.post("40/chat," + tokenCredentials(token("kim")) + "\u001e" + packet)
                        .join()
                        .statusCode())
                .isEqualTo(200);
        StringBuilder received = new StringBuilder();
        while (!received.toString().contains("NOT_A_MEMBER")) {
            received.append(polling.next());
        }
    }

    @Test
    void repeatedPendingJoinIsSentOnce() {
        RawSocket client = connect();
        connectTo(client, "/chat", tokenCredentials(token("kim")));
        String join = "42/chat,[\"chat:join-room\",{\"liveId\":\"" + key + "\"}]";
        client.send(join); // no service replies in this test
        await().until(() ->
                RedisSubscriber.inboxMessages(redis, ServiceName.CHAT, key).size() == 1);
        client.send(join);
        client.send(join);
        client.send("42/chat,[\"chat:leave-room\",{\"liveId\":\"" + key + "\"}]");
        await().untilAsserted(() -> assertThat(RedisSubscriber.inboxMessages(redis, ServiceName.CHAT, key))
                .satisfiesExactly(
                        first -> assertThat(first).contains("JoinChat"),
                        last -> assertThat(last).contains("LeaveChat")));
    }

    @Test
    void requestedAcknowledgementIsSent() {
        RawSocket client = connect();
        connectTo(client, "/", "");
        client.send("427[\"join:stream\",{\"streamId\":\"" + key + "\"}]");
        assertThat(client.next()).isEqualTo("437[]");
    }

    @Test
    void reconnectResumesFromOffset() {
        RawSocket before = connect();
        Connected first = connectTo(before, "/", "");
        String offset = join(before, "/", "join:stream", "streamId").offset();
        before.close();
        UUID missedProductId = UUID.randomUUID();
        publish(shop, new ProductDeleted(missedProductId, 1));

        RawSocket after = connect();
        Connected again = connectTo(after, "/", recoveryCredentials(first.pid(), offset));
        assertThat(again.sid()).isEqualTo(first.sid());
        assertThat(again.pid()).isEqualTo(first.pid());
        assertThat(again.message().offset()).isEqualTo(offset);
        ReceivedEvent replayed = next(after, "live:product:deleted");
        assertThat(replayed.data().at("/data/productId").asText()).isEqualTo(missedProductId.toString());

        UUID liveProductId = UUID.randomUUID();
        publish(shop, new ProductDeleted(liveProductId, 1));
        assertThat(next(after, "live:product:deleted")
                        .data()
                        .at("/data/productId")
                        .asText())
                .isEqualTo(liveProductId.toString());
    }

    @Test
    void trimmedLogStartsFreshSession() {
        RawSocket before = connect();
        Connected first = connectTo(before, "/", "");
        String offset = join(before, "/", "join:stream", "streamId").offset();
        before.close();
        String stale = offset.replaceAll(shop + "@[0-9]+", shop + "@17");

        RawSocket after = connect();
        Connected again = connectTo(after, "/", recoveryCredentials(first.pid(), stale));
        assertThat(again.sid()).isNotEqualTo(first.sid());
        assertThat(again.pid()).isNotEqualTo(first.pid());
        assertThat(again.message().offset()).as("replaces the stale offset").doesNotContain(shop.toString());
        publish(shop, new ProductDeleted(UUID.randomUUID(), 1));
        assertThat(join(after, "/", "join:stream", "streamId").name())
                .as("joined no room before")
                .isEqualTo("join:stream:success");
    }

    @Test
    void clientResumesAfterPlatformLogWasLost() {
        redis.send(Request.cmd(Command.DEL)
                        .arg(RedisKeys.roomKeys(RoomId.PLATFORM).log()))
                .await()
                .atMost(Duration.ofSeconds(5));
        redis.send(Request.cmd(Command.CLIENT).arg("KILL").arg("TYPE").arg("pubsub"))
                .await()
                .atMost(Duration.ofSeconds(5));
        await("the gateway has subscribed again").until(() -> {
            RawSocket client = connect();
            Connected first = connectTo(client, "/", "");
            client.close();
            RawSocket again = connect();
            Connected resumed = connectTo(
                    again, "/", recoveryCredentials(first.pid(), first.message().offset()));
            again.close();
            return resumed.sid().equals(first.sid());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "chat:k@1-0", "shop:k@x", "shop:k", "admins:all@1-0"})
    void invalidOffsetStartsFreshSession(String offset) {
        Connected first = connectTo(connect(), "/", "");
        assertThat(connectTo(connect(), "/", recoveryCredentials(first.pid(), offset))
                        .sid())
                .isNotEqualTo(first.sid());
    }

    @Test
    void recoveryTokenIsBoundToItsUser() {
        Connected guest = connectTo(connect(), "/", "");
        String offset = guest.message().offset();
        assertThat(connectTo(connect(), "/", recoveryCredentials(guest.pid(), offset))
                        .sid())
                .isEqualTo(guest.sid());
        assertThat(connectTo(connect(), "/", recoveryCredentials(guest.pid() + "A", offset))
                        .sid())
                .isNotEqualTo(guest.sid());
        assertThat(connectTo(connect(), "/streaming", recoveryCredentials(guest.pid(), "-"))
                        .sid())
                .isNotEqualTo(guest.sid());
        String asKim =
                "{\"token\":\"%s\",\"pid\":\"%s\",\"offset\":\"%s\"}".formatted(token("kim"), guest.pid(), offset);
        assertThat(connectTo(connect(), "/", asKim).sid()).isNotEqualTo(guest.sid());
    }

    @Test
    void onlyAllowedOriginsMayConnect() {
        String poll = "localhost:" + address.getPort() + PATH + "?EIO=4&transport=polling";
        HttpResponse<String> listed = RawEngineClient.send(
                        RawEngineClient.request(poll).header("Origin", ORIGIN))
                .join();
        assertThat(listed.statusCode()).isEqualTo(200);
        assertThat(listed.headers().firstValue("Access-Control-Allow-Origin")).hasValue(ORIGIN);
        assertThat(listed.headers().firstValue("Access-Control-Allow-Credentials"))
                .hasValue("true");
        HttpResponse<String> preflight = RawEngineClient.send(RawEngineClient.request(poll)
                        .header("Origin", ORIGIN)
                        .header("Access-Control-Request-Method", "POST")
                        .header("Access-Control-Request-Headers", "content-type")
                        .method("OPTIONS", BodyPublishers.noBody()))
                .join();
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue(ORIGIN);

        assertThat(RawEngineClient.send(RawEngineClient.request(poll).header("Origin", "http://evil.example"))
                        .join()
                        .statusCode())
                .isEqualTo(403);
        assertThatThrownBy(() -> RawSocket.connect(address.getPort(), PATH, "Origin", "http://evil.example"));
        RawSocket.connect(address.getPort(), PATH, "Origin", ORIGIN).close();
    }

    @Test
    void pollingClientReceivesTheSameEvents() {
        RawEngineClient client = RawEngineClient.openPolling(address.getPort(), PATH);
        client.post("40\u001e40/streaming,").join();
        StringBuilder received = new StringBuilder();
        while (!received.toString().contains("connected")
                || !received.toString().contains("connection:success")) {
            received.append('\u001e').append(client.next());
        }
        client.post("42/streaming,[\"stream:viewer:join\",{\"streamKey\":\"" + key + "\"}]")
                .join();
        while (!received.toString().contains("stream:viewer:join:success")) {
            received.append('\u001e').append(client.next());
        }
        assertThat(List.of(received.substring(1).split("\u001e"))).allMatch(packet -> packet.startsWith("4"));
        client.post("1").join();
    }

    private RawSocket connect() {
        return RawSocket.connect(address.getPort(), PATH);
    }

    private static Connected connectTo(RawSocket client, String namespace, String credentials) {
        String head = namespace.equals("/") ? "40" : "40" + namespace + ",";
        client.send(head + credentials);
        String reply = client.next();
        assertThat(reply).startsWith(head + "{");
        JsonNode data = Json.read(reply.substring(head.length()), JsonNode.class);
        ReceivedEvent message = ReceivedEvent.of(client.next());
        assertThat(message.namespace()).isEqualTo(namespace);
        return new Connected(data.path("sid").asText(), data.path("pid").asText(), message);
    }

    /** Joins or leaves this test's room and returns the reply, without the room events before it. */
    private ReceivedEvent join(RawSocket client, String namespace, String event, String field) {
        String head = namespace.equals("/") ? "42" : "42" + namespace + ",";
        client.send(head + "[\"" + event + "\",{\"" + field + "\":\"" + key + "\"}]");
        ReceivedEvent received = ReceivedEvent.of(client.next());
        while (!received.name().startsWith(event) && !received.name().equals("error")) {
            received = ReceivedEvent.of(client.next());
        }
        return received;
    }

    /** Returns the next event of this name. Joins, leaves and viewer counts before it are skipped. */
    private static ReceivedEvent next(RawSocket client, String name) {
        ReceivedEvent received = ReceivedEvent.of(client.next());
        while (!received.name().equals(name)) {
            assertThat(received.name()).isIn("user:joined", "user:left", "stream:viewer:update");
            received = ReceivedEvent.of(client.next());
        }
        return received;
    }

    private void publish(RoomId room, RoomEvent event) {
        bus.publish(RedisKeys.roomKeys(room), event).await().atMost(Duration.ofSeconds(5));
    }

    private static String userId(Connected connected) {
        JsonNode data = connected.message().data();
        return (data.has("data") ? data.path("data") : data).path("userId").asText();
    }

    private static String tokenCredentials(String token) {
        return "{\"token\":\"" + token + "\"}";
    }

    private static String recoveryCredentials(String pid, String offset) {
        return "{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"}";
    }

    private static String token(String user) {
        return TestSecrets.userToken(user, user);
    }
}
