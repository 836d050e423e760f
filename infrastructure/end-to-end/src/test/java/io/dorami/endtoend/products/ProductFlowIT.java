package io.dorami.endtoend.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.HttpReply;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.math.BigDecimal;
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

/** Products through the REST API of the gateway, and the events that the room receives. */
@ExtendWith(RunningSystem.Resolver.class)
class ProductFlowIT {

    private final RunningSystem system;
    private final String seller = TestSecrets.userToken("seller", "Seller");
    private final Show show;

    ProductFlowIT(RunningSystem system) {
        this.system = system;
        this.show = system.newShow(seller, "Tableware");
    }

    @Test
    void roomReceivesEveryChangeInOrder() {
        try (JsonTestClient guest =
                JsonTestClient.connect(system.socketUrl(), null).join("shop:" + show.key())) {
            String id = system.newProduct(show, "Mug", 10).path("id").asText();
            patch(id, "", Map.of("price", 15.5));
            patch(id, "/stock", Map.of("quantity", -7));
            patch(id, "/sold-out", Map.of());
            assertThat(system.call("DELETE", "/api/products/" + id, seller, null)
                            .status())
                    .isEqualTo(200);

            guest.await("live:product:deleted");
            assertThat(guest.events().stream()
                            .filter(event -> !event.startsWith("user:"))
                            .skip(2))
                    .as("after the welcome and the join success")
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
                            guest.framesOf("live:product:added").stream(),
                            guest.framesOf("live:product:updated").stream())
                    .map(frame -> frame.path("data"))
                    .toList();
            assertThat(products)
                    .extracting(product -> product.path("version").asInt())
                    .containsExactly(1, 2, 3, 4);
            assertThat(products)
                    .extracting(product -> product.path("stock").asInt())
                    .containsExactly(10, 10, 3, 3);
            assertThat(products.get(1).path("price").decimalValue()).isEqualByComparingTo("15.5");
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
            assertThat(system.get("/api/products/" + id).errorCode()).isEqualTo("PRODUCT_NOT_FOUND");
        }
    }

    @Test
    void listIsPublicAndOnlyOwnerOrAdminChangesIt() {
        String id = system.newProduct(show, "Bowl", 5).path("id").asText();
        assertThat(system.get("/api/products?streamKey=" + show.key())
                        .data()
                        .path(0)
                        .path("name")
                        .asText())
                .isEqualTo("Bowl");

        Map<String, Integer> change = Map.of("quantity", 1);
        String path = "/api/products/" + id + "/stock";
        HttpReply stranger = system.call("PATCH", path, TestSecrets.userToken("stranger", "Stranger"), change);
        assertThat(stranger.status()).isEqualTo(403);
        assertThat(stranger.errorCode()).isEqualTo("FORBIDDEN");
        HttpReply anonymous = system.call("PATCH", path, null, change);
        assertThat(anonymous.status()).isEqualTo(401);
        assertThat(anonymous.errorCode()).isEqualTo("UNAUTHORIZED");
        HttpReply forger = system.call("PATCH", path, seller + "x", change);
        assertThat(forger.status()).isEqualTo(401);

        JsonNode changed =
                system.call("PATCH", path, TestSecrets.adminToken(), change).data();
        assertThat(changed.path("stock").asInt())
                .as("only the admin's change is applied")
                .isEqualTo(6);
    }

    @Test
    void purchaseIsAnnouncedFromCartToPayment() {
        String buyer = TestSecrets.userToken("buyer-" + UUID.randomUUID(), "Kim Minji");
        String admin = TestSecrets.adminToken();
        String mug = newProduct("Mug", "29.99");
        String bowl = newProduct("Bowl", "10");
        try (JsonTestClient guest =
                        JsonTestClient.connect(system.socketUrl(), null).join("shop:" + show.key());
                JsonTestClient office = JsonTestClient.connect(system.socketUrl(), admin)) {
            JsonNode item = addToCart(buyer, mug, 2);
            assertThat(item.path("total").textValue()).isEqualTo("59.98");
            addToCart(buyer, bowl, 1);
            JsonNode cart = system.call("GET", "/api/cart", buyer, null).data();
            assertThat(cart.path("itemCount").asInt()).isEqualTo(3);
            assertThat(cart.path("grandTotal").textValue()).isEqualTo("69.98");

            JsonNode order = system.call("POST", "/api/orders/from-cart", buyer, Map.of())
                    .data();
            String id = order.path("id").asText();
            assertThat(order.path("status").asText()).isEqualTo("PENDING_PAYMENT");
            assertThat(order.path("total").decimalValue()).isEqualByComparingTo("69.98");
            awaitOrder(office, "order:new", id);
            JsonNode paid = system.call(
                            "PATCH",
                            "/api/admin/orders/" + id + "/status",
                            admin,
                            Map.of("status", "PAYMENT_CONFIRMED"))
                    .data();
            assertThat(paid.path("status").asText()).isEqualTo("PAYMENT_CONFIRMED");
            awaitOrder(office, "order:paid", id);

            await().untilAsserted(() -> assertThat(guest.framesOf("order:purchase:notification"))
                    .extracting(frame -> frame.at("/data/message").asText())
                    .containsExactly("K**님이 주문했습니다: Mug 외 1개", "K**님이 구매했습니다: Mug 외 1개"));
            assertThat(guest.framesOf("cart:item-added"))
                    .extracting(frame -> frame.at("/data/userName").asText()
                            + " " + frame.at("/data/quantity").asInt()
                            + " " + frame.at("/data/productName").asText())
                    .containsExactly("K** 2 Mug", "K** 1 Bowl");
            assertThat(guest.events()).doesNotContain("order:new", "order:paid");
        }
        JsonNode page = system.call("GET", "/api/orders?status=PAYMENT_CONFIRMED&limit=1000", buyer, null)
                .data();
        assertThat(page.path("items")).hasSize(1);
        assertThat(page.path("total").asInt()).isEqualTo(1);
        assertThat(page.path("limit").asInt()).as("the nearest allowed value").isEqualTo(200);
    }

    @Test
    void waitingUserHearsOfPromotionAtOnce() {
        String holder = TestSecrets.userToken("holder-" + UUID.randomUUID(), "Park");
        String leeId = "lee-" + UUID.randomUUID();
        String lee = TestSecrets.userToken(leeId, "Lee");
        String vase = system.newProduct(show, "Vase", 1).path("id").asText();
        String held = addToCart(holder, vase, 1).path("id").asText();
        try (JsonTestClient phone = JsonTestClient.connect(system.socketUrl(), lee)) {
            Map<String, Object> request = Map.of("productId", vase, "quantity", 1);
            JsonNode reservation =
                    system.call("POST", "/api/reservations", lee, request).data();
            assertThat(reservation.path("queuePosition").asInt()).isEqualTo(1);
            system.call("DELETE", "/api/cart/" + held, holder, null).data();

            JsonNode promotion = phone.await("reservation:promoted").path("data");
            assertThat(promotion.path("userId").asText()).isEqualTo(leeId);
            assertThat(promotion.path("reservationId")).isEqualTo(reservation.path("id"));
            JsonNode cart = system.call("GET", "/api/cart", lee, null).data();
            assertThat(cart.at("/items/0/id")).isEqualTo(promotion.path("cartItemId"));
        }
    }

    private String newProduct(String name, String price) {
        String id = system.newProduct(show, name, 10).path("id").asText();
        patch(id, "", Map.of("price", new BigDecimal(price)));
        return id;
    }

    private JsonNode addToCart(String buyer, String product, int quantity) {
        return system.call("POST", "/api/cart", buyer, Map.of("productId", product, "quantity", quantity))
                .data();
    }

    private static void awaitOrder(JsonTestClient admin, String event, String id) {
        admin.await(
                frame -> frame.path("event").asText().equals(event)
                        && frame.at("/data/orderId").asText().equals(id),
                event);
    }

    @Test
    void listTakesNearestAllowedNumber() {
        system.newProduct(show, "Bowl", 5);
        system.newProduct(show, "Mug", 5);
        String path = "/api/products?streamKey=" + show.key() + "&take=";
        assertThat(system.get(path + "5000").data()).hasSize(2);
        assertThat(system.get(path + "0").data()).hasSize(1);
    }

    @Test
    void stockBelowZero_isRejected() {
        String path = "/api/products/"
                + system.newProduct(show, "Plate", 2).path("id").asText();
        HttpReply reply = system.call("PATCH", path + "/stock", seller, Map.of("quantity", -3));
        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.errorCode()).isEqualTo("CONFLICT");
        assertThat(system.get(path).data().path("stock").asInt()).isEqualTo(2);
    }

    static List<Arguments> invalidCalls() {
        return List.of(
                arguments("POST", "/api/products", Map.of("name", "Mug"), 400, "VALIDATION_ERROR"),
                arguments("POST", "/api/products", product("KEY", " ", 1), 400, "VALIDATION_ERROR"),
                arguments("POST", "/api/products", product("KEY", "Mug", -1), 400, "VALIDATION_ERROR"),
                arguments("POST", "/api/products", product("KEY", "Mug", "many"), 400, "VALIDATION_ERROR"),
                arguments("POST", "/api/products", "no object", 400, "VALIDATION_ERROR"),
                arguments("POST", "/api/products", product("no key", "Mug", 1), 400, "INVALID_STREAM_KEY"),
                arguments("POST", "/api/products", product("unowned", "Mug", 1), 404, "STREAM_NOT_FOUND"),
                arguments("GET", "/api/products?streamKey=no%20key", Map.of(), 400, "INVALID_STREAM_KEY"),
                arguments("POST", "/api/cart", Map.of("quantity", 1), 400, "VALIDATION_ERROR"),
                arguments("POST", "/api/orders/from-cart", Map.of("pointsToUse", 1), 400, "VALIDATION_ERROR"),
                arguments("DELETE", "/api/cart/" + UUID.randomUUID(), Map.of(), 404, "CART_ITEM_NOT_FOUND"),
                arguments("DELETE", "/api/reservations/" + UUID.randomUUID(), Map.of(), 404, "RESERVATION_NOT_FOUND"),
                arguments("GET", "/api/admin/orders", Map.of(), 403, "FORBIDDEN"),
                arguments("PATCH", "/api/products/" + UUID.randomUUID(), Map.of(), 404, "PRODUCT_NOT_FOUND"),
                arguments("GET", "/api/nothing", Map.of(), 404, "NOT_FOUND"));
    }

    private static Map<String, Object> product(String key, String name, Object stock) {
        return Map.of("streamKey", key, "name", name, "price", 1_000, "stock", stock);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {4}")
    @MethodSource("invalidCalls")
    void invalidCall_repliesWithErrorCode(String method, String path, Object body, int status, String code) {
        HttpReply reply = system.call(method, path, seller, body);
        assertThat(reply.errorCode()).as(reply.body()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(status);
    }

    @Test
    void cookieNeedsCsrfToken() {
        system.newProduct(show, "known stream", 1);
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
        HttpRequest.Builder request = system.request(
                        "POST", system.url("/api/products"), product(show.key(), "Spoon", 1))
                .header("Cookie", cookies);
        return system.send(csrf == null ? request : request.header("X-CSRF-Token", csrf));
    }

    private void patch(String id, String subPath, Map<String, Object> body) {
        system.call("PATCH", "/api/products/" + id + subPath, seller, body).data();
    }
}
