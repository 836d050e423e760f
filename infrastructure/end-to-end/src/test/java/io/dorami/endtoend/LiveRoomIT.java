package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.keys.RoomId;
import io.dorami.signing.AccessToken;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people in a room see of each other. Each test has rooms of its own. */
@ExtendWith(RunningSystem.Running.class)
class LiveRoomIT {

    private final RunningSystem suite;
    private final String key;
    private final String chat;

    LiveRoomIT(RunningSystem suite) {
        this.suite = suite;
        this.key = newRoom();
        this.chat = "chat:" + key;
    }

    private String newRoom() {
        return suite.newShow(TestSecrets.user("seller", "Seller"), "A room").key();
    }

    @Test
    void aMessageIsHeardInItsRoomAndInNoOther() {
        String otherRoom = "chat:" + newRoom();
        try (JsonTestClient kim = user("kim").join(chat);
                JsonTestClient lee = user("lee").join(chat);
                JsonTestClient park = user("park").join(otherRoom)) {
            kim.say(chat, "hello", null);
            lee.say(chat, "hello Kim", null);
            kim.await("chat:message");
            park.say(otherRoom, "marker", null);

            assertThat(park.await("chat:message").path("room").asText()).isEqualTo(otherRoom);
            assertThat(park.messages()).containsExactly("marker");
            await().untilAsserted(() -> assertThat(kim.messages()).containsExactly("hello", "hello Kim"));
            await().untilAsserted(() -> assertThat(lee.messages()).containsExactly("hello", "hello Kim"));
        }
    }

    @Test
    void aJoinIsAnsweredWithHistoryThenTheRoomHearsThenSuccess() {
        try (JsonTestClient kim = user("kim").join(chat)) {
            kim.say(chat, "before you came", null);
            try (JsonTestClient lee = user("lee").join(chat)) {
                assertThat(lee.events())
                        .containsExactly("welcome", "chat:history", "chat:user-joined", "chat:join-room:success");
                assertThat(kim.await(frame -> joined(frame, "lee"), "Lee's coming")
                                .path("room")
                                .asText())
                        .isEqualTo(chat);

                lee.join(chat);
                lee.say(chat, "marker", null);
                await().untilAsserted(() -> assertThat(kim.messages()).contains("marker"));
                assertThat(kim.heard("chat:user-joined").stream().filter(frame -> joined(frame, "lee")))
                        .as("joining again is heard by nobody")
                        .hasSize(1);
            }
        }
    }

    private static boolean joined(JsonNode frame, String user) {
        return frame.path("event").asText().equals("chat:user-joined")
                && frame.path("data").path("userId").asText().equals(user);
    }

    @Test
    void theHistoryIsTheLastHundredMessagesInTheRoomsOrder() {
        List<JsonTestClient> speakers = IntStream.range(0, 6)
                .mapToObj(i -> user("speaker" + i).join(chat))
                .toList();
        for (int i = 0; i < 20; i++) {
            for (JsonTestClient speaker : speakers) {
                String text = speakers.indexOf(speaker) + "/" + i;
                speaker.request(new ClientRequest.Send(null, RoomId.parse(chat), text, null));
            }
        }
        JsonTestClient listener = speakers.getFirst();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(listener.messages()).hasSize(120));

