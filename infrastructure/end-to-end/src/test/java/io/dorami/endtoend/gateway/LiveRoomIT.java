package io.dorami.endtoend.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.User;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.keys.RoomId;
import io.dorami.endtoend.system.RunningSystem;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages, history, errors and viewer counts of rooms over the JSON protocol. Each test has its own rooms. */
@ExtendWith(RunningSystem.Resolver.class)
class LiveRoomIT {

    private final RunningSystem system;
    private final String key;
    private final String chat;

    LiveRoomIT(RunningSystem system) {
        this.system = system;
        this.key = newRoom();
        this.chat = "chat:" + key;
    }

    private String newRoom() {
        return system.newShow(TestSecrets.userToken("seller", "Seller"), "A room")
                .key();
    }

    @Test
    void messageReachesItsRoomOnly() {
        String otherRoom = "chat:" + newRoom();
        try (JsonTestClient kim = user("kim").join(chat);
                JsonTestClient lee = user("lee").join(chat);
                JsonTestClient park = user("park").join(otherRoom)) {
            kim.sendMessage(chat, "hello", null);
            lee.sendMessage(chat, "hello Kim", null);
            kim.await("chat:message");
            park.sendMessage(otherRoom, "marker", null);

            assertThat(park.await("chat:message").path("room").asText()).isEqualTo(otherRoom);
            assertThat(park.messages()).containsExactly("marker");
            await().untilAsserted(() -> assertThat(kim.messages()).containsExactly("hello", "hello Kim"));
            await().untilAsserted(() -> assertThat(lee.messages()).containsExactly("hello", "hello Kim"));
        }
    }

    @Test
    void joinSendsHistoryThenJoinEventThenSuccess() {
        try (JsonTestClient kim = user("kim").join(chat)) {
            kim.sendMessage(chat, "before the join", null);
            try (JsonTestClient lee = user("lee").join(chat)) {
                assertThat(lee.events())
                        .containsExactly("welcome", "chat:history", "chat:user-joined", "chat:join-room:success");
                assertThat(kim.await(frame -> isJoinOf(frame, "lee"), "Lee's join")
                                .path("room")
                                .asText())
                        .isEqualTo(chat);

                lee.join(chat);
                lee.sendMessage(chat, "marker", null);
                await().untilAsserted(() -> assertThat(kim.messages()).contains("marker"));
                assertThat(kim.framesOf("chat:user-joined").stream().filter(frame -> isJoinOf(frame, "lee")))
                        .as("a repeated join is not published")
                        .hasSize(1);
            }
        }
    }

    @Test
    void guestReadsChatWithoutBeingSeen() {
        try (JsonTestClient han = user("han").join(chat)) {
            han.sendMessage(chat, "before the join", null);
            try (JsonTestClient guest = JsonTestClient.connect(system.socketUrl(), null)) {
                guest.join(chat);
                assertThat(guest.events()).containsExactly("welcome", "chat:history", "chat:join-room:success");
                assertThat(guest.history()).containsExactly("before the join");
                han.sendMessage(chat, "after the join", null);
                await().untilAsserted(() -> assertThat(guest.messages()).containsExactly("after the join"));
                assertThat(errorCode(guest.sendMessage(chat, "Hi", null))).isEqualTo("UNAUTHORIZED");
            }
            han.sendMessage(chat, "marker", null);
            await().untilAsserted(() -> assertThat(han.messages()).contains("marker"));
            assertThat(han.framesOf("chat:user-joined")).hasSize(1);
            assertThat(han.framesOf("chat:user-left")).isEmpty();
        }
    }

    private static boolean isJoinOf(JsonNode frame, String user) {
        return frame.path("event").asText().equals("chat:user-joined")
                && frame.path("data").path("userId").asText().equals(user);
    }

    @Test
    void historyHasLastHundredMessagesInOrder() {
        List<JsonTestClient> senders = IntStream.range(0, 6)
                .mapToObj(i -> user("sender" + i).join(chat))
                .toList();
        for (int i = 0; i < 20; i++) {
            for (JsonTestClient sender : senders) {
                String text = senders.indexOf(sender) + "/" + i;
                sender.sendRequest(new ClientRequest.Send(null, RoomId.parse(chat), text, null));
            }
        }
        JsonTestClient listener = senders.getFirst();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(listener.messages()).hasSize(120));

