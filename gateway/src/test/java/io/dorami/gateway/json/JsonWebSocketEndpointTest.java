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

/** The JSON protocol on one gateway, without the services behind it. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class JsonWebSocketEndpointTest {

    @TestHTTPResource("/ws")
    URI http;

    @Inject
    EventBus bus;

    @Inject
    MeterRegistry registry;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());

    @Test
    void aTokenSaysWhoItIs() {
        try (JsonTestClient kim = JsonTestClient.connect(socket(), TestSecrets.user("u1", "Kim"));
                JsonTestClient guest = JsonTestClient.connect(socket(), null)) {
            assertThat(kim.await("welcome").at("/data/userId").asText()).isEqualTo("u1");
            assertThat(guest.await("welcome").at("/data/authenticated").asBoolean())
                    .isFalse();
        }
    }

    @Test
    void aTokenThatDoesNotHoldEndsTheConnection() {
        try (JsonTestClient client = JsonTestClient.connect(socket())) {
            client.send("{\"type\":\"hello\",\"version\":1,\"token\":\"nonsense\"}");
            assertThat(client.await("error").at("/data/errorCode").asText()).isEqualTo("UNAUTHORIZED");
            assertThat(client.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void anotherVersionOfTheProtocolIsRefused() {
        try (JsonTestClient client = JsonTestClient.connect(socket())) {
            client.send("{\"type\":\"hello\",\"version\":2}");
            assertThat(client.await("error").at("/data/errorCode").asText()).isEqualTo("UNSUPPORTED_VERSION");
            assertThat(client.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void whatIsSentBeforeTheHelloIsAnsweredIsNotLost() {
        try (JsonTestClient client = JsonTestClient.connect(socket())) {
            client.send("{\"type\":\"hello\",\"version\":1,\"token\":\"" + TestSecrets.user("u1", "Kim") + "\"}");
            client.send("{\"type\":\"join\",\"id\":\"1\",\"room\":\"shop:" + key + "\"}");
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
                "UNAUTHORIZED | {\"type\":\"join\",\"room\":\"chat:k\"}",
                "FORBIDDEN | {\"type\":\"hello\",\"version\":1}",
            })
    void aBadFrameIsAnsweredAndTheConnectionStays(String code, String frame) {
        try (JsonTestClient guest = JsonTestClient.connect(socket(), null)) {
            guest.send(frame);
            assertThat(guest.await("error").at("/data/errorCode").asText()).isEqualTo(code);
            guest.join("shop:" + key);
        }
    }

    @Test
    void onlyAMemberSends() {
        try (JsonTestClient kim = JsonTestClient.connect(socket(), TestSecrets.user("u1", "Kim"))) {
            JsonNode answer = kim.say("chat:" + key, "Hi", null);
            assertThat(answer.at("/data/errorCode").asText()).isEqualTo("NOT_A_MEMBER");
        }
    }

    @Test
    void aFrameOverTheBoundClosesTheConnection() {
        try (JsonTestClient guest = JsonTestClient.connect(socket(), null)) {
            guest.send("x".repeat(20_000));
            assertThat(guest.closeCode()).isEqualTo(1009);
        }
    }

    @Test
    void aRoomHearsWhatIsPublishedAndOthersDoNot() {
        RoomId room = new RoomId(RoomType.STREAM, key);
        StreamKey elsewhere = new StreamKey(UUID.randomUUID().toString());
        try (JsonTestClient here = JsonTestClient.connect(socket(), null);
                JsonTestClient there = JsonTestClient.connect(socket(), null)) {
            here.join(room.toString());
            there.join("stream:" + elsewhere);
            bus.publish(RedisKeys.roomEvents(room), new StreamEnded(key))
                    .await()
                    .indefinitely();
            bus.publish(RedisKeys.roomEvents(new RoomId(RoomType.STREAM, elsewhere)), new StreamEnded(elsewhere))
                    .await()
                    .indefinitely();
            assertThat(here.await("stream:ended").path("offset").asText()).matches("\\d+-\\d+");
            assertThat(there.await("stream:ended").at("/data/streamKey").asText())
                    .isEqualTo(elsewhere.value());
            assertThat(there.heard("stream:ended")).hasSize(1);
        }
    }

    @Test
    void oneWhoLeftHearsNoMore() {
        RoomId room = new RoomId(RoomType.STREAM, key);
        try (JsonTestClient stays = JsonTestClient.connect(socket(), null);
                JsonTestClient leaves = JsonTestClient.connect(socket(), null)) {
            stays.join(room.toString());
            leaves.join(room.toString()).join("shop:" + key);
            leaves.send("{\"type\":\"leave\",\"room\":\"" + room + "\"}");
            leaves.await("stream:viewer:leave:success");
            bus.publish(RedisKeys.roomEvents(room), new ViewerCountChanged(key, 9, Instant.now()))
                    .await()
                    .indefinitely();
            stays.await(frame -> frame.path("data").path("viewerCount").asInt() == 9, "the count");
            bus.publish(RedisKeys.roomEvents(RoomId.parse("shop:" + key)), new ProductDeleted(UUID.randomUUID(), 1))
                    .await()
                    .indefinitely();
            leaves.await("live:product:deleted");
            assertThat(leaves.heard("stream:viewer:update"))
                    .as("its own, on joining")
                    .hasSize(1);
        }
    }

    @Test
    void tabsOfOneUserAreOneViewer() {
        String kim = TestSecrets.user(UUID.randomUUID().toString(), "Kim");
        try (JsonTestClient first = JsonTestClient.connect(socket(), kim);
                JsonTestClient guest = JsonTestClient.connect(socket(), null)) {
            first.join("stream:" + key);
            JsonTestClient second = JsonTestClient.connect(socket(), kim).join("stream:" + key);
            assertThat(count(second)).isEqualTo(1);
            second.close();
            guest.join("stream:" + key);
            assertThat(count(guest)).isEqualTo(2);
        }
    }

    @Test
    void aClientThatStopsReadingIsClosedAndTheOthersHearOn() {
        RoomId room = new RoomId(RoomType.STREAM, key);
        Counter slow = registry.counter("dorami.gateway.closed", "code", "TRY_AGAIN_LATER");
        double before = slow.count();
        try (JsonTestClient reads = JsonTestClient.connect(socket(), null)) {
            reads.join(room.toString());
            WebSocket stalled = stalledIn(room);
            StreamStarted large = new StreamStarted(key, "x".repeat(20_000), Instant.now());
            int said = 0;
            while (slow.count() == before) { // how much the socket buffers of both ends hold is up to the kernel
                bus.publish(RedisKeys.roomEvents(room), large).await().indefinitely();
                assertThat(++said).as("of 20 KB, while nobody was closed").isLessThan(5_000);
            }
            for (int i = 0; i < 20; i++) { // 400 KB: the reader's queue holds 1 MB, however late it is
                bus.publish(RedisKeys.roomEvents(room), large).await().indefinitely();
            }
            int all = said + 20;
            await().until(() -> reads.heard("stream:started").size() == all);
            assertThat(slow.count()).as("closed").isEqualTo(before + 1);
            stalled.abort();
        }
    }

    @Test
    void whoComesBackGoesOnFromWhereItWas() {
        RoomId room = new RoomId(RoomType.SHOP, key);
        try (JsonTestClient stays = JsonTestClient.connect(socket(), null);
                JsonTestClient leaves = JsonTestClient.connect(socket(), null)) {
            stays.join(room.toString());
            leaves.join(room.toString());
            String offset = leaves.await("join:stream:success").path("offset").asText();
            leaves.close();
            for (int i = 0; i < 500; i++) { // more than are kept in memory
                bus.publish(RedisKeys.roomEvents(room), new ProductSoldOut(UUID.randomUUID(), 1))
                        .await()
                        .indefinitely();
            }
            await().until(() -> soldOut(stays).size() == 500);
            try (JsonTestClient back = JsonTestClient.connect(socket(), null)) {
                back.send("{\"type\":\"join\",\"room\":\"" + room + "\",\"since\":\"" + offset + "\"}");
                JsonNode success = back.await("join:stream:success");
                assertThat(success.path("recovered").asBoolean()).isTrue();
                assertThat(success.path("offset").asText())
                        .isEqualTo(soldOut(stays).getLast().path("offset").asText());
                assertThat(soldOut(back)).isEqualTo(soldOut(stays));
                bus.publish(RedisKeys.roomEvents(room), new ProductDeleted(UUID.randomUUID(), 1))
                        .await()
                        .indefinitely();
                back.await("live:product:deleted");
                assertThat(soldOut(back)).hasSize(500);
            }
        }
    }

    private static List<JsonNode> soldOut(JsonTestClient client) {
        return client.heard("live:product:soldout");
    }

    @Test
    void theRoomHearsWhoComesAndWhoLeavesAndEachHearsOfItselfOnce() {
        String room = "shop:" + key;
        try (JsonTestClient first = JsonTestClient.connect(socket(), null).join(room);
                JsonTestClient kim = JsonTestClient.connect(socket(), TestSecrets.user("u1", "Kim"))) {
            kim.join(room);
            first.await(frame -> isAbout(frame, "user:joined", "u1"), "that Kim came");
            kim.await(frame -> isAbout(frame, "user:joined", "u1"), "that it came itself");
            kim.close();
            JsonNode left = first.await(frame -> isAbout(frame, "user:left", "u1"), "that Kim left");
            assertThat(left.at("/data/streamId").asText()).isEqualTo(key.value());
            assertThat(first.heard("user:joined")).hasSize(2);
        }
    }

    private static boolean isAbout(JsonNode frame, String event, String userId) {
        return frame.path("event").asText().equals(event)
                && frame.at("/data/userId").asText().equals(userId);
    }

    @Test
    void aPositionThatNoLogHasIsAFreshStart() {
        try (JsonTestClient guest = JsonTestClient.connect(socket(), null)) {
            guest.send("{\"type\":\"join\",\"room\":\"shop:" + key + "\",\"since\":\"1795330265125-7\"}");
            JsonNode success = guest.await("join:stream:success");
            assertThat(success.path("recovered").asBoolean(true)).isFalse();
            assertThat(success.path("offset").asText()).matches("\\d+-\\d+");
            guest.send("{\"type\":\"join\",\"room\":\"shop:" + key + "\",\"since\":\"long ago\"}");
            assertThat(guest.await("error").at("/data/errorCode").asText()).isEqualTo("VALIDATION_ERROR");
        }
    }

    /** A client that joins, hears the answer and reads no more. */
    private WebSocket stalledIn(RoomId room) {
        AtomicInteger frames = new AtomicInteger();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(socket(), new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                        if (frames.incrementAndGet() < 2) {
                            webSocket.request(1); // the welcome, then the success
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
    void comingGoingAndComingInOneBreathIsOneViewer() {
        try (JsonTestClient hasty = JsonTestClient.connect(socket(), null);
                JsonTestClient guest = JsonTestClient.connect(socket(), null)) {
            String room = "\"room\":\"stream:" + key + "\"}";
            hasty.send("{\"type\":\"join\"," + room);
            hasty.send("{\"type\":\"leave\"," + room);
            hasty.join("stream:" + key).close();
            await().untilAsserted(() -> {
                guest.send("{\"type\":\"join\",\"id\":\"now\"," + room);
                assertThat(guest.heard("stream:viewer:join:success"))
                        .last()
                        .satisfies(
                                last -> assertThat(last.at("/data/viewerCount").asLong())
                                        .isEqualTo(1));
            });
        }
    }

    @Test
    void aForeignPageMayNotConnect() {
        WebSocket.Builder evil =
                HttpClient.newHttpClient().newWebSocketBuilder().header("Origin", "http://evil.example");
        assertThatThrownBy(() ->
                        evil.buildAsync(socket(), new WebSocket.Listener() {}).join())
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
        WebSocket.Builder known =
                HttpClient.newHttpClient().newWebSocketBuilder().header("Origin", "http://localhost:3000");
        known.buildAsync(socket(), new WebSocket.Listener() {}).join().abort();
    }

    @Test
    void whoSaysNothingIsLetGo() {
        try (JsonTestClient silent = JsonTestClient.connect(socket())) {
            await().atMost(Duration.ofSeconds(20)).until(() -> silent.closeCode() == 1008);
        }
    }

    private static long count(JsonTestClient client) {
        return client.await("stream:viewer:join:success")
                .at("/data/viewerCount")
                .asLong();
    }

    private URI socket() {
        return URI.create(http.toString().replaceFirst("^http", "ws"));
    }
}