        try (JsonTestClient late = user("late").join(chat)) {
            assertThat(late.history()).isEqualTo(listener.messages().subList(20, 120));
        }
        assertThat(listener.messages().stream().filter(text -> text.startsWith("3/")))
                .as("one speaker's words, in the order of speaking")
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "3/" + i).toList());
        speakers.forEach(JsonTestClient::close);
    }

    @Test
    void aRepeatWithTheSameClientMessageIdIsTheSameMessage() {
        try (JsonTestClient kim = user("kim").join(chat);
                JsonTestClient lee = user("lee").join(chat)) {
            JsonNode first = kim.say(chat, "once", "m-1");
            JsonNode again = kim.say(chat, "once", "m-1");
            assertThat(again.path("data").path("messageId"))
                    .isEqualTo(first.path("data").path("messageId"));
            lee.say(chat, "mine, by the same id", "m-1");

            await().untilAsserted(() -> assertThat(lee.messages()).containsExactly("once", "mine, by the same id"));
            try (JsonTestClient late = user("late").join(chat)) {
                assertThat(late.history()).containsExactly("once", "mine, by the same id");
            }
        }
    }

    @Test
    void aDeletedMessageIsGoneForThoseWhoComeLater() {
        try (JsonTestClient kim = user("kim").join(chat);
                JsonTestClient admin = JsonTestClient.connect(suite.socket(), TestSecrets.admin())
                        .join(chat)) {
            String id =
                    kim.say(chat, "rude", null).path("data").path("messageId").asText();
            kim.say(chat, "kind", null);
            admin.request(new ClientRequest.Delete("d", RoomId.parse(chat), id));

            assertThat(kim.await("chat:message-deleted")
                            .path("data")
                            .path("messageId")
                            .asText())
                    .isEqualTo(id);
            try (JsonTestClient late = user("late").join(chat)) {
                assertThat(late.history()).containsExactly("kind");
            }
        }
    }

    @Test
    void whoIsBannedIsOutInEveryTab() {
        String host = TestSecrets.user("seller", "Seller");
        try (JsonTestClient kim = user("kim").join(chat);
                JsonTestClient tab = user("kim").join(chat);
                JsonTestClient lee = user("lee").join(chat)) {
            kim.say(chat, "rude", null);
            assertThat(suite.call("PUT", "/api/chat/" + key + "/users/kim/ban", host, Map.of("reason", "rude"))
                            .status())
                    .isEqualTo(200);
            for (JsonTestClient client : List.of(kim, tab, lee)) {
                client.await("chat:user-restricted");
            }
            lee.await("chat:message-deleted");
            lee.say(chat, "quiet now", null);
            assertThat(errorCode(kim.say(chat, "ruder", null))).isEqualTo("NOT_A_MEMBER");
            kim.request(new ClientRequest.Join("again", RoomId.parse(chat)));
            assertThat(errorCode(
                            kim.await(frame -> frame.path("replyTo").asText().equals("again"), "an answer")))
                    .isEqualTo("FORBIDDEN");
            tab.request(new ClientRequest.Join(null, RoomId.parse("shop:" + key)));
            tab.await("join:stream:success");
            assertThat(kim.messages()).containsExactly("rude");
            assertThat(tab.messages()).containsExactly("rude");
            try (JsonTestClient late = user("late").join(chat)) {
                assertThat(late.history()).containsExactly("quiet now");
            }
        }
    }

    @Test
    void aStreamThatNobodyRegisteredHasNoChat() {
        String unknown = "chat:" + UUID.randomUUID();
        try (JsonTestClient kim = user("kim")) {
            kim.request(new ClientRequest.Join("1", RoomId.parse(unknown)));
            assertThat(errorCode(kim.await("error"))).isEqualTo("STREAM_NOT_FOUND");
            assertThat(errorCode(kim.say(unknown, "hello?", null))).isEqualTo("NOT_A_MEMBER");
        }
    }

    @Test
    void aGuestMayWatchAndNotChat() {
        try (JsonTestClient guest = JsonTestClient.connect(suite.socket(), null)) {
            guest.send("{\"type\":\"join\",\"id\":\"1\",\"room\":\"%s\"}".formatted(chat));
            assertThat(errorCode(guest.await("error"))).isEqualTo("UNAUTHORIZED");
            assertThat(errorCode(guest.say(chat, "let me in", null))).isEqualTo("UNAUTHORIZED");
            guest.join("stream:" + key).join("shop:" + key);
        }
    }

    @Test
    void whoHasNotJoinedMayNotSend() {
        try (JsonTestClient kim = user("kim")) {
            assertThat(errorCode(kim.say(chat, "hello?", null))).isEqualTo("NOT_A_MEMBER");
            kim.join(chat);
            assertThat(kim.say(chat, "hello", null).path("event").asText()).isEqualTo("chat:send-message:success");
        }
    }

    static List<Arguments> wrongFrames() {
        return List.of(
                arguments("hello", "INVALID_FRAME"),
                arguments("[]", "INVALID_FRAME"),
                arguments("{}", "INVALID_FRAME"),
                arguments("{\"type\":\"dance\"}", "INVALID_FRAME"),
                arguments("{\"type\":\"hello\",\"version\":1}", "FORBIDDEN"),
                arguments("{\"type\":\"join\",\"room\":7}", "INVALID_FRAME"),
                arguments("{\"type\":\"join\",\"room\":\"kitchen:K\"}", "INVALID_ROOM"),
                arguments("{\"type\":\"join\",\"room\":\"chat:not a key\"}", "INVALID_STREAM_KEY"),
                arguments("{\"type\":\"join\"}", "VALIDATION_ERROR"),
                arguments(
                        "{\"type\":\"join\",\"room\":\"chat:K\",\"id\":\"" + "i".repeat(65) + "\"}",
                        "VALIDATION_ERROR"),
                arguments("{\"type\":\"send\",\"room\":\"CHAT\"}", "VALIDATION_ERROR"),
                arguments("{\"type\":\"send\",\"room\":\"shop:K\",\"message\":\"hello\"}", "INVALID_ROOM"),
                arguments("{\"type\":\"send\",\"room\":\"CHAT\",\"message\":\" <br> \"}", "INVALID_MESSAGE"),
                arguments(
                        "{\"type\":\"send\",\"room\":\"CHAT\",\"message\":\"" + "x".repeat(501) + "\"}",
                        "MESSAGE_TOO_LONG"),
                arguments("{\"type\":\"delete\",\"room\":\"CHAT\",\"messageId\":\"1\"}", "FORBIDDEN"));
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("wrongFrames")
    void aWrongFrameGetsItsErrorAndTheConnectionStays(String frame, String code) {
        try (JsonTestClient kim =
                user(UUID.randomUUID().toString()).join(chat)) { // one who was not here 10 times in 10 s
            kim.send(frame.replace("CHAT", chat));
            assertThat(errorCode(kim.await("error"))).isEqualTo(code);
            assertThat(kim.say(chat, "still here", null).path("event").asText()).isEqualTo("chat:send-message:success");
        }
    }

    @Test
    void aFrameOfMoreThan16KilobytesClosesTheConnection() {
        try (JsonTestClient kim = user("kim")) {
            kim.send("x".repeat(16_385));
            assertThat(kim.closeCode()).isEqualTo(1009);
        }
    }

    static List<Arguments> refusedHellos() {
        User kim = new User("kim", "Kim", User.Role.USER);
        return List.of(
                arguments("not a token", "UNAUTHORIZED", "invalid token"),
                arguments(
                        AccessToken.of(kim).sign("another-secret-of-32-bytes-or-more"),
                        "UNAUTHORIZED",
                        "invalid token"),
                arguments(
                        AccessToken.of(kim, Duration.ofHours(-1)).sign(TestSecrets.JWT),
                        "UNAUTHORIZED",
                        "jwt expired"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("refusedHellos")
    void aBadTokenIsRefusedAndTheConnectionClosed(String token, String code, String message) {
        try (JsonTestClient client = JsonTestClient.connect(suite.socket())) {
            client.request(new ClientRequest.Hello(null, ClientRequest.VERSION, token));
            JsonNode error = client.await("error");
            assertThat(errorCode(error)).isEqualTo(code);
            assertThat(error.path("data").path("message").asText()).contains(message);
            assertThat(client.closeCode()).isEqualTo(1008);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"hello\",\"version\":2}", "{\"type\":\"join\",\"room\":\"stream:K\"}"})
    void aConnectionThatDoesNotBeginWithHelloIsClosed(String frame) {
        try (JsonTestClient client = JsonTestClient.connect(suite.socket())) {
            client.send(frame);
            assertThat(errorCode(client.await("error"))).isEqualTo("UNSUPPORTED_VERSION");
            assertThat(client.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void viewersArePeopleAndNotTabs() {
        String room = "stream:" + key;
        try (JsonTestClient tab = user("kim").join(room);
                JsonTestClient lee = user("lee").join(chat)) {
            try (JsonTestClient otherTab = user("kim").join(chat).join(room);
                    JsonTestClient guest =
                            JsonTestClient.connect(suite.socket(), null).join(room)) {
                assertThat(countOnJoining(otherTab)).isEqualTo(1);
                assertThat(countOnJoining(guest)).isEqualTo(2);
                tab.await(frame -> counts(frame, 2), "a count of two");

                otherTab.close();
                lee.await("chat:user-left"); // so the gateway knows
                try (JsonTestClient another =
                        JsonTestClient.connect(suite.socket(), null).join(room)) {
                    assertThat(countOnJoining(another))
                            .as("Kim's first tab still counts")
                            .isEqualTo(3);
                    tab.await(frame -> counts(frame, 3), "a count of three");
                }
            }
            await("only Kim")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> counts(tab.heard("stream:viewer:update").getLast(), 1));
        }
    }

    private static long countOnJoining(JsonTestClient client) {
        return client.await("stream:viewer:join:success")
                .path("data")
                .path("viewerCount")
                .asLong();
    }

    private static boolean counts(JsonNode frame, int viewers) {
        return frame.path("event").asText().equals("stream:viewer:update")
                && frame.path("data").path("viewerCount").asInt() == viewers;
    }

    @Test
    void onlyPagesOfKnownOriginsMayConnect() {
        assertThat(fromPageOf("http://localhost:3000")).succeedsWithin(Duration.ofSeconds(20));
        assertThat(fromPageOf("https://elsewhere.example"))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
    }

    private CompletableFuture<WebSocket> fromPageOf(String origin) {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Origin", origin)
                .buildAsync(suite.socket(), new WebSocket.Listener() {});
    }

    private JsonTestClient user(String id) {
        return JsonTestClient.connect(suite.socket(), TestSecrets.user(id, id));
    }

    private static @Nullable String errorCode(JsonNode frame) {
        return frame.path("data").path("errorCode").asText(null);
    }
}