        try (JsonTestClient late = user("late").join(chat)) {
            assertThat(late.history()).isEqualTo(listener.messages().subList(20, 120));
        }
        assertThat(listener.messages().stream().filter(text -> text.startsWith("3/")))
                .as("the messages of one sender, in order")
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "3/" + i).toList());
        senders.forEach(JsonTestClient::close);
    }

    @Test
    void repeatedClientMessageIdIsDeduplicated() {
        try (JsonTestClient kim = user("kim").join(chat);
                JsonTestClient lee = user("lee").join(chat)) {
            JsonNode first = kim.sendMessage(chat, "once", "m-1");
            JsonNode repeated = kim.sendMessage(chat, "once", "m-1");
            assertThat(repeated.path("data").path("messageId"))
                    .isEqualTo(first.path("data").path("messageId"));
            lee.sendMessage(chat, "another user, same id", "m-1");

            await().untilAsserted(() -> assertThat(lee.messages()).containsExactly("once", "another user, same id"));
            try (JsonTestClient late = user("late").join(chat)) {
                assertThat(late.history()).containsExactly("once", "another user, same id");
            }
        }
    }

    @Test
    void deletedMessageIsMissingFromHistory() {
        try (JsonTestClient kim = user("kim").join(chat);
                JsonTestClient admin = JsonTestClient.connect(system.socketUrl(), TestSecrets.adminToken())
                        .join(chat)) {
            String id = kim.sendMessage(chat, "rude", null)
                    .path("data")
                    .path("messageId")
                    .asText();
            kim.sendMessage(chat, "kind", null);
            admin.sendRequest(new ClientRequest.Delete("d", RoomId.parse(chat), id));

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
    void bannedUserIsRemovedInEveryTab() {
        String host = TestSecrets.userToken("seller", "Seller");
        try (JsonTestClient kim = user("kim").join(chat);
                JsonTestClient tab = user("kim").join(chat);
                JsonTestClient lee = user("lee").join(chat)) {
            kim.sendMessage(chat, "rude", null);
            assertThat(system.call("PUT", "/api/chat/" + key + "/users/kim/ban", host, Map.of("reason", "rude"))
                            .status())
                    .isEqualTo(200);
            for (JsonTestClient client : List.of(kim, tab, lee)) {
                client.await("chat:user-restricted");
            }
            lee.await("chat:message-deleted");
            lee.sendMessage(chat, "quiet now", null);
            assertThat(errorCode(kim.sendMessage(chat, "ruder", null))).isEqualTo("NOT_A_MEMBER");
            kim.sendRequest(new ClientRequest.Join("again", RoomId.parse(chat)));
            assertThat(errorCode(
                            kim.await(frame -> frame.path("replyTo").asText().equals("again"), "a reply")))
                    .isEqualTo("FORBIDDEN");
            tab.sendRequest(new ClientRequest.Join(null, RoomId.parse("shop:" + key)));
            tab.await("join:stream:success");
            assertThat(kim.messages()).containsExactly("rude");
            assertThat(tab.messages()).containsExactly("rude");
            try (JsonTestClient late = user("late").join(chat)) {
                assertThat(late.history()).containsExactly("quiet now");
            }
        }
    }

    @Test
    void unknownStream_joinChat_isRejected() {
        String unknown = "chat:" + UUID.randomUUID();
        try (JsonTestClient una = user("una")) {
            una.sendRequest(new ClientRequest.Join("1", RoomId.parse(unknown)));
            assertThat(errorCode(una.await("error"))).isEqualTo("STREAM_NOT_FOUND");
            assertThat(errorCode(una.sendMessage(unknown, "hello?", null))).isEqualTo("NOT_A_MEMBER");
        }
    }

    @Test
    void guestWatchesButCannotReadPrivateChat() {
        try (JsonTestClient guest = JsonTestClient.connect(system.socketUrl(), null)) {
            guest.sendText("{\"type\":\"join\",\"id\":\"1\",\"room\":\"chat:private-%s\"}".formatted(key));
            assertThat(errorCode(guest.await("error"))).isEqualTo("UNAUTHORIZED");
            guest.join("stream:" + key).join("shop:" + key);
        }
    }

    @Test
    void sendWithoutJoin_isRejected() {
        try (JsonTestClient sol = user("sol")) {
            assertThat(errorCode(sol.sendMessage(chat, "hello?", null))).isEqualTo("NOT_A_MEMBER");
            sol.join(chat);
            assertThat(sol.sendMessage(chat, "hello", null).path("event").asText())
                    .isEqualTo("chat:send-message:success");
        }
    }

    static List<Arguments> invalidFrames() {
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
                arguments("{\"type\":\"send\",\"room\":\"CHAT\"}", "INVALID_MESSAGE"),
                arguments("{\"type\":\"send\",\"room\":\"CHAT\",\"message\":5}", "INVALID_MESSAGE"),
                arguments("{\"type\":\"send\",\"room\":\"shop:K\",\"message\":\"hello\"}", "INVALID_ROOM"),
                arguments("{\"type\":\"send\",\"room\":\"CHAT\",\"message\":\" <br> \"}", "INVALID_MESSAGE"),
                arguments(
                        "{\"type\":\"send\",\"room\":\"CHAT\",\"message\":\"" + "x".repeat(501) + "\"}",
                        "MESSAGE_TOO_LONG"),
                arguments("{\"type\":\"delete\",\"room\":\"CHAT\",\"messageId\":\"1\"}", "FORBIDDEN"));
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("invalidFrames")
    void invalidFrame_repliesWithErrorAndStaysConnected(String frame, String code) {
        try (JsonTestClient kim =
                user(UUID.randomUUID().toString()).join(chat)) { // a new user, because joins are limited to 10 in 10 s
            kim.sendText(frame.replace("CHAT", chat));
            assertThat(errorCode(kim.await("error"))).isEqualTo(code);
            assertThat(kim.sendMessage(chat, "still here", null).path("event").asText())
                    .isEqualTo("chat:send-message:success");
        }
    }

    @Test
    void fiveHundredFamilyEmojiInJsonEscapesArrive() {
        String families = "👨‍👩‍👧‍👦".repeat(500);
        String escaped = families.chars().mapToObj("\\u%04x"::formatted).collect(Collectors.joining());
        String newUser = UUID.randomUUID().toString(); // because messages of one user are limited to 20 in 10 s
        try (JsonTestClient kim = user(newUser).join(chat)) {
            kim.sendText("{\"type\":\"send\",\"room\":\"" + chat + "\",\"message\":\"" + escaped + "\"}");
            kim.await("chat:message");
            assertThat(kim.messages()).containsExactly(families);
        }
    }

    @Test
    void frameOver50Kilobytes_closesConnection() {
        try (JsonTestClient kim = user("kim")) {
            kim.sendText("x".repeat(51_201));
            assertThat(kim.closeCode()).isEqualTo(1009);
        }
    }

    static List<Arguments> rejectedTokens() {
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
    @MethodSource("rejectedTokens")
    void rejectedToken_closesConnection(String token, String code, String message) {
        try (JsonTestClient client = JsonTestClient.connect(system.socketUrl())) {
            client.sendRequest(new ClientRequest.Hello(null, ClientRequest.PROTOCOL_VERSION, token));
            JsonNode error = client.await("error");
            assertThat(errorCode(error)).isEqualTo(code);
            assertThat(error.path("data").path("message").asText()).contains(message);
            assertThat(client.closeCode()).isEqualTo(1008);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"hello\",\"version\":2}", "{\"type\":\"join\",\"room\":\"stream:K\"}"})
    void connectionWithoutHello_isClosed(String frame) {
        try (JsonTestClient client = JsonTestClient.connect(system.socketUrl())) {
            client.sendText(frame);
            assertThat(errorCode(client.await("error"))).isEqualTo("UNSUPPORTED_VERSION");
            assertThat(client.closeCode()).isEqualTo(1008);
        }
    }

    @Test
    void viewerCountCountsUsersNotTabs() {
        String room = "stream:" + key;
        try (JsonTestClient tab = user("kim").join(room);
                JsonTestClient lee = user("lee").join(chat)) {
            try (JsonTestClient otherTab = user("kim").join(chat).join(room);
                    JsonTestClient guest =
                            JsonTestClient.connect(system.socketUrl(), null).join(room)) {
                assertThat(countOnJoin(otherTab)).isEqualTo(1);
                assertThat(countOnJoin(guest)).isEqualTo(2);
                tab.await(frame -> hasViewerCount(frame, 2), "a count of two");

                otherTab.close();
                lee.await("chat:user-left"); // the gateway has processed the close
                try (JsonTestClient another =
                        JsonTestClient.connect(system.socketUrl(), null).join(room)) {
                    assertThat(countOnJoin(another))
                            .as("Kim's first tab still counts")
                            .isEqualTo(3);
                    tab.await(frame -> hasViewerCount(frame, 3), "a count of three");
                }
            }
            await("only Kim")
                    .atMost(Duration.ofSeconds(20))
                    .until(() ->
                            hasViewerCount(tab.framesOf("stream:viewer:update").getLast(), 1));
        }
    }

    private static long countOnJoin(JsonTestClient client) {
        return client.await("stream:viewer:join:success")
                .path("data")
                .path("viewerCount")
                .asLong();
    }

    private static boolean hasViewerCount(JsonNode frame, int viewers) {
        return frame.path("event").asText().equals("stream:viewer:update")
                && frame.path("data").path("viewerCount").asInt() == viewers;
    }

    @Test
    void unknownOrigin_isRejected() {
        assertThat(connectFromOrigin("http://localhost:3000")).succeedsWithin(Duration.ofSeconds(20));
        assertThat(connectFromOrigin("https://elsewhere.example"))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
    }

    private CompletableFuture<WebSocket> connectFromOrigin(String origin) {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Origin", origin)
                .buildAsync(system.socketUrl(), new WebSocket.Listener() {});
    }

    private JsonTestClient user(String id) {
        return JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken(id, id));
    }

    private static @Nullable String errorCode(JsonNode frame) {
        return frame.path("data").path("errorCode").asText(null);
    }
}
