package io.dorami.endtoend.launcher;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.keys.RoomId;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.endtoend.system.SrsCall;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills each process during a show. Clients retry, as the page does. */
@ExtendWith(RunningSystem.Resolver.class)
class FaultsIT {

    private static final Duration RECOVERY_TIMEOUT = Duration.ofSeconds(30);

    private final RunningSystem system;
    private final Show show;
    private final String chat;

    FaultsIT(RunningSystem system) {
        this.system = system;
        this.show = system.newShow(TestSecrets.userToken("seller", "Seller"), "Fault tests");
        this.chat = "chat:" + show.key();
    }

    /** Each process once; ten times with {@code -Dfaults}, which takes 8 min. */
    static List<String> processNames() {
        int rounds = System.getProperty("faults") == null ? 1 : 10;
        return Collections.nCopies(rounds, RunningSystem.PROCESS_NAMES).stream()
                .flatMap(List::stream)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("processNames")
    void killedProcess_showContinues(String processName) {
        String product = system.newProduct(show, "Mug", 100).path("id").asText();
        JsonTestClient kim = connectAndJoin("kim");
        JsonTestClient lee = connectAndJoin("lee");
        kim.sendMessage(chat, "before", null);
        await().untilAsserted(() -> assertThat(lee.messages()).containsExactly("before"));
        Map<String, Long> pids = pids();

        Instant killed = kill(processName);
        if (processName.equals("gateway")) {
            assertThat(List.of(kim.closeCode(), lee.closeCode())).containsOnly(1006); // no close frame
            assertShowContinues(product, connectAndJoin("kim"), connectAndJoin("lee"));
        } else {
            assertShowContinues(product, kim, lee);
        }
        assertThat(Duration.between(killed, Instant.now())).as("recovery time").isLessThan(RECOVERY_TIMEOUT);

        assertThat(pids().get(processName)).isNotEqualTo(pids.get(processName));
        assertThat(pids()).as("other processes were not restarted").containsAllEntriesOf(without(processName, pids));
        kim.close();
        lee.close();
    }

    /** Sends a message, changes a product, starts the stream and counts viewers. */
    private void assertShowContinues(String product, JsonTestClient kim, JsonTestClient lee) {
        retryUntil(
                "a message",
                () -> kim.sendRequest(new ClientRequest.Send(null, RoomId.parse(chat), "after", "after")),
                () -> lee.messages().contains("after"));
        retryUntil(
                "a product's change",
                () -> system.call("PATCH", "/api/products/" + product, show.owner(), Map.of("price", 9_900))
                        .data(),
                () -> lee.framesOf("live:product:updated").stream()
                        .anyMatch(frame -> frame.path("data").path("price").asInt() == 9_900));
        retryUntil(
                "the start of the stream",
                () -> system.callHook(SrsCall.of("on_publish").withStream(show, "publisher")),
                () -> !lee.framesOf("stream:started").isEmpty());
        JsonTestClient park = connectAndJoin("park");
        await("a count of three")
                .atMost(RECOVERY_TIMEOUT)
                .until(() -> lee.framesOf("stream:viewer:update").stream()
                        .anyMatch(
                                frame -> frame.path("data").path("viewerCount").asInt() == 3));
        assertThat(park.history()).containsExactly("before", "after");
        assertThat(lee.framesOf("stream:started")).hasSize(1);
        park.close();
    }

    @Test
    void killedChatService_acceptedMessagesSurvive() {
        JsonTestClient kim = connectAndJoin("first-sender");
        JsonTestClient lee = connectAndJoin("second-sender");
        for (int i = 0; i < 10; i++) {
            assertThat(kim.sendMessage(chat, "accepted " + i, null)
                            .path("event")
                            .asText())
                    .isEqualTo("chat:send-message:success");
        }
        JsonTestClient park = connectAndJoin("third-sender"); // a user may send at most 20 messages in 10 s
        sendTwenty(lee, "half way"); // may be handled without a reply yet
        kill("chat-service");
        sendTwenty(park, "waiting");
        await("50 messages").atMost(RECOVERY_TIMEOUT).until(() -> lee.messages().size() >= 50);
        kim.sendMessage(chat, "marker", null);
        await().until(() -> lee.messages().contains("marker"));

        List<String> all = Stream.of(
                        IntStream.range(0, 10).mapToObj(i -> "accepted " + i),
                        IntStream.range(0, 20).mapToObj(i -> "half way " + i),
                        IntStream.range(0, 20).mapToObj(i -> "waiting " + i),
                        Stream.of("marker"))
                .flatMap(texts -> texts)
                .toList();
        assertThat(lee.messages()).isEqualTo(all);
        JsonTestClient late = connectAndJoin("late");
        assertThat(late.history()).isEqualTo(all);
        Stream.of(kim, lee, park, late).forEach(JsonTestClient::close);
    }

    @Test
    void suspendedRedis_senderGetsBusyAndMayRetry() throws Exception {
        JsonTestClient kim = connectAndJoin("kim");
        JsonTestClient lee = connectAndJoin("lee");
        String redis = String.valueOf(system.pid("redis"));
        new ProcessBuilder("kill", "-STOP", redis).start().waitFor();
        Instant sentAt = Instant.now();
        try {
            JsonNode error = kim.sendMessage(chat, "sent during the outage", "m-1");
            assertThat(error.path("data").path("errorCode").asText()).isEqualTo("BUSY");
            assertThat(error.path("data").path("retryable").asBoolean()).isTrue();
            // 1 s and the network
            assertThat(Duration.between(sentAt, Instant.now())).isLessThan(Duration.ofMillis(1_500));
        } finally {
            new ProcessBuilder("kill", "-CONT", redis).start().waitFor();
        }
        retryUntil(
                "a message",
                () -> kim.sendRequest(
                        new ClientRequest.Send(null, RoomId.parse(chat), "sent during the outage", "m-1")),
                () -> !lee.messages().isEmpty());
        lee.sendMessage(chat, "once", null);
        await().until(() -> lee.messages().contains("once"));
        assertThat(lee.messages()).containsExactly("sent during the outage", "once");
        kim.close();
        lee.close();
    }

    private void sendTwenty(JsonTestClient client, String text) {
        for (int i = 0; i < 20; i++) {
            client.sendRequest(new ClientRequest.Send(null, RoomId.parse(chat), text + " " + i, null));
        }
    }

    /** Kills a process (SIGKILL), and returns after it has ended. */
    private Instant kill(String processName) {
        ProcessHandle process = ProcessHandle.of(system.pid(processName)).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
        return Instant.now();
    }

    /** Connects and joins all rooms of the show, with retries. */
    private JsonTestClient connectAndJoin(String user) {
        JsonTestClient client = await(user + "'s connection")
                .atMost(RECOVERY_TIMEOUT)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(
                        () -> JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken(user, user)),
                        connected -> true);
        Map.of(
                        chat,
                        "chat:join-room:success",
                        "shop:" + show.key(),
                        "join:stream:success",
                        "stream:" + show.key(),
                        "stream:viewer:join:success")
                .forEach((room, success) -> retryUntil(
                        success,
                        () -> client.sendRequest(new ClientRequest.Join(null, RoomId.parse(room))),
                        () -> !client.framesOf(success).isEmpty()));
        return client;
    }

    /** Repeats an attempt every second until the effect is visible. */
    private static void retryUntil(String description, Runnable attempt, Callable<Boolean> effect) {
        await(description)
                .atMost(RECOVERY_TIMEOUT)
                .pollDelay(Duration.ZERO)
                .ignoreExceptions()
                .until(() -> {
                    attempt.run();
                    await().atMost(Duration.ofSeconds(1))
                            .pollInterval(Duration.ofMillis(20))
                            .until(effect);
                    return true;
                });
    }

    private Map<String, Long> pids() {
        return RunningSystem.PROCESS_NAMES.stream().collect(toMap(processName -> processName, system::pid));
    }

    private static Map<String, Long> without(String processName, Map<String, Long> pids) {
        return pids.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(processName))
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
