package io.dorami.endtoend.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.endtoend.system.GatewayProcess;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A co-host has the rights of the role in every service and on every gateway within a second, and loses them as fast. */
@ExtendWith(RunningSystem.Resolver.class)
class StaffIT {

    private static final String OWNER = TestSecrets.userToken("seller", "Seller");
    private static final Duration PROPAGATION_LIMIT = Duration.ofSeconds(1);

    private final RunningSystem system;

    StaffIT(RunningSystem system) {
        this.system = system;
    }

    @Test
    void cohostGainsAndLosesAllRightsWithinASecond() {
        try (GatewayProcess other = system.newGateway()) {
            other.start();
            other.awaitReady();
            // The first call of each kind loads classes.
            assertRightsFollowTheRole(other.socketUrl(), Duration.ofSeconds(20));
            assertRightsFollowTheRole(other.socketUrl(), PROPAGATION_LIMIT);
        }
    }

    private void assertRightsFollowTheRole(URI otherGateway, Duration limit) {
        Show show = system.newShow(OWNER, "A show of two");
        String kimId = "kim-" + show.key();
        String kim = TestSecrets.userToken(kimId, "Kim");
        String chat = "chat:" + show.key();
        String mug = system.newProduct(show, "Mug", 10).path("id").asText();
        call("PATCH", "/api/chat/" + show.key() + "/policy", OWNER, Map.of("closed", true));
        List<Callable<Integer>> rights = List.of(
                () -> call("PATCH", "/api/chat/" + show.key() + "/policy", kim, Map.of("closed", true)),
                () -> call("PATCH", "/api/products/" + mug, kim, Map.of("price", 15)),
                () -> call("GET", "/api/streaming/key/" + show.key() + "/orders", kim, null));

        try (JsonTestClient owner = JsonTestClient.connect(otherGateway, OWNER);
                JsonTestClient here =
                        JsonTestClient.connect(system.socketUrl(), kim).join(chat);
                JsonTestClient there = JsonTestClient.connect(otherGateway, kim).join(chat)) {
            assertThat(errorCode(there.sendMessage(chat, "not yet", null))).isEqualTo("FORBIDDEN");
            assertWithin(limit, () -> changeStaff("PUT", show, kimId, Map.of("role", "COHOST")), () -> {
                awaitRole(here, 1, "COHOST");
                awaitRole(there, 1, "COHOST");
                rights.forEach(right -> awaitStatus(right, 200));
                awaitReply(there, chat, "");
            });
            String order = orderMug(mug);
            for (JsonTestClient seller : List.of(owner, here, there)) {
                seller.await(frame -> isOrder(frame, order), "the order");
            }

            assertWithin(limit, () -> changeStaff("DELETE", show, kimId, null), () -> {
                awaitRole(here, 2, "");
                awaitRole(there, 2, "");
                rights.forEach(right -> awaitStatus(right, 403));
                awaitReply(there, chat, "FORBIDDEN");
            });
            String next = orderMug(mug);
            owner.await(frame -> isOrder(frame, next), "the next order");
            // A later event of the same room: an order for Kim would have come before it.
            changeStaff("PUT", show, kimId, Map.of("role", "MODERATOR"));
            awaitRole(here, 3, "MODERATOR");
            awaitRole(there, 3, "MODERATOR");
            assertThat(here.framesOf("show:order")).hasSize(1);
            assertThat(there.framesOf("show:order")).hasSize(1);
        }
    }

    /** Measures the time from the owner's call until the effect. */
    private static void assertWithin(Duration limit, Runnable action, Runnable effect) {
        long start = System.nanoTime();
        action.run();
        effect.run();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limit);
    }

    private void changeStaff(String method, Show show, String userId, @Nullable Map<String, ?> body) {
        String id = system.call("GET", "/api/streaming/key/" + show.key() + "/role", OWNER, null)
                .data()
                .path("streamId")
                .asText();
        assertThat(call(method, "/api/streaming/" + id + "/staff/" + userId, OWNER, body))
                .isEqualTo(200);
    }

    private String orderMug(String mug) {
        String buyer = TestSecrets.userToken("buyer-" + mug, "Choi");
        system.call("POST", "/api/cart", buyer, Map.of("productId", mug, "quantity", 1))
                .data();
        return system.call("POST", "/api/orders/from-cart", buyer, Map.of())
                .data()
                .path("id")
                .asText();
    }

    private int call(String method, String path, String token, @Nullable Map<String, ?> body) {
        return system.call(method, path, token, body).status();
    }

    private static void awaitStatus(Callable<Integer> call, int status) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20)).until(call, actual -> actual == status);
    }

    /** Sends messages until one has this error; no error is written as an empty text. */
    private static void awaitReply(JsonTestClient client, String chat, String error) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> errorCode(client.sendMessage(chat, "hello", null)).equals(error));
    }

    private static void awaitRole(JsonTestClient client, int number, String role) {
        client.await(
                frame -> client.framesOf("stream:role-changed").size() == number, "change of role number " + number);
        assertThat(client.framesOf("stream:role-changed")
                        .getLast()
                        .at("/data/role")
                        .asText())
                .isEqualTo(role);
    }

    private static boolean isOrder(JsonNode frame, String order) {
        return frame.path("event").asText().equals("show:order")
                && frame.at("/data/order/id").asText().equals(order);
    }

    private static String errorCode(JsonNode reply) {
        return reply.at("/data/errorCode").asText();
    }
}
