package io.dorami.endtoend.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.endtoend.system.GatewayProcess;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Moderation takes effect within a second: on every gateway, in the history, in the queue of slow clients, and on
 * recovery.
 */
@ExtendWith(RunningSystem.Resolver.class)
class ModerationIT {

    private static final String HOST = TestSecrets.userToken("seller", "Seller");
    private static final Duration PROPAGATION_LIMIT = Duration.ofSeconds(1);

    private final RunningSystem system;

    ModerationIT(RunningSystem system) {
        this.system = system;
    }

    @Test
    void moderationReachesEveryGatewayWithinASecond() {
        try (GatewayProcess other = system.newGateway()) {
            other.start();
            other.awaitReady();
            // The first action of each kind loads classes.
            assertModerationPropagates(other.socketUrl(), Duration.ofSeconds(20));
            assertModerationPropagates(other.socketUrl(), PROPAGATION_LIMIT);
        }
    }

    /** A native executable has the tables of Unicode that the filters read only if its build includes them. */
    @Test
    void disguisedWordsAndLinksAreRejected() {
        String key = system.newShow(HOST, "A room with filters").key();
        moderate("PATCH", key, "policy", Map.of("links", false, "words", List.of("scam", "바보")));
        String chat = "chat:" + key;
        try (JsonTestClient client = user(system.socketUrl(), "moon-" + key).join(chat)) {
            // Full-width letters, Cyrillic lookalikes, an invisible character, a change of script as word boundary.
            for (String disguised : List.of("ｓｃａｍ", "ѕсаm", "바\u3164보", "이거scam", "nаver.cоm")) {
                assertThat(errorCode(client.sendMessage(chat, disguised, null)))
                        .as(disguised)
                        .isEqualTo("INVALID_MESSAGE");
            }
            assertThat(errorCode(client.sendMessage(chat, "scampi", null))).isEmpty();
        }
    }

    private void assertModerationPropagates(URI otherGateway, Duration limit) {
        String key = system.newShow(HOST, "A room").key();
        String chat = "chat:" + key;
        String offender = "kim-" + key; // separate users, because a user's limits count in all rooms
        try (JsonTestClient kim = user(system.socketUrl(), offender).join(chat);
                JsonTestClient tab = user(otherGateway, offender).join(chat);
                JsonTestClient lee = user(otherGateway, "lee-" + key).join(chat);
                JsonTestClient absent = user(otherGateway, "park-" + key).join(chat);
                JsonTestClient slow = user(otherGateway, "choi-" + key).join(chat)) {
            List<JsonTestClient> all = List.of(kim, tab, lee);
            lee.sendMessage(chat, "kind", null);
            String lastOffset = absent.await("chat:message").path("offset").asText();
            absent.close();
            slow.stopReading();
            String messageId = id(kim.sendMessage(chat, "rude", null));
            kim.sendMessage(chat, "ruder", null);

            assertWithin(limit, () -> moderate("PATCH", key, "policy", Map.of("closed", true)), () -> {
                all.forEach(client -> client.await("chat:mode"));
                assertThat(errorCode(lee.sendMessage(chat, "hello?", null))).isEqualTo("FORBIDDEN");
            });
            moderate("PATCH", key, "policy", Map.of("closed", false));
            await().until(() -> lee.framesOf("chat:mode").size() == 2);
            lee.sendMessage(chat, "hello", null);

            assertWithin(
                    limit, () -> moderate("PUT", key, "users/" + offender + "/timeout", Map.of("seconds", 60)), () -> {
                        all.forEach(client -> client.await("chat:user-restricted"));
                        assertThat(errorCode(tab.sendMessage(chat, "but", null)))
                                .isEqualTo("FORBIDDEN");
                    });
            assertWithin(limit, () -> moderate("DELETE", key, "messages/" + messageId, Map.of()), () -> {
                all.forEach(client -> client.await("chat:message-deleted"));
                assertThat(history(otherGateway, chat)).containsExactly("kind", "ruder", "hello");
            });
            assertWithin(limit, () -> moderate("PUT", key, "users/" + offender + "/ban", Map.of()), () -> {
                lee.await("chat:user-cleared");
                for (JsonTestClient client : List.of(kim, tab)) {
                    client.await(ModerationIT::isBan, "the ban");
                    assertThat(errorCode(client.sendMessage(chat, "why", null))).isEqualTo("NOT_A_MEMBER");
                }
                assertThat(history(otherGateway, chat)).containsExactly("kind", "hello");
            });

            slow.resumeReading();
            slow.await("chat:user-cleared");
            assertThat(slow.events()).containsSubsequence("chat:message", "chat:message-deleted", "chat:user-cleared");
            try (JsonTestClient returning = user(system.socketUrl(), "park-" + key)) {
                assertThat(resume(returning, chat, lastOffset).path("recovered").asBoolean())
                        .isTrue();
                returning.await("chat:user-cleared");
                assertThat(returning.events())
                        .containsSubsequence("chat:message", "chat:mode", "chat:message-deleted", "chat:user-cleared");
            }
            try (JsonTestClient returning = user(system.socketUrl(), offender)) {
                assertThat(errorCode(resume(returning, chat, lastOffset))).isEqualTo("FORBIDDEN");
                assertThat(returning.messages()).isEmpty();
            }
        }
    }

    /** Measures the time from the moderator's call until the effect. */
    private static void assertWithin(Duration limit, Runnable action, Runnable effect) {
        long start = System.nanoTime();
        action.run();
        effect.run();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limit);
    }

    private void moderate(String method, String key, String path, Map<String, ?> body) {
        assertThat(system.call(method, "/api/chat/" + key + "/" + path, HOST, body)
                        .status())
                .isEqualTo(200);
    }

    private static JsonNode resume(JsonTestClient client, String chat, String since) {
        client.sendText(
                "{\"type\":\"join\",\"id\":\"resume\",\"room\":\"%s\",\"since\":\"%s\"}".formatted(chat, since));
        return client.await(
                frame -> frame.path("replyTo").asText().equals("resume")
                        && List.of("chat:join-room:success", "error")
                                .contains(frame.path("event").asText()),
                "a reply");
    }

    private static List<String> history(URI gateway, String chat) {
        try (JsonTestClient late = user(gateway, UUID.randomUUID().toString()).join(chat)) {
            return late.history();
        }
    }

    private static JsonTestClient user(URI gateway, String name) {
        return JsonTestClient.connect(gateway, TestSecrets.userToken(name, name));
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
