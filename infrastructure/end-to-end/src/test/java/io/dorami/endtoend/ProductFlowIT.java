package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.endtoend.RunningSystem.HttpReply;
import io.dorami.endtoend.RunningSystem.Show;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A seller's products, by REST through the front door, and what the room hears of them. */
@ExtendWith(RunningSystem.Running.class)
class ProductFlowIT {

    private final RunningSystem suite;
    private final String seller = TestSecrets.user("seller", "Seller");
    private final Show show;

    ProductFlowIT(RunningSystem suite) {
        this.suite = suite;
        this.show = suite.newShow(seller, "Tableware");
    }

    @Test
    void theRoomHearsEveryChangeInOrder() {
        try (JsonTestClient guest = JsonTestClient.connect(suite.socket(), null).join("shop:" + show.key())) {
            String id = suite.newProduct(show, "Mug", 10).path("id").asText();
            patch(id, "", Map.of("price", 15_000));
            patch(id, "/stock", Map.of("quantity", -7));
            patch(id, "/sold-out", Map.of());
            assertThat(suite.call("DELETE", "/api/products/" + id, seller, null).status())
                    .isEqualTo(200);

            guest.await("live:product:deleted");
            assertThat(guest.events().stream()
                            .filter(event -> !event.startsWith("user:"))
                            .skip(2))
                    .as("after welcome and the join's success")
                    .containsExactly(
                            "live:product:added",
                            "product:added",
                            "live:product:updated",
                            "live:product:updated",
                            "product:low-stock",
                            "live:product:updated",
                            "live:product:soldout",
                            "product:sold-out",
                            "live:product:deleted");
            List<JsonNode> products = Stream.concat(
                            guest.heard("live:product:added").stream(), guest.heard("live:product:updated").stream())
                    .map(frame -> frame.path("data"))
                    .toList();
            assertThat(products)
                    .extracting(product -> product.path("version").asInt())
                    .containsExactly(1, 2, 3, 4);
            assertThat(products)
                    .extracting(product -> product.path("stock").asInt())
                    .containsExactly(10, 10, 3, 3);
            assertThat(products.get(1).path("price").asInt()).isEqualTo(15_000);
            assertThat(products.getLast().path("status").asText()).isEqualTo("SOLD_OUT");
            assertThat(guest.await("product:low-stock")
                            .path("data")
                            .path("remainingStock")
                            .asInt())
                    .isEqualTo(3);
            assertThat(guest.await("live:product:soldout")
                            .path("data")
                            .path("productId")
                            .asText())
                    .isEqualTo(id);
            assertThat(suite.get("/api/products/" + id).errorCode()).isEqualTo("PRODUCT_NOT_FOUND");
        }
    }

    @Test
    void everybodyReadsTheListAndOnlyTheOwnerOrAnAdminChangesIt() {
        String id = suite.newProduct(show, "Bowl", 5).path("id").asText();
        assertThat(suite.get("/api/products?streamKey=" + show.key())
                        .data()
                        .path(0)
                        .path("name")
                        .asText())
                .isEqualTo("Bowl");

        Map<String, Integer> change = Map.of("quantity", 1);
        String path = "/api/products/" + id + "/stock";
        HttpReply stranger = suite.call("PATCH", path, TestSecrets.user("stranger", "Stranger"), change);
        assertThat(stranger.status()).isEqualTo(403);
        assertThat(stranger.errorCode()).isEqualTo("FORBIDDEN");
        HttpReply nobody = suite.call("PATCH", path, null, change);
        assertThat(nobody.status()).isEqualTo(401);
        assertThat(nobody.errorCode()).isEqualTo("UNAUTHORIZED");
        HttpReply forger = suite.call("PATCH", path, seller + "x", change);
        assertThat(forger.status()).isEqualTo(401);

        JsonNode changed =
                suite.call("PATCH", path, TestSecrets.admin(), change).data();
        assertThat(changed.path("stock").asInt())
                .as("the admin's one, no other")
                .isEqualTo(6);
    }

    @Test
    void moreThanThereIsCannotBeTaken() {
        String path =
                "/api/products/" + suite.newProduct(show, "Plate", 2).path("id").asText();
        HttpReply reply = suite.call("PATCH", path + "/stock", seller, Map.of("quantity", -3));
        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.errorCode()).isEqualTo("CONFLICT");
        assertThat(suite.get(path).data().path("stock").asInt()).isEqualTo(2);
    }

    static List<Arguments> wrongCalls() {
        return List.of(
                arguments("POST", "/api/products", Map.of("name", "Mug"), 400, "VALIDATION_ERROR"),
                arguments("POST", "/api/products", product("KEY", " ", 1), 400, "VALIDATION_ERROR"),
                arguments("POST", "/api/products", product("KEY", "Mug", -1), 400, "VALIDATION_ERROR"),
                arguments("POST", "/api/products", product("KEY", "Mug", "many"), 400, "VALIDATION_ERROR"),
                arguments("POST", "/api/products", "no object", 400, "VALIDATION_ERROR"),
                arguments("POST", "/api/products", product("no key", "Mug", 1), 400, "INVALID_STREAM_KEY"),
                arguments("POST", "/api/products", product("nobodys", "Mug", 1), 404, "STREAM_NOT_FOUND"),
                arguments("GET", "/api/products?streamKey=no%20key", Map.of(), 400, "INVALID_STREAM_KEY"),
                arguments("GET", "/api/products?take=101", Map.of(), 400, "VALIDATION_ERROR"),
                arguments("PATCH", "/api/products/" + UUID.randomUUID(), Map.of(), 404, "PRODUCT_NOT_FOUND"),
                arguments("GET", "/api/nothing", Map.of(), 404, "NOT_FOUND"));
    }

    private static Map<String, Object> product(String key, String name, Object stock) {
        return Map.of("streamKey", key, "name", name, "price", 1_000, "stock", stock);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {4}")
    @MethodSource("wrongCalls")
    void aWrongCallIsToldWhatIsWrong(String method, String path, Object body, int status, String code) {
        HttpReply reply = suite.call(method, path, seller, body);
        assertThat(reply.errorCode()).as(reply.text()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(status);
    }

    @Test
    void aCookieNeedsTheCsrfTokenBesides() {
        suite.newProduct(show, "known stream", 1);
        HttpReply missing = create("accessToken=" + seller + "; csrf-token=t1", null);
        assertThat(missing.status()).isEqualTo(403);
        assertThat(missing.errorCode()).isEqualTo("CSRF_TOKEN_MISSING");
        assertThat(create("accessToken=" + seller, "t1").errorCode()).isEqualTo("CSRF_TOKEN_MISSING");

        HttpReply invalid = create("accessToken=" + seller + "; csrf-token=t1", "t2");
        assertThat(invalid.status()).isEqualTo(403);
        assertThat(invalid.errorCode()).isEqualTo("CSRF_TOKEN_INVALID");

        assertThat(create("accessToken=" + seller + "; csrf-token=t1", "t1").status())
                .isEqualTo(201);
    }

    private HttpReply create(String cookies, @Nullable String csrf) {
        HttpRequest.Builder request = suite.request("POST", suite.url("/api/products"), product(show.key(), "Spoon", 1))
                .header("Cookie", cookies);
        return suite.send(csrf == null ? request : request.header("X-CSRF-Token", csrf));
    }

    private void patch(String id, String what, Map<String, Object> body) {
        suite.call("PATCH", "/api/products/" + id + what, seller, body).data();
    }
}
