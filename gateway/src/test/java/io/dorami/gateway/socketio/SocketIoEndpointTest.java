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
import io.vertx.mutiny.redis.client.Redis;
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

/** The web client's protocol on one gateway, without the services behind it. */
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

    /** An event as it came: the name, the data, and the offset if there was one. */
    private record ReceivedEvent(String namespace, String name, JsonNode data, String offset) {

        static ReceivedEvent of(String packet) {
            assertThat(packet).startsWith("42");
            String rest = packet.substring(2);
            String namespace = "/";
            if (rest.startsWith("/")) {
                namespace = rest.substring(0, rest.indexOf(','));
                rest = rest.substring(rest.indexOf(',') + 1);
            }
            JsonNode arguments = Json.read(rest, JsonNode.class);
            return new ReceivedEvent(
                    namespace,
                    arguments.path(0).asText(),
                    arguments.path(1),
                    arguments.path(2).asText());
        }
    }

    /** The answer to a CONNECT, and the event that follows it. */
    private record Connected(String sid, String pid, ReceivedEvent greeting) {}

    @Test
    void whoHasNoTokenIsAGuest() {
        RawSocket client = connect();
        ReceivedEvent connected = in(client, "/", "").greeting();
        assertThat(connected.name()).isEqualTo("connected");
        assertThat(connected.data().path("userId").isNull()).isTrue();
        assertThat(connected.data().path("authenticated").asBoolean(true)).isFalse();
        assertThat(connected.offset()).startsWith("platform:all@");

        ReceivedEvent success = in(client, "/streaming", "").greeting();
        assertThat(success.name()).isEqualTo("connection:success");
        assertThat(success.data().path("type").asText()).isEqualTo("connection:success");
        assertThat(success.data().at("/data/authenticated").asBoolean(true)).isFalse();
        assertThat(success.data().at("/data/timestamp").asText()).endsWith("Z");
        assertThat(success.offset()).isEqualTo("-");
    }

    @Test
    void theTokenIsThatOfConnectThenTheHeaderThenTheCookie() {
        String[] headers = {
            "Authorization", "Bearer " + token("header"), "Cookie", "a=b; accessToken=" + token("cookie") + "; c=d"
        };
        RawSocket both = RawSocket.connect(address.getPort(), PATH, headers);
        assertThat(userId(in(both, "/", auth(token("connect"))))).isEqualTo("connect");
        assertThat(userId(in(both, "/streaming", ""))).isEqualTo("header");
        RawSocket cookie = RawSocket.connect(address.getPort(), PATH, headers[2], headers[3]);
        assertThat(userId(in(cookie, "/chat", ""))).isEqualTo("cookie");
    }

    @ParameterizedTest
    @CsvSource({"'', no token provided", "nonsense, invalid token", "expired, jwt expired"})
    void theChatTurnsAwayWhoHasNoValidToken(String token, String message) {
        String sent = token.equals("expired")
                ? AccessToken.of(new User("kim", "Kim", User.Role.USER), Duration.ofMinutes(-5))
                        .sign(TestSecrets.JWT)
                : token;
        RawSocket client = connect().send("40/chat," + (sent.isEmpty() ? "" : auth(sent)));
        assertThat(client.next()).startsWith("40/chat,{\"sid\":").doesNotContain("pid");
        ReceivedEvent error = ReceivedEvent.of(client.next());
        assertThat(error.name()).isEqualTo("error");
        assertThat(error.data().path("type").asText()).isEqualTo("error");
        assertThat(error.data().path("errorCode").asText()).isEqualTo("UNAUTHORIZED");
        assertThat(error.data().path("message").asText()).isEqualTo(message);
        assertThat(client.next()).isEqualTo("41/chat,");

        assertThat(userId(in(client, "/", sent.isEmpty() ? "" : auth(sent)))).isEqualTo("null");
        assertThat(userId(in(client, "/chat", auth(token("kim"))))).isEqualTo("kim");
    }

    @Test
    void anUnknownNamespaceIsRefused() {
        assertThat(connect().send("40/kitchen,").next()).isEqualTo("44/kitchen,{\"message\":\"Invalid namespace\"}");
    }

    @Test
    void whatIsSaidBeforeTheTokenWasReadIsKept() {
        RawSocket client = connect().send("40").send("42[\"join:stream\",{\"streamId\":\"" + key + "\"}]");
        assertThat(client.next()).startsWith("40{");
        assertThat(ReceivedEvent.of(client.next()).name()).isEqualTo("connected");
        assertThat(next(client, "join:stream:success").offset()).contains(shop + "@");
    }

    @Test
    void aMemberOfARoomHearsItUnderBothNamesAndKeepsWhereItIs() {
        RawSocket client = connect();
        in(client, "/", "");
        assertThat(join(client, "/", "join:stream", "streamId").offset()).contains(shop + "@");
        assertThat(join(client, "/", "join:stream", "streamId").name())
                .as("again")
                .isEqualTo("join:stream:success");

        publish(shop, new ProductDeleted(UUID.randomUUID(), 1));
        ReceivedEvent deleted = next(client, "live:product:deleted");
        assertThat(deleted.data().path("type").asText()).isEqualTo("live:product:deleted");
        assertThat(deleted.data().at("/data/productId").asText()).hasSize(36);
        assertThat(deleted.offset()).contains(shop + "@").contains("platform:all@");
    }

    @Test
    void aViewerIsCountedAndHearsTheEnd() {
        RawSocket client = connect();
        in(client, "/streaming", "");
        ReceivedEvent joined = join(client, "/streaming", "stream:viewer:join", "streamKey");
        assertThat(joined.data().at("/data/viewerCount").asInt()).isEqualTo(1);
        assertThat(joined.offset()).startsWith(stream + "@");

        publish(stream, new StreamEnded(key));
        assertThat(next(client, "stream:ended").data().path("streamKey").asText())
                .isEqualTo(key.toString());

        ReceivedEvent left = join(client, "/streaming", "stream:viewer:leave", "streamKey");
        assertThat(left.name()).isEqualTo("stream:viewer:leave:success");
        assertThat(left.offset()).isEqualTo("-");
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
    void aBadRequestIsAnsweredAndTheConnectionStays(String namespace, String event, String code) {
        RawSocket client = connect();
        in(client, namespace, auth(token("kim")));
        client.send((namespace.equals("/") ? "42" : "42" + namespace + ",") + event);
        ReceivedEvent error = ReceivedEvent.of(client.next());
        assertThat(error.name()).isEqualTo("error");
        assertThat(error.namespace()).isEqualTo(namespace);
        assertThat(error.data().path("errorCode").asText()).isEqualTo(code);
        client.send("42" + (namespace.equals("/") ? "" : namespace + ",") + "[\"unknown\",{}]");
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void whoJoinsMoreThanTenTimesInTenSecondsIsTold() {
        RawSocket client = connect();
        in(client, "/", "");
        for (int i = 0; i < 10; i++) {
            assertThat(join(client, "/", "join:stream", "streamId").name()).isEqualTo("join:stream:success");
        }
        assertThat(join(client, "/", "join:stream", "streamId")
                        .data()
                        .path("errorCode")
                        .asText())
                .isEqualTo("RATE_LIMIT_EXCEEDED");
        assertThat(join(client, "/", "leave:stream", "streamId").name())
                .as("another event has a limit of its own")
                .isEqualTo("leave:stream:success");
    }

    @Test
    void whoAsksAgainWhileItsJoinIsUnderWayIsAnsweredOnce() {
        RawSocket client = connect();
        in(client, "/chat", auth(token("kim")));
        String join = "42/chat,[\"chat:join-room\",{\"liveId\":\"" + key + "\"}]";
        client.send(join); // nobody answers here
        await().until(() -> RedisSubscriber.inbox(redis, ServiceName.CHAT, key).size() == 1);
        client.send(join);
        client.send(join);
        client.send("42/chat,[\"chat:leave-room\",{\"liveId\":\"" + key + "\"}]");
        await().untilAsserted(() -> assertThat(RedisSubscriber.inbox(redis, ServiceName.CHAT, key))
                .satisfiesExactly(
                        first -> assertThat(first).contains("JoinChat"),
                        last -> assertThat(last).contains("LeaveChat")));
    }

    @Test
    void anAcknowledgementThatIsAskedForComes() {
        RawSocket client = connect();
        in(client, "/", "");
        client.send("427[\"join:stream\",{\"streamId\":\"" + key + "\"}]");
        assertThat(client.next()).isEqualTo("437[]");
    }

    @Test
    void whenItsTokenRunsOutAVisitorBecomesAGuestAndIsPutOutOfTheChat() {
        String brief = AccessToken.of(new User("kim", "Kim", User.Role.ADMIN), Duration.ofSeconds(3))
                .sign(TestSecrets.JWT);
        RawSocket client = connect();
        in(client, "/", auth(brief));
        in(client, "/streaming", auth(brief));
        in(client, "/chat", auth(brief));
        join(client, "/streaming", "stream:viewer:join", "streamKey");

        ReceivedEvent error = ReceivedEvent.of(client.next());
        assertThat(error.namespace()).isEqualTo("/chat");
        assertThat(error.data().path("message").asText()).isEqualTo("jwt expired");
        assertThat(client.next()).isEqualTo("41/chat,");

        RawSocket another = connect();
        in(another, "/streaming", "");
        assertThat(join(another, "/streaming", "stream:viewer:join", "streamKey")
                        .data()
                        .at("/data/viewerCount")
                        .asInt())
                .as("the one whose token ran out is still one participant")
                .isEqualTo(2);
        client.close();
        another.close();
    }

    @Test
    void whoComesBackGoesOnWhereItWas() {
        RawSocket before = connect();
        Connected first = in(before, "/", "");
        String offset = join(before, "/", "join:stream", "streamId").offset();
        before.close();
        UUID missed = UUID.randomUUID();
        publish(shop, new ProductDeleted(missed, 1));

        RawSocket after = connect();
        Connected again = in(after, "/", back(first.pid(), offset));
        assertThat(again.sid()).isEqualTo(first.sid());
        assertThat(again.pid()).isEqualTo(first.pid());
        assertThat(again.greeting().offset()).isEqualTo(offset);
        ReceivedEvent replayed = next(after, "live:product:deleted");
        assertThat(replayed.data().at("/data/productId").asText()).isEqualTo(missed.toString());

        UUID live = UUID.randomUUID();
        publish(shop, new ProductDeleted(live, 1));
        assertThat(next(after, "live:product:deleted")
                        .data()
                        .at("/data/productId")
                        .asText())
                .isEqualTo(live.toString());
    }

    @Test
    void whosePastIsLostBeginsAnew() {
        RawSocket before = connect();
        Connected first = in(before, "/", "");
        String offset = join(before, "/", "join:stream", "streamId").offset();
        before.close();
        String stale = offset.replaceAll(shop + "@[0-9]+", shop + "@17");

        RawSocket after = connect();
        Connected again = in(after, "/", back(first.pid(), stale));
        assertThat(again.sid()).isNotEqualTo(first.sid());
        assertThat(again.pid()).isNotEqualTo(first.pid());
        assertThat(again.greeting().offset()).as("overwrites the stale one").doesNotContain(shop.toString());
        publish(shop, new ProductDeleted(UUID.randomUUID(), 1));
        assertThat(join(after, "/", "join:stream", "streamId").name())
                .as("it is in no room")
                .isEqualTo("join:stream:success");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "chat:k@1-0", "shop:k@x", "shop:k", "admins:all@1-0"})
    void anOffsetThatCannotBeItsOwnMeansBeginningAnew(String offset) {
        Connected first = in(connect(), "/", "");
        assertThat(in(connect(), "/", back(first.pid(), offset)).sid()).isNotEqualTo(first.sid());
    }

    @Test
    void nobodyGoesOnAsSomebodyElse() {
        Connected guest = in(connect(), "/", "");
        String offset = guest.greeting().offset();
        assertThat(in(connect(), "/", back(guest.pid(), offset)).sid()).isEqualTo(guest.sid());
        assertThat(in(connect(), "/", back(guest.pid() + "A", offset)).sid()).isNotEqualTo(guest.sid());
        assertThat(in(connect(), "/streaming", back(guest.pid(), "-")).sid()).isNotEqualTo(guest.sid());
        String asKim =
                "{\"token\":\"%s\",\"pid\":\"%s\",\"offset\":\"%s\"}".formatted(token("kim"), guest.pid(), offset);
        assertThat(in(connect(), "/", asKim).sid()).isNotEqualTo(guest.sid());
    }

    @Test
    void onlySitesThatAreListedMayConnectForTheirVisitors() {
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
    void aClientThatPollsDoesTheSame() {
        RawEngineClient client = RawEngineClient.poll(address.getPort(), PATH);
        client.post("40\u001e40/streaming,").join();
        StringBuilder heard = new StringBuilder();
        while (!heard.toString().contains("connected") || !heard.toString().contains("connection:success")) {
            heard.append('\u001e').append(client.next());
        }
        client.post("42/streaming,[\"stream:viewer:join\",{\"streamKey\":\"" + key + "\"}]")
                .join();
        while (!heard.toString().contains("stream:viewer:join:success")) {
            heard.append('\u001e').append(client.next());
        }
        assertThat(List.of(heard.substring(1).split("\u001e"))).allMatch(packet -> packet.startsWith("4"));
        client.post("1").join();
    }

    private RawSocket connect() {
        return RawSocket.connect(address.getPort(), PATH);
    }

    private static Connected in(RawSocket client, String namespace, String credentials) {
        String head = namespace.equals("/") ? "40" : "40" + namespace + ",";
        client.send(head + credentials);
        String answer = client.next();
        assertThat(answer).startsWith(head + "{");
        JsonNode data = Json.read(answer.substring(head.length()), JsonNode.class);
        ReceivedEvent greeting = ReceivedEvent.of(client.next());
        assertThat(greeting.namespace()).isEqualTo(namespace);
        return new Connected(data.path("sid").asText(), data.path("pid").asText(), greeting);
    }

    /** Asks to join or leave this test's room; the answer to it, without what the room says meanwhile. */
    private ReceivedEvent join(RawSocket client, String namespace, String event, String field) {
        String head = namespace.equals("/") ? "42" : "42" + namespace + ",";
        client.send(head + "[\"" + event + "\",{\"" + field + "\":\"" + key + "\"}]");
        ReceivedEvent heard = ReceivedEvent.of(client.next());
        while (!heard.name().startsWith(event) && !heard.name().equals("error")) {
            heard = ReceivedEvent.of(client.next());
        }
        return heard;
    }

    /** The next event of this name; who came and how many there are is said in between. */
    private static ReceivedEvent next(RawSocket client, String name) {
        ReceivedEvent heard = ReceivedEvent.of(client.next());
        while (!heard.name().equals(name)) {
            assertThat(heard.name()).isIn("user:joined", "user:left", "stream:viewer:update");
            heard = ReceivedEvent.of(client.next());
        }
        return heard;
    }

    private void publish(RoomId room, RoomEvent event) {
        bus.publish(RedisKeys.roomEvents(room), event).await().atMost(Duration.ofSeconds(5));
    }

    private static String userId(Connected connected) {
        JsonNode data = connected.greeting().data();
        return (data.has("data") ? data.path("data") : data).path("userId").asText();
    }

    private static String auth(String token) {
        return "{\"token\":\"" + token + "\"}";
    }

    private static String back(String pid, String offset) {
        return "{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"}";
    }

    private static String token(String user) {
        return TestSecrets.user(user, user);
    }
}
