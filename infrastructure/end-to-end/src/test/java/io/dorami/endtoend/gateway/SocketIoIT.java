package io.dorami.endtoend.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.endtoend.clients.WebClients;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.endtoend.system.SrsCall;
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

/** A show with the web client's Socket.IO library: three namespaces over one connection, on every transport. */
@ExtendWith(RunningSystem.Resolver.class)
class SocketIoIT {

    private static final String CHAT = "/chat";
    private static final String STREAMING = "/streaming";

    private static WebClients clients;

    private final RunningSystem system;
    private final Show show;

    SocketIoIT(RunningSystem system) {
        this.system = system;
        this.show = system.newShow(TestSecrets.userToken("seller", "Seller"), "On every transport");
    }

    @BeforeAll
    static void start() {
        clients = WebClients.start();
    }

    @AfterAll
    static void stop() {
        clients.close();
    }

    /** Transports of browsers, of in-app browsers, and of networks that block everything else. */
    static List<List<String>> transports() {
        return List.of(List.of("websocket", "polling"), List.of("polling", "websocket"), List.of("polling"));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void showWorksOnEveryTransport(List<String> transports) {
        String kim = clientName("kim", transports);
        String lee = clientName("lee", transports);
        watch(kim, "Kim", transports);
        watch(lee, "Lee", transports);
        if (transports.equals(List.of("polling", "websocket"))) {
            await().until(() -> clients.received(kim).stream()
                    .anyMatch(line -> line.path("event").asText().equals("upgrade")
                            && line.path("transport").asText().equals("websocket")));
        }

        assertThat(clients.await(kim, "/", "connected").path("userId").asText()).isEqualTo(kim);
        clients.await(kim, CHAT, "chat:join-room:success");
        clients.await(lee, CHAT, "chat:join-room:success");
        await().until(() -> latestViewerCount(kim) == 2 && latestViewerCount(lee) == 2);

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

        String product = system.newProduct(show, "Mug", 12).path("id").asText();
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
        await().until(() -> latestViewerCount(kim) == 1);
        clients.close(kim);
        clients.close(lee);
    }

    @Test
    void joinRepliesInOrderAndDelaysHistory() {
        watch("first", "First", List.of("websocket"));
        clients.await("first", CHAT, "chat:join-room:success");
        clients.emit("first", CHAT, "chat:send-message", Map.of("liveId", show.key(), "message", "before the join"));
        clients.await("first", CHAT, "chat:message");

        watch("second", "Second", List.of("websocket"));
        clients.await("second", CHAT, "chat:join-room:success");
        assertThat(clients.eventNames("second", CHAT))
                .containsExactly(
                        "connect", "connection:success", "chat:history", "chat:user-joined", "chat:join-room:success");
        JsonNode history = clients.await("second", CHAT, "chat:history");
        assertThat(history.at("/data/messages/0/message").asText()).isEqualTo("before the join");
        long connectedAt = clients.received("second", CHAT, "connect")
                .getFirst()
                .path("at")
                .asLong();
        long historyAt = clients.received("second", CHAT, "chat:history")
                .getFirst()
                .path("at")
                .asLong();
        assertThat(historyAt - connectedAt).as("ms from connect to history").isGreaterThanOrEqualTo(240);

        clients.emit("second", CHAT, "chat:join-room", Map.of("liveId", show.key()));
        clients.await("second", CHAT, "chat:join-room:success", 2);
        assertThat(clients.received("first", CHAT, "chat:user-joined").stream()
                        .filter(line -> line.at("/args/0/data/userId").asText().equals("second")))
                .as("a repeated join is not published")
                .hasSize(1);
        clients.close("first");
        clients.close("second");
    }

    @Test
    void guestWatchesButIsRejectedFromChat() {
        clients.watch("guest", system.url("/"), "", List.of(show.key()), Map.of());
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
    void twoTabsOfOneUserCountOnce() {
        watch("tab1", "Kim", List.of("websocket"));
        clients.await("tab1", STREAMING, "stream:viewer:join:success");
        clients.watch("tab2", system.url("/"), TestSecrets.userToken("tab1", "Kim"), List.of(show.key()), Map.of());
        assertThat(clients.await("tab2", STREAMING, "stream:viewer:join:success")
                        .at("/data/viewerCount")
                        .asInt())
                .isEqualTo(1);
        clients.close("tab2");
        watch("other", "Lee", List.of("websocket"));
        clients.await("other", STREAMING, "stream:viewer:join:success");
        await().until(() -> latestViewerCount("tab1") == 2);
        clients.close("tab1");
        clients.close("other");
    }

    @Test
    void bothProtocolsShareOneRoom() {
        String chat = "chat:" + show.key();
        watch("web", "Web", List.of("websocket"));
        clients.await("web", CHAT, "chat:join-room:success");
        try (JsonTestClient jsonClient = JsonTestClient.connect(
                        system.socketUrl(), TestSecrets.userToken("plain", "Plain"))
                .join(chat)) {
            jsonClient.sendMessage(chat, "from JSON", null);
            assertThat(clients.await("web", CHAT, "chat:message")
                            .at("/data/message")
                            .asText())
                    .isEqualTo("from JSON");
            clients.emit("web", CHAT, "chat:send-message", Map.of("liveId", show.key(), "message", "from Socket.IO"));
            await().until(() -> jsonClient.messages().contains("from Socket.IO"));
        }
        clients.close("web");
    }

    @Test
    void onlyAdminDeletesMessages() {
        // A user of this test alone: the rate limits count over all tests of the running system.
        watch("author", "Author", List.of("websocket"));
        clients.watch("admin", system.url("/"), TestSecrets.adminToken(), List.of(show.key()), Map.of());
        clients.await("author", CHAT, "chat:join-room:success");
        clients.await("admin", CHAT, "chat:join-room:success");
        clients.emit("author", CHAT, "chat:send-message", Map.of("liveId", show.key(), "message", "rude"));
        String id = clients.await("admin", CHAT, "chat:message").at("/data/id").asText();

        Map<String, String> deletion = Map.of("liveId", show.key(), "messageId", id);
        clients.emit("author", CHAT, "chat:delete-message", deletion);
        assertThat(clients.await("author", CHAT, "error").path("errorCode").asText())
                .isEqualTo("FORBIDDEN");
        clients.emit("admin", CHAT, "chat:delete-message", deletion);
        clients.await("admin", CHAT, "chat:delete-message:success");
        JsonNode deleted = clients.await("author", CHAT, "chat:message-deleted");
        assertThat(deleted.at("/data/messageId").asText()).isEqualTo(id);
        assertThat(deleted.at("/data/deletedBy").asText()).isEqualTo("admin");
        clients.close("author");
        clients.close("admin");
    }

    @Test
    void onlyLoggedEventsEndWithAnOffset() {
        watch("strict", "Strict", List.of("websocket"));
        clients.await("strict", CHAT, "chat:join-room:success");
        system.newProduct(show, "Bowl", 3);
        system.callHook(SrsCall.of("on_publish").withStream(show, show.key()));
        clients.await("strict", "/", "live:product:added");
        clients.await("strict", STREAMING, "stream:started");
        assertThat(clients.received("strict").stream().filter(line -> line.has("args")))
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
                system.url("/"),
                TestSecrets.userToken(client, userName),
                List.of(show.key()),
                Map.of("transports", transports));
    }

    private static String clientName(String user, List<String> transports) {
        return user + "-" + String.join("-", transports);
    }

    /** Latest viewer count that a client received. */
    private static int latestViewerCount(String client) {
        return clients.received(client, STREAMING, "stream:viewer:update").stream()
                .reduce((older, newer) -> newer)
                .map(line -> line.at("/args/0/data/viewerCount").asInt())
                .orElse(-1);
    }
}
