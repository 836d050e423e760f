package io.dorami.endtoend;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.commands.ClientRequest;
import io.dorami.contracts.keys.RoomId;
import io.dorami.endtoend.RunningSystem.Show;
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

/** Each process is killed in the middle of a show. Clients do what the page does: they try again. */
@ExtendWith(RunningSystem.Running.class)
class FaultsIT {

    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final RunningSystem suite;
    private final Show show;
    private final String chat;

    FaultsIT(RunningSystem suite) {
        this.suite = suite;
        this.show = suite.newShow(TestSecrets.user("seller", "Seller"), "Come what may");
        this.chat = "chat:" + show.key();
    }

    /** Each once; with {@code -Dfaults} each ten times, 8 min. */
    static List<String> parts() {
        int rounds = System.getProperty("faults") == null ? 1 : 10;
        return Collections.nCopies(rounds, RunningSystem.PARTS).stream()
                .flatMap(List::stream)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void aShowGoesOnThoughAPartIsKilled(String part) {
        String product = suite.newProduct(show, "Mug", 100).path("id").asText();
        JsonTestClient kim = comeIn("kim");
        JsonTestClient lee = comeIn("lee");
        kim.say(chat, "before", null);
        await().untilAsserted(() -> assertThat(lee.messages()).containsExactly("before"));
        Map<String, Long> pids = pids();

        Instant killed = kill(part);
        if (part.equals("gateway")) {
            assertThat(List.of(kim.closeCode(), lee.closeCode())).containsOnly(1006); // no goodbye
            goesOn(product, comeIn("kim"), comeIn("lee"));
        } else {
            goesOn(product, kim, lee);
        }
        assertThat(Duration.between(killed, Instant.now())).as("back").isLessThan(WITHIN);

        assertThat(pids().get(part)).isNotEqualTo(pids.get(part));
        assertThat(pids()).as("nothing else was started again").containsAllEntriesOf(without(part, pids));
        kim.close();
        lee.close();
    }

    /** All that a show is made of, once more. */
    private void goesOn(String product, JsonTestClient kim, JsonTestClient lee) {
        again(
                "a message",
                () -> kim.request(new ClientRequest.Send(null, RoomId.parse(chat), "after", "after")),
                () -> lee.messages().contains("after"));
        again(
                "a product's change",
                () -> suite.call("PATCH", "/api/products/" + product, show.owner(), Map.of("price", 9_900))
                        .data(),
                () -> lee.heard("live:product:updated").stream()
                        .anyMatch(frame -> frame.path("data").path("price").asInt() == 9_900));
        again(
                "the start of the stream",
                () -> suite.hook(SrsCall.of("on_publish").about(show, "publisher")),
                () -> !lee.heard("stream:started").isEmpty());
        JsonTestClient park = comeIn("park");
        await("a count of three")
                .atMost(WITHIN)
                .until(() -> lee.heard("stream:viewer:update").stream()
                        .anyMatch(
                                frame -> frame.path("data").path("viewerCount").asInt() == 3));
        assertThat(park.history()).containsExactly("before", "after");
        assertThat(lee.heard("stream:started")).hasSize(1);
        park.close();
    }

    @Test
    void whatChatAcceptedIsKeptAndWhatWaitsForItIsDeliveredOnce() {
        JsonTestClient kim = comeIn("first-speaker");
        JsonTestClient lee = comeIn("second-speaker");
        for (int i = 0; i < 10; i++) {
            assertThat(kim.say(chat, "accepted " + i, null).path("event").asText())
                    .isEqualTo("chat:send-message:success");
        }
        JsonTestClient park = comeIn("third-speaker"); // one user says 20 things in 10 s at the most
        send(lee, "half way"); // may be handled and not yet answered
        kill("chat-service");
        send(park, "waiting");
        await("the word of all 50").atMost(WITHIN).until(() -> lee.messages().size() >= 50);
        kim.say(chat, "marker", null);
        await().until(() -> lee.messages().contains("marker"));

        List<String> all = Stream.of(
                        IntStream.range(0, 10).mapToObj(i -> "accepted " + i),
                        IntStream.range(0, 20).mapToObj(i -> "half way " + i),
                        IntStream.range(0, 20).mapToObj(i -> "waiting " + i),
                        Stream.of("marker"))
                .flatMap(texts -> texts)
                .toList();
        assertThat(lee.messages()).isEqualTo(all);
        JsonTestClient late = comeIn("late");
        assertThat(late.history()).isEqualTo(all);
        Stream.of(kim, lee, park, late).forEach(JsonTestClient::close);
    }

    @Test
    void aSenderIsToldWithinASecondThatRedisIsAwayAndMaySayItAgain() throws Exception {
        JsonTestClient kim = comeIn("kim");
        JsonTestClient lee = comeIn("lee");
        String redis = String.valueOf(suite.pid("redis"));
        new ProcessBuilder("kill", "-STOP", redis).start().waitFor();
        Instant asked = Instant.now();
        try {
            JsonNode error = kim.say(chat, "can you hear me?", "m-1");
            assertThat(error.path("data").path("errorCode").asText()).isEqualTo("BUSY");
            assertThat(error.path("data").path("retryable").asBoolean()).isTrue();
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofMillis(1_500)); // 1 s, and the way
        } finally {
            new ProcessBuilder("kill", "-CONT", redis).start().waitFor();
        }
        again(
                "a message",
                () -> kim.request(new ClientRequest.Send(null, RoomId.parse(chat), "can you hear me?", "m-1")),
                () -> !lee.messages().isEmpty());
        lee.say(chat, "once", null);
        await().until(() -> lee.messages().contains("once"));
        assertThat(lee.messages()).containsExactly("can you hear me?", "once");
        kim.close();
        lee.close();
    }

    private void send(JsonTestClient client, String text) {
        for (int i = 0; i < 20; i++) {
            client.request(new ClientRequest.Send(null, RoomId.parse(chat), text + " " + i, null));
        }
    }

    /** SIGKILL; returns when it is dead. */
    private Instant kill(String part) {
        ProcessHandle process = ProcessHandle.of(suite.pid(part)).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
        return Instant.now();
    }

    /** Connects and joins all of the show's rooms, as often as it takes. */
    private JsonTestClient comeIn(String user) {
        JsonTestClient client = await(user + "'s connection")
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> JsonTestClient.connect(suite.socket(), TestSecrets.user(user, user)), connected -> true);
        Map.of(
                        chat,
                        "chat:join-room:success",
                        "shop:" + show.key(),
                        "join:stream:success",
                        "stream:" + show.key(),
                        "stream:viewer:join:success")
                .forEach((room, success) -> again(
                        success,
                        () -> client.request(new ClientRequest.Join(null, RoomId.parse(room))),
                        () -> !client.heard(success).isEmpty()));
        return client;
    }

    /** Does it again each second until it has had its effect. */
    private static void again(String what, Runnable attempt, Callable<Boolean> effect) {
        await(what).atMost(WITHIN).pollDelay(Duration.ZERO).ignoreExceptions().until(() -> {
            attempt.run();
            await().atMost(Duration.ofSeconds(1))
                    .pollInterval(Duration.ofMillis(20))
                    .until(effect);
            return true;
        });
    }

    private Map<String, Long> pids() {
        return RunningSystem.PARTS.stream().collect(toMap(part -> part, suite::pid));
    }

    private static Map<String, Long> without(String part, Map<String, Long> pids) {
        return pids.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(part))
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
