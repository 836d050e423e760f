package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.endtoend.RunningSystem.Show;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A show as the web client's own library sees it: three namespaces over one connection, on every transport. */
@ExtendWith(RunningSystem.Running.class)
class SocketIoIT {

    private static final String CHAT = "/chat";
    private static final String STREAMING = "/streaming";

    private static WebClients clients;

    private final RunningSystem suite;
    private final Show show;

    SocketIoIT(RunningSystem suite) {
        this.suite = suite;
        this.show = suite.newShow(TestSecrets.user("seller", "Seller"), "On every transport");
    }

    @BeforeAll
    static void start() {
        clients = WebClients.start();
    }

    @AfterAll
    static void stop() {
        clients.close();
    }

    /** As browsers do it, as in-app browsers do it, and as what is left where nothing else works. */
    static List<List<String>> transports() {
        return List.of(List.of("websocket", "polling"), List.of("polling", "websocket"), List.of("polling"));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aShowIsSeenChattedAndCounted(List<String> transports) {
        String kim = name("kim", transports);
        String lee = name("lee", transports);
        watch(kim, "Kim", transports);
        watch(lee, "Lee", transports);
        if (transports.equals(List.of("polling", "websocket"))) {
            await().until(() -> clients.heard(kim).stream()
                    .anyMatch(line -> line.path("event").asText().equals("upgrade")
                            && line.path("transport").asText().equals("websocket")));
        }

        assertThat(clients.await(kim, "/", "connected").path("userId").asText()).isEqualTo(kim);
        clients.await(kim, CHAT, "chat:join-room:success");
        clients.await(lee, CHAT, "chat:join-room:success");
        await().until(() -> viewers(kim) == 2 && viewers(lee) == 2);

        clients.emit(kim, CHAT, "chat:send-message", Map.of("liveId", show.key(), "message", "<b>Hello</b> 안녕"));
        JsonNode message = clients.await(lee, CHAT, "chat:message");
        assertThat(message.path("type").asText()).isEqualTo("chat:message");
        assertThat(message.at("/data/message").asText()).isEqualTo("Hello 안녕");
        assertThat(message.at("/data/userId").asText()).isEqualTo(kim);
        assertThat(clients.await(kim, CHAT, "chat:message")).isEqualTo(message);
        assertThat(clients.await(kim, CHAT, "chat:send-message:success")
                        .at("/data/timestamp")
                        .asText())
                .endsWith("Z");

        String product = suite.newProduct(show, "Mug", 12).path("id").asText();
        assertThat(clients.await(lee, "/", "live:product:added").at("/data/id").asText())
                .isEqualTo(product);
        assertThat(clients.await(lee, "/", "product:added").at("/product/id").asText())
                .isEqualTo(product);

        clients.emit(lee, CHAT, "chat:leave-room", Map.of("liveId", show.key()));
        clients.await(lee, CHAT, "chat:leave-room:success");
        assertThat(clients.await(kim, CHAT, "chat:user-left").at("/data/userId").asText())
                .isEqualTo(lee);
        clients.emit(lee, STREAMING, "stream:viewer:leave", Map.of("streamKey", show.key()));
        clients.await(lee, STREAMING, "stream:viewer:leave:success");
        await().until(() -> viewers(kim) == 1);
        clients.close(kim);
        clients.close(lee);
    }

    @Test
    void aJoinIsAnsweredInOrderAndItsHistoryIsNotTooEarly() {
        watch("first", "First", List.of("websocket"));
        clients.await("first", CHAT, "chat:join-room:success");
        clients.emit("first", CHAT, "chat:send-message", Map.of("liveId", show.key(), "message", "before you came"));
        clients.await("first", CHAT, "chat:message");

        watch("second", "Second", List.of("websocket"));
        clients.await("second", CHAT, "chat:join-room:success");
        assertThat(clients.names("second", CHAT))
                .containsExactly(
                        "connect", "connection:success", "chat:history", "chat:user-joined", "chat:join-room:success");
        JsonNode history = clients.await("second", CHAT, "chat:history");
        assertThat(history.at("/data/messages/0/message").asText()).isEqualTo("before you came");
        long connected =
                clients.heard("second", CHAT, "connect").getFirst().path("at").asLong();
        long told = clients.heard("second", CHAT, "chat:history")
                .getFirst()
                .path("at")
                .asLong();
        assertThat(told - connected).as("ms from connect to history").isGreaterThanOrEqualTo(240);

        clients.emit("second", CHAT, "chat:join-room", Map.of("liveId", show.key()));
        clients.await("second", CHAT, "chat:join-room:success", 2);
        assertThat(clients.heard("first", CHAT, "chat:user-joined").stream()
                        .filter(line -> line.at("/args/0/data/userId").asText().equals("second")))
                .as("joining again is heard by nobody")
                .hasSize(1);
        clients.close("first");
        clients.close("second");
    }

    @Test
    void aGuestWatchesAndIsTurnedAwayFromTheChat() {
        clients.watch("guest", suite.url("/"), "", List.of(show.key()), Map.of());
        assertThat(clients.await("guest", "/", "connected").path("userId").isNull())
                .isTrue();
        clients.await("guest", "/", "join:stream:success");
        assertThat(clients.await("guest", STREAMING, "stream:viewer:join:success")
                        .at("/data/viewerCount")
                        .asInt())
                .isEqualTo(1);

        assertThat(clients.await("guest", CHAT, "error").path("message").asText())
                .isEqualTo("no token provided");
        assertThat(clients.await("guest", CHAT, "disconnect", 1).path("reason").asText())
                .isEqualTo("io server disconnect");
        clients.close("guest");
    }

    @Test
    void oneUsersTwoTabsAreOneViewer() {
        watch("tab1", "Kim", List.of("websocket"));
        clients.await("tab1", STREAMING, "stream:viewer:join:success");
        clients.watch("tab2", suite.url("/"), TestSecrets.user("tab1", "Kim"), List.of(show.key()), Map.of());
        assertThat(clients.await("tab2", STREAMING, "stream:viewer:join:success")
                        .at("/data/viewerCount")
                        .asInt())
                .isEqualTo(1);
        clients.close("tab2");
        watch("other", "Lee", List.of("websocket"));
        clients.await("other", STREAMING, "stream:viewer:join:success");
        await().until(() -> viewers("tab1") == 2);
        clients.close("tab1");
        clients.close("other");
    }

    @Test
    void bothWireFormatsAreOneRoom() {
        String chat = "chat:" + show.key();
        watch("web", "Web", List.of("websocket"));
        clients.await("web", CHAT, "chat:join-room:success");
        try (JsonTestClient plain = JsonTestClient.connect(suite.socket(), TestSecrets.user("plain", "Plain"))
                .join(chat)) {
            plain.say(chat, "from the one", null);
            assertThat(clients.await("web", CHAT, "chat:message")
                            .at("/data/message")
                            .asText())
                    .isEqualTo("from the one");
            clients.emit("web", CHAT, "chat:send-message", Map.of("liveId", show.key(), "message", "from the other"));
            await().until(() -> plain.messages().contains("from the other"));
        }
        clients.close("web");
    }

    @Test
    void anAdminDeletesAndSomebodyElseDoesNot() {
        watch("kim", "Kim", List.of("websocket"));
        clients.watch("admin", suite.url("/"), TestSecrets.admin(), List.of(show.key()), Map.of());
        clients.await("kim", CHAT, "chat:join-room:success");
        clients.await("admin", CHAT, "chat:join-room:success");
        clients.emit("kim", CHAT, "chat:send-message", Map.of("liveId", show.key(), "message", "rude"));
        String id = clients.await("admin", CHAT, "chat:message").at("/data/id").asText();

        Map<String, String> deletion = Map.of("liveId", show.key(), "messageId", id);
        clients.emit("kim", CHAT, "chat:delete-message", deletion);
        assertThat(clients.await("kim", CHAT, "error").path("errorCode").asText())
                .isEqualTo("FORBIDDEN");
        clients.emit("admin", CHAT, "chat:delete-message", deletion);
        clients.await("admin", CHAT, "chat:delete-message:success");
        JsonNode deleted = clients.await("kim", CHAT, "chat:message-deleted");
        assertThat(deleted.at("/data/messageId").asText()).isEqualTo(id);
        assertThat(deleted.at("/data/deletedBy").asText()).isEqualTo("admin");
        clients.close("kim");
        clients.close("admin");
    }

    @Test
    void everyEventHasDataAndOnlyALoggedOneEndsInAText() {
        watch("strict", "Strict", List.of("websocket"));
        clients.await("strict", CHAT, "chat:join-room:success");
        suite.newProduct(show, "Bowl", 3);
        suite.hook(SrsCall.of("on_publish").about(show, show.key()));
        clients.await("strict", "/", "live:product:added");
        clients.await("strict", STREAMING, "stream:started");
        assertThat(clients.heard("strict").stream().filter(line -> line.has("args")))
                .allSatisfy(line -> {
                    JsonNode arguments = line.path("args");
                    assertThat(arguments.path(0).isObject()).as("%s", line).isTrue();
                    assertThat(StreamSupport.stream(arguments.spliterator(), false)
                                    .skip(1))
                            .as("%s", line)
                            .allMatch(offset -> offset.asText().matches("-|([a-z]+:[A-Za-z0-9_-]+@\\d+-\\d+,?)+"));
                });
        clients.close("strict");
    }

    private void watch(String client, String userName, List<String> transports) {
        clients.watch(
                client,
                suite.url("/"),
                TestSecrets.user(client, userName),
                List.of(show.key()),
                Map.of("transports", transports));
    }

    private static String name(String user, List<String> transports) {
        return user + "-" + String.join("-", transports);
    }

    /** The newest count that a client heard. */
    private static int viewers(String client) {
        return clients.heard(client, STREAMING, "stream:viewer:update").stream()
                .reduce((older, newer) -> newer)
                .map(line -> line.at("/args/0/data/viewerCount").asInt())
                .orElse(-1);
    }
}
