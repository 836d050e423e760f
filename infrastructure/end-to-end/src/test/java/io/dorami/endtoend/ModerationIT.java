package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a moderator does holds within a second: on every gateway, in the history, on the way to slow clients, on recovery. */
@ExtendWith(RunningSystem.Running.class)
class ModerationIT {

    private static final String HOST = TestSecrets.user("seller", "Seller");
    private static final Duration EVERYWHERE = Duration.ofSeconds(1);

    private final RunningSystem suite;

    ModerationIT(RunningSystem suite) {
        this.suite = suite;
    }

    @Test
    void whatAModeratorDoesHoldsOnEveryGatewayWithinASecond() {
        try (GatewayProcess other = suite.anotherGateway()) {
            other.start();
            other.awaitReady();
            moderate(other.socket(), Duration.ofSeconds(20)); // the first of each kind loads classes
            moderate(other.socket(), EVERYWHERE);
        }
    }

    private void moderate(URI there, Duration within) {
        String key = suite.newShow(HOST, "A room").key();
        String chat = "chat:" + key;
        String rudeOne = "kim-" + key; // people of their own, for a user's limits count in all rooms
        try (JsonTestClient kim = user(suite.socket(), rudeOne).join(chat);
                JsonTestClient tab = user(there, rudeOne).join(chat);
                JsonTestClient lee = user(there, "lee-" + key).join(chat);
                JsonTestClient away = user(there, "park-" + key).join(chat);
                JsonTestClient slow = user(there, "choi-" + key).join(chat)) {
            List<JsonTestClient> all = List.of(kim, tab, lee);
            lee.say(chat, "kind", null);
            String seen = away.await("chat:message").path("offset").asText();
            away.close();
            slow.stopReading();
            String rude = id(kim.say(chat, "rude", null));
            kim.say(chat, "ruder", null);

            soon(within, () -> act("PATCH", key, "policy", Map.of("closed", true)), () -> {
                all.forEach(client -> client.await("chat:mode"));
                assertThat(errorCode(lee.say(chat, "hello?", null))).isEqualTo("FORBIDDEN");
            });
            act("PATCH", key, "policy", Map.of("closed", false));
            await().until(() -> lee.heard("chat:mode").size() == 2);
            lee.say(chat, "hello", null);

            soon(within, () -> act("PUT", key, "users/" + rudeOne + "/timeout", Map.of("seconds", 60)), () -> {
                all.forEach(client -> client.await("chat:user-restricted"));
                assertThat(errorCode(tab.say(chat, "but", null))).isEqualTo("FORBIDDEN");
            });
            soon(within, () -> act("DELETE", key, "messages/" + rude, Map.of()), () -> {
                all.forEach(client -> client.await("chat:message-deleted"));
                assertThat(history(there, chat)).containsExactly("kind", "ruder", "hello");
            });
            soon(within, () -> act("PUT", key, "users/" + rudeOne + "/ban", Map.of()), () -> {
                lee.await("chat:user-cleared");
                for (JsonTestClient client : List.of(kim, tab)) {
                    client.await(ModerationIT::isBan, "the ban");
                    assertThat(errorCode(client.say(chat, "why", null))).isEqualTo("NOT_A_MEMBER");
                }
                assertThat(history(there, chat)).containsExactly("kind", "hello");
            });

            slow.readOn();
            slow.await("chat:user-cleared");
            assertThat(slow.events()).containsSubsequence("chat:message", "chat:message-deleted", "chat:user-cleared");
            try (JsonTestClient back = user(suite.socket(), "park-" + key)) {
                assertThat(comeBack(back, chat, seen).path("recovered").asBoolean())
                        .isTrue();
                back.await("chat:user-cleared");
                assertThat(back.events())
                        .containsSubsequence("chat:message", "chat:mode", "chat:message-deleted", "chat:user-cleared");
            }
            try (JsonTestClient back = user(suite.socket(), rudeOne)) {
                assertThat(errorCode(comeBack(back, chat, seen))).isEqualTo("FORBIDDEN");
                assertThat(back.messages()).isEmpty();
            }
        }
    }

    /** Counts from before the moderator's call. */
    private static void soon(Duration within, Runnable act, Runnable holds) {
        long start = System.nanoTime();
        act.run();
        holds.run();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(within);
    }

    private void act(String method, String key, String path, Map<String, ?> body) {
        assertThat(suite.call(method, "/api/chat/" + key + "/" + path, HOST, body)
                        .status())
                .isEqualTo(200);
    }

    private static JsonNode comeBack(JsonTestClient client, String chat, String since) {
        client.send("{\"type\":\"join\",\"id\":\"back\",\"room\":\"%s\",\"since\":\"%s\"}".formatted(chat, since));
        return client.await(
                frame -> frame.path("replyTo").asText().equals("back")
                        && List.of("chat:join-room:success", "error")
                                .contains(frame.path("event").asText()),
                "an answer");
    }

    private static List<String> history(URI gateway, String chat) {
        try (JsonTestClient late = user(gateway, UUID.randomUUID().toString()).join(chat)) {
            return late.history();
        }
    }

    private static JsonTestClient user(URI gateway, String name) {
        return JsonTestClient.connect(gateway, TestSecrets.user(name, name));
    }

    private static boolean isBan(JsonNode frame) {
        return frame.path("data").path("kind").asText().equals("BAN");
    }

    private static String id(JsonNode sent) {
        return sent.path("data").path("messageId").asText();
    }

    private static String errorCode(JsonNode frame) {
        return frame.path("data").path("errorCode").asText();
    }
}
