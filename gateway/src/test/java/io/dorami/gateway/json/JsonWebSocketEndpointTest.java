package io.dorami.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.events.RoomEvent.ProductDeleted;
import io.dorami.contracts.events.RoomEvent.ProductSoldOut;
import io.dorami.contracts.events.RoomEvent.StreamEnded;
import io.dorami.contracts.events.RoomEvent.StreamStarted;
import io.dorami.contracts.events.RoomEvent.ViewerCountChanged;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.gateway.LongMessages;
import io.dorami.service.messaging.EventBus;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON protocol on one gateway, without other services. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class JsonWebSocketEndpointTest {

    @TestHTTPResource("/ws")
    URI httpUri;

    @Inject
    EventBus bus;

    @Inject
    MeterRegistry registry;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());

    @Test
    void tokenIdentifiesUser() {
        try (JsonTestClient kim = JsonTestClient.connect(webSocketUri(), TestSecrets.userToken("u1", "Kim"));
                JsonTestClient guest = JsonTestClient.connect(webSocketUri(), null)) {
            assertThat(kim.await("welcome").at("/data/userId").asText()).isEqualTo("u1");
            assertThat(guest.await("welcome").at("/data/authenticated").asBoolean())
                    .isFalse();
        }
    }

    @Test
    void invalidTokenClosesConnection() {
        try (JsonTestClient client = JsonTestClient.connect(webSocketUri())) {
            client.sendText("{\"type\":\"hello\",\"version\":1,\"token\":\"nonsense\"}");
            assertThat(client.await("error").at("/data/errorCode").asText()).isEqualTo("UNAUTHORIZED");
            assertThat(client.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void unsupportedVersionIsRejected() {
        try (JsonTestClient client = JsonTestClient.connect(webSocketUri())) {
            client.sendText("{\"type\":\"hello\",\"version\":2}");
            assertThat(client.await("error").at("/data/errorCode").asText()).isEqualTo("UNSUPPORTED_VERSION");
            assertThat(client.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void framesBeforeWelcomeAreKept() {
        try (JsonTestClient client = JsonTestClient.connect(webSocketUri())) {
            client.sendText(
                    "{\"type\":\"hello\",\"version\":1,\"token\":\"" + TestSecrets.userToken("u1", "Kim") + "\"}");
            client.sendText("{\"type\":\"join\",\"id\":\"1\",\"room\":\"shop:" + key + "\"}");
            assertThat(client.await("join:stream:success").path("replyTo").asText())
                    .isEqualTo("1");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INVALID_FRAME | nonsense",
                "INVALID_FRAME | []",
                "INVALID_FRAME | null",
                "INVALID_FRAME | {\"type\":\"fly\"}",
                "INVALID_FRAME | {\"type\":\"join\",\"room\":7}",
                "INVALID_ROOM | {\"type\":\"join\",\"room\":\"kitchen:k\"}",
                "VALIDATION_ERROR | {\"type\":\"join\"}",
                "UNAUTHORIZED | {\"type\":\"join\",\"room\":\"chat:private-k\"}",
                "UNAUTHORIZED | {\"type\":\"send\",\"room\":\"chat:k\",\"message\":\"Hi\"}",
                "UNAUTHORIZED | {\"type\":\"delete\",\"room\":\"chat:k\",\"messageId\":\"m\"}",
                "FORBIDDEN | {\"type\":\"hello\",\"version\":1}",
            })
    void badFrameGetsErrorAndConnectionStays(String code, String frame) {
        try (JsonTestClient guest = JsonTestClient.connect(webSocketUri(), null)) {
            guest.sendText(frame);
            assertThat(guest.await("error").at("/data/errorCode").asText()).isEqualTo(code);
            guest.join("shop:" + key);
        }
    }

    @Test
    void nonMemberCannotSend() {
        try (JsonTestClient kim = JsonTestClient.connect(webSocketUri(), TestSecrets.userToken("u1", "Kim"))) {
            JsonNode reply = kim.sendMessage("chat:" + key, "Hi", null);
            assertThat(reply.at("/data/errorCode").asText()).isEqualTo("NOT_A_MEMBER");
        }
    }

    @Test
    void frameOverLimitClosesConnection() {
        try (JsonTestClient guest = JsonTestClient.connect(webSocketUri(), null)) {
            guest.sendText("x".repeat(51_201));
            assertThat(guest.closeCode()).isEqualTo(1009);
        }
    }

    static List<String> longMessages() {
        return List.of(LongMessages.FAMILIES, LongMessages.LONGEST);
    }

    @ParameterizedTest
    @MethodSource("longMessages")
    void longMessageInJsonEscapesIsAccepted(String message) {
        try (JsonTestClient kim = JsonTestClient.connect(webSocketUri(), TestSecrets.userToken("u1", "Kim"))) {
            kim.sendText("{\"type\":\"send\",\"room\":\"chat:%s\",\"message\":\"%s\"}"
                    .formatted(key, LongMessages.escaped(message)));
            assertThat(kim.await("error").at("/data/errorCode").asText()).isEqualTo("NOT_A_MEMBER");
        }
    }

    @Test
    void floodClosesConnection() {
        try (JsonTestClient guest = JsonTestClient.connect(webSocketUri(), null)) {
            for (int i = 0; i < 501; i++) {
                guest.sendText("{\"type\":\"leave\",\"room\":\"shop:k\"}");
            }
            assertThat(guest.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void pathWithLastSlashIsTheSame() {
        try (JsonTestClient guest = JsonTestClient.connect(URI.create(webSocketUri() + "/"), null)) {
            guest.await("welcome");
        }
    }

    @Test
    void eventReachesOnlyItsRoom() {
        RoomId room = new RoomId(RoomType.STREAM, key);
        StreamKey elsewhere = new StreamKey(UUID.randomUUID().toString());
        try (JsonTestClient here = JsonTestClient.connect(webSocketUri(), null);
                JsonTestClient there = JsonTestClient.connect(webSocketUri(), null)) {
            here.join(room.toString());
            there.join("stream:" + elsewhere);
            bus.publish(RedisKeys.roomKeys(room), new StreamEnded(key)).await().indefinitely();
            bus.publish(RedisKeys.roomKeys(new RoomId(RoomType.STREAM, elsewhere)), new StreamEnded(elsewhere))
                    .await()
                    .indefinitely();
            assertThat(here.await("stream:ended").path("offset").asText()).matches("\\d+-\\d+");
            assertThat(there.await("stream:ended").at("/data/streamKey").asText())
                    .isEqualTo(elsewhere.value());
            assertThat(there.framesOf("stream:ended")).hasSize(1);
        }
    }

    @Test
    void clientThatLeftReceivesNoMoreEvents() {
        RoomId room = new RoomId(RoomType.STREAM, key);
        try (JsonTestClient stays = JsonTestClient.connect(webSocketUri(), null);
                JsonTestClient leaves = JsonTestClient.connect(webSocketUri(), null)) {
            stays.join(room.toString());
            leaves.join(room.toString()).join("shop:" + key);
            leaves.sendText("{\"type\":\"leave\",\"room\":\"" + room + "\"}");
            leaves.await("stream:viewer:leave:success");
            bus.publish(RedisKeys.roomKeys(room), new ViewerCountChanged(key, 9, Instant.now()))
                    .await()
                    .indefinitely();
            stays.await(frame -> frame.path("data").path("viewerCount").asInt() == 9, "the count");
            bus.publish(RedisKeys.roomKeys(RoomId.parse("shop:" + key)), new ProductDeleted(UUID.randomUUID(), 1))
                    .await()
                    .indefinitely();
            leaves.await("live:product:deleted");
            assertThat(leaves.framesOf("stream:viewer:update"))
                    .as("only its own, on joining")
                    .hasSize(1);
        }
    }

    @Test
    void tabsOfOneUserAreOneViewer() {
        String kim = TestSecrets.userToken(UUID.randomUUID().toString(), "Kim");
        try (JsonTestClient first = JsonTestClient.connect(webSocketUri(), kim);
                JsonTestClient guest = JsonTestClient.connect(webSocketUri(), null)) {
            first.join("stream:" + key);
            JsonTestClient second = JsonTestClient.connect(webSocketUri(), kim).join("stream:" + key);
            assertThat(viewerCount(second)).isEqualTo(1);
            second.close();
            guest.join("stream:" + key);
            assertThat(viewerCount(guest)).isEqualTo(2);
        }
    }

    @Test
    void stalledClientIsClosedAndOthersContinue() {
        RoomId room = new RoomId(RoomType.STREAM, key);
        Counter slowClients = registry.counter("dorami.gateway.closed", "code", "TRY_AGAIN_LATER");
        double before = slowClients.count();
        try (JsonTestClient reads = JsonTestClient.connect(webSocketUri(), null)) {
            reads.join(room.toString());
            WebSocket stalled = joinAndStall(room);
            StreamStarted large = new StreamStarted(key, "x".repeat(20_000), Instant.now());
            int published = 0;
            while (slowClients.count() == before) { // the kernel decides the size of the socket buffers
                bus.publish(RedisKeys.roomKeys(room), large).await().indefinitely();
                assertThat(++published)
                        .as("events of 20 KB before a client was closed")
                        .isLessThan(5_000);
            }
            for (int i = 0; i < 20; i++) { // 400 KB: fits into the reader's queue of 1 MB
                bus.publish(RedisKeys.roomKeys(room), large).await().indefinitely();
            }
            int total = published + 20;
            await().until(() -> reads.framesOf("stream:started").size() == total);
            assertThat(slowClients.count()).as("closed clients").isEqualTo(before + 1);
            stalled.abort();
        }
    }

    @Test
    void rejoinResumesFromOffset() {
        RoomId room = new RoomId(RoomType.SHOP, key);
        try (JsonTestClient stays = JsonTestClient.connect(webSocketUri(), null);
                JsonTestClient leaves = JsonTestClient.connect(webSocketUri(), null)) {
            stays.join(room.toString());
            leaves.join(room.toString());
            String offset = leaves.await("join:stream:success").path("offset").asText();
            leaves.close();
            for (int i = 0; i < 500; i++) { // more than the gateway keeps in memory
                bus.publish(RedisKeys.roomKeys(room), new ProductSoldOut(UUID.randomUUID(), 1))
                        .await()
                        .indefinitely();
            }
            await().until(() -> soldOut(stays).size() == 500);
            try (JsonTestClient back = JsonTestClient.connect(webSocketUri(), null)) {
                back.sendText("{\"type\":\"join\",\"room\":\"" + room + "\",\"since\":\"" + offset + "\"}");
                JsonNode success = back.await("join:stream:success");
                assertThat(success.path("recovered").asBoolean()).isTrue();
                assertThat(success.path("offset").asText())
                        .isEqualTo(soldOut(stays).getLast().path("offset").asText());
                assertThat(soldOut(back)).isEqualTo(soldOut(stays));
                bus.publish(RedisKeys.roomKeys(room), new ProductDeleted(UUID.randomUUID(), 1))
                        .await()
                        .indefinitely();
                back.await("live:product:deleted");
                assertThat(soldOut(back)).hasSize(500);
            }
        }
    }

    private static List<JsonNode> soldOut(JsonTestClient client) {
        return client.framesOf("live:product:soldout");
    }

    @Test
    void joinsAndLeavesReachEachMemberOnce() {
        String room = "shop:" + key;
        try (JsonTestClient first = JsonTestClient.connect(webSocketUri(), null).join(room);
                JsonTestClient kim = JsonTestClient.connect(webSocketUri(), TestSecrets.userToken("u1", "Kim"))) {
            kim.join(room);
            first.await(frame -> isAbout(frame, "user:joined", "u1"), "join of Kim");
            kim.await(frame -> isAbout(frame, "user:joined", "u1"), "own join");
            kim.close();
            JsonNode left = first.await(frame -> isAbout(frame, "user:left", "u1"), "leave of Kim");
            assertThat(left.at("/data/streamId").asText()).isEqualTo(key.value());
            assertThat(first.framesOf("user:joined")).hasSize(2);
        }
    }

    private static boolean isAbout(JsonNode frame, String event, String userId) {
        return frame.path("event").asText().equals(event)
                && frame.at("/data/userId").asText().equals(userId);
    }

    @Test
    void unknownOffsetJoinsWithoutRecovery() {
        try (JsonTestClient guest = JsonTestClient.connect(webSocketUri(), null)) {
            guest.sendText("{\"type\":\"join\",\"room\":\"shop:" + key + "\",\"since\":\"1795330265125-7\"}");
            JsonNode success = guest.await("join:stream:success");
            assertThat(success.path("recovered").asBoolean(true)).isFalse();
            assertThat(success.path("offset").asText()).matches("\\d+-\\d+");
            guest.sendText("{\"type\":\"join\",\"room\":\"shop:" + key + "\",\"since\":\"long ago\"}");
            assertThat(guest.await("error").at("/data/errorCode").asText()).isEqualTo("VALIDATION_ERROR");
        }
    }

    /** Connects a client that joins, receives the reply and then stops reading. */
    private WebSocket joinAndStall(RoomId room) {
        AtomicInteger frames = new AtomicInteger();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(webSocketUri(), new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                        if (frames.incrementAndGet() < 2) {
                            webSocket.request(1); // welcome, then join success
                        }
                        return null;
                    }
                })
                .join();
        socket.sendText("{\"type\":\"hello\",\"version\":1}", true).join();
        socket.sendText("{\"type\":\"join\",\"room\":\"" + room + "\"}", true).join();
        await().until(() -> frames.get() == 2);
        return socket;
    }

    @Test
    void rapidRejoinCountsOneViewer() {
        try (JsonTestClient rapid = JsonTestClient.connect(webSocketUri(), null);
                JsonTestClient guest = JsonTestClient.connect(webSocketUri(), null)) {
            String room = "\"room\":\"stream:" + key + "\"}";
            rapid.sendText("{\"type\":\"join\"," + room);
            rapid.sendText("{\"type\":\"leave\"," + room);
            rapid.join("stream:" + key).close();
            await().untilAsserted(() -> {
                guest.sendText("{\"type\":\"join\",\"id\":\"now\"," + room);
                assertThat(guest.framesOf("stream:viewer:join:success"))
                        .last()
                        .satisfies(
                                last -> assertThat(last.at("/data/viewerCount").asLong())
                                        .isEqualTo(1));
            });
        }
    }

    @Test
    void foreignOriginIsRejected() {
        WebSocket.Builder foreign =
                HttpClient.newHttpClient().newWebSocketBuilder().header("Origin", "http://evil.example");
        assertThatThrownBy(() -> foreign.buildAsync(webSocketUri(), new WebSocket.Listener() {})
                        .join())
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
        WebSocket.Builder allowed =
                HttpClient.newHttpClient().newWebSocketBuilder().header("Origin", "http://localhost:3000");
        allowed.buildAsync(webSocketUri(), new WebSocket.Listener() {}).join().abort();
    }

    @Test
    void connectionWithoutHelloIsClosed() {
        try (JsonTestClient silent = JsonTestClient.connect(webSocketUri())) {
            await().atMost(Duration.ofSeconds(20)).until(() -> silent.closeCode() == 1008);
        }
    }

    private static long viewerCount(JsonTestClient client) {
        return client.await("stream:viewer:join:success")
                .at("/data/viewerCount")
                .asLong();
    }

    private URI webSocketUri() {
        return URI.create(httpUri.toString().replaceFirst("^http", "ws"));
    }
}
