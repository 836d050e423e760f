package io.dorami.endtoend.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The record of a show, of which each service has a part: the parts belong together by the show's start and end. */
@ExtendWith(RunningSystem.Resolver.class)
class ShowRecordIT {

    private static final String OWNER = TestSecrets.userToken("seller", "Seller");

    private final RunningSystem system;

    ShowRecordIT(RunningSystem system) {
        this.system = system;
    }

    @Test
    void allServicesRecordTheSameShow() {
        Show show = system.newLiveShow(OWNER, "A show with a record");
        String chat = "chat:" + show.key();
        String statistics = "/api/chat/" + show.key() + "/statistics";
        String id = get("/api/streaming/key/" + show.key() + "/role")
                .path("streamId")
                .asText();
        String mug = system.newProduct(show, "Mug", 10).path("id").asText();
        await().until(() -> system.call("GET", statistics, OWNER, null).status() == 200);
        try (JsonTestClient kim = JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken("kim", "Kim"))
                .join("stream:" + show.key())
                .join(chat)) {
            for (String text : new String[] {"one", "two", "three"}) {
                assertThat(kim.sendMessage(chat, text, text)
                                .at("/data/errorCode")
                                .isMissingNode())
                        .as(text)
                        .isTrue();
            }
            system.call("POST", "/api/streaming/" + show.key() + "/featured-product", OWNER, Map.of("productId", mug))
                    .data();
            setStatus(order(mug), "PAYMENT_CONFIRMED");
            setStatus(order(mug), "CANCELLED");
            await("kim is counted")
                    .until(() -> get("/api/viewers/" + show.key()).path("peak").asInt() == 1);
        }
        system.call("PATCH", "/api/streaming/" + id + "/stop", OWNER, null).data();

        JsonNode shows = get("/api/streaming/" + id + "/shows");
        assertThat(shows).hasSize(1);
        String startedAt = shows.at("/0/startedAt").asText();
        String endedAt = shows.at("/0/endedAt").asText();
        assertThat(shows.at("/0/peakViewers").asInt()).isEqualTo(1);

        JsonNode messages = awaitEnded(statistics + "?startedAt=" + startedAt);
        assertThat(messages.path("messages").asInt()).isEqualTo(3);
        assertThat(messages.path("startedAt").asText()).isEqualTo(startedAt);
        assertThat(messages.path("endedAt").asText()).isEqualTo(endedAt);
        JsonNode audience = awaitEnded("/api/viewers/" + show.key() + "?startedAt=" + startedAt);
        assertThat(audience.path("startedAt").asText()).isEqualTo(startedAt);
        assertThat(audience.path("peak").asInt()).isEqualTo(1);

        JsonNode sales = get("/api/streaming/key/" + show.key() + "/sales?from=" + startedAt + "&to=" + endedAt);
        assertThat(sales.path("orders").asInt()).isEqualTo(2);
        assertThat(sales.path("paidOrders").asInt()).isEqualTo(1);
        assertThat(sales.path("cancelledOrders").asInt()).isEqualTo(1);
        assertThat(sales.path("unitsSold").asInt()).isEqualTo(1);
        assertThat(sales.path("revenue").decimalValue())
                .isEqualByComparingTo(get("/api/products/" + mug).path("price").decimalValue());
        assertThat(sales.path("moments").findValuesAsText("kind")).containsExactly("ADDED", "FEATURED");
    }

    private JsonNode awaitEnded(String path) {
        return await().until(
                        () -> system.call("GET", path, OWNER, null),
                        reply -> reply.status() == 200 && reply.data().has("endedAt"))
                .data();
    }

    private String order(String product) {
        String buyer = TestSecrets.userToken("buyer-" + product, "Choi");
        system.call("POST", "/api/cart", buyer, Map.of("productId", product, "quantity", 1))
                .data();
        return system.call("POST", "/api/orders/from-cart", buyer, Map.of())
                .data()
                .path("id")
                .asText();
    }

    private void setStatus(String order, String status) {
        system.call(
                        "PATCH",
                        "/api/admin/orders/" + order + "/status",
                        TestSecrets.adminToken(),
                        Map.of("status", status))
                .data();
    }

    private JsonNode get(String path) {
        return system.call("GET", path, OWNER, null).data();
    }
}
