package io.dorami.product.order;

import static io.dorami.product.Shop.as;
import static io.dorami.product.Shop.assertRejected;
import static io.dorami.product.Shop.data;
import static io.dorami.product.Shop.pay;
import static io.dorami.product.Shop.postOrder;
import static io.dorami.product.Shop.sendCallback;
import static io.dorami.product.Shop.stock;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.events.EventFrame;
import io.dorami.product.Shop;
import io.dorami.signing.PaymentSignature;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Orders and payments over REST, on real Redis and PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class OrderTest {

    @Inject
    Shop shop;

    @BeforeEach
    void open() {
        shop.open();
    }

    @Test
    void severalItemsBecomeOneOrderThatIsPaidOnce() {
        String cup = shop.createProduct(3, Map.of("shippingFee", 2.5));
        String mug = shop.createProduct(3, Map.of("name", "Mug", "price", 10));
        JsonNode order = shop.order(shop.add(cup, 2), shop.add(mug, 1));
        String id = order.path("id").asText();
        assertThat(id).matches("ORD-\\d{8}-\\d{5}");
        assertThat(order.path("items")).hasSize(2);
        assertThat(order.path("subtotal").isNumber()).as("amounts are numbers").isTrue();
        assertThat(order.path("subtotal").asDouble()).isEqualTo(69.8);
        assertThat(order.path("shippingFee").asDouble()).isEqualTo(2.5);
        assertThat(order.path("total").asDouble()).isEqualTo(72.3);
        assertThat(order.path("paymentStatus").asText()).isEqualTo("PENDING");
        assertThat(order.path("depositorName").asText()).isEqualTo("Kim Minji");
        assertThat(order.path("items").path(1).path("productName").asText()).isEqualTo("Mug");

        assertRejected(409, "CONFLICT", () -> pay("p-low" + id, id, 72.29));
        pay("p1-" + id, id, 72.3).statusCode(200).body("data.state", equalTo("PAYMENT_CONFIRMED"));
        pay("p1-" + id, id, 72.3).statusCode(200);
        assertRejected(409, "CONFLICT", () -> pay("p2-" + id, id, 72.3));
        assertRejected(
                409, "CONFLICT", () -> as(shop.kim).delete("/api/orders/" + id).then());
        assertThat(stock(cup)).isEqualTo(1);
        assertThat(stock(mug)).isEqualTo(2);

        await().untilAsserted(() -> assertThat(shop.events(shop.room, "order:purchase:notification"))
                .hasSize(2));
        assertThat(shop.events(shop.room, "order:purchase:notification"))
                .extracting(event -> event.path("message").asText())
                .containsExactly("K**님이 주문했습니다: Cup 외 1개", "K**님이 구매했습니다: Cup 외 1개");
        List<EventFrame> adminEvents = shop.adminEvents(id);
        assertThat(adminEvents).extracting(EventFrame::name).containsExactly("order:new", "order:paid");
        assertThat(adminEvents).allSatisfy(frame -> {
            assertThat(frame.isFlat()).isTrue();
            assertThat(frame.data())
                    .contains("\"userId\":\"" + shop.kimId, "\"streamKeys\":[\"" + shop.key)
                    .doesNotContain("@");
        });
    }

    @Test
    void orderWithoutIdsTakesAllHeldItems() {
        assertRejected(
                409,
                "CONFLICT",
                () -> as(shop.kim).post("/api/orders/from-cart").then());
        shop.add(shop.createProduct(1), 1);
        shop.add(shop.createProduct(1), 1);
        JsonNode order = data(as(shop.kim).post("/api/orders/from-cart").then().statusCode(201));
        assertThat(order.path("items")).hasSize(2);
        as(shop.kim).get("/api/cart").then().body("data.items.size()", equalTo(0));
    }

    @Test
    void unavailableItemIsNamedAndNothingIsLost() {
        String cup = shop.createProduct(1);
        String good = shop.add(shop.createProduct(1), 1);
        String expired = shop.add(cup, 1);
        String removed = shop.add(shop.createProduct(1, Map.of("name", "Mug")), 1);
        shop.execute("UPDATE reservation SET expires_at = now() WHERE id = '" + expired + "'");
        as(shop.kim).delete("/api/cart/" + removed).then().statusCode(200);
        postOrder(shop.kim, "k", good, expired, removed)
                .statusCode(409)
                .body(
                        "errorCode",
                        equalTo("CART_EXPIRED"),
                        "message",
                        allOf(containsString(expired + " (Cup) expired"), containsString(removed + " (Mug)")));
        as(shop.kim).get("/api/cart").then().body("data.itemCount", equalTo(1));
        as(shop.kim).get("/api/orders").then().body("data.total", equalTo(0));
        await().until(() -> stock(cup) == 1);
        postOrder(shop.kim, "k2", good).statusCode(201);
    }

    @Test
    void repeatedOrderIsSameOrder() {
        String item = shop.add(shop.createProduct(1), 1);
        String other = shop.add(shop.createProduct(1), 1);
        List<String> ids = new CopyOnWriteArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                threads.submit(
                        () -> ids.add(data(postOrder(shop.kim, "same", item).statusCode(201))
                                .path("id")
                                .asText()));
            }
        }
        assertThat(ids).hasSize(8).containsOnly(ids.getFirst());
        assertThat(shop.order(item).path("id").asText()).as("without a key").isEqualTo(ids.getFirst());
        assertRejected(422, "IDEMPOTENCY_KEY_REUSED", () -> postOrder(shop.kim, "same", other));
        assertRejected(409, "CONFLICT", () -> postOrder(shop.kim, null, item, other));
        as(shop.kim).get("/api/orders").then().body("data.total", equalTo(1));
        await().untilAsserted(() -> assertThat(shop.adminEvents(ids.getFirst())).hasSize(1));
    }

    @Test
    void orderWithNamesShowsThemToAdmins() {
        String item = shop.add(shop.createProduct(1), 1);
        JsonNode order = data(as(shop.kim)
                .body(Map.of("cartItemIds", List.of(item), "depositorName", "Lee", "instagramId", "@lee"))
                .post("/api/orders")
                .then()
                .statusCode(201));
        as(TestSecrets.adminToken())
                .get("/api/admin/orders/" + order.path("id").asText())
                .then()
                .statusCode(200)
                .body("data.depositorName", equalTo("Lee"), "data.customer.instagramId", equalTo("@lee"))
                .body("data.customer.name", equalTo("Kim Minji"), "data.userId", equalTo(shop.kimId));
    }

    @Test
    void pointsAreRefusedByName() {
        String item = shop.add(shop.createProduct(1), 1);
        as(shop.kim)
                .body(Map.of("cartItemIds", List.of(item), "pointsToUse", 1))
                .post("/api/orders/from-cart")
                .then()
                .statusCode(400)
                .body("message", containsString("body.pointsToUse"));
        as(shop.kim)
                .body(Map.of("cartItemIds", List.of(item), "pointsToUse", 0))
                .post("/api/orders/from-cart")
                .then()
                .statusCode(201);
    }

    @Test
    void cancelledOrderReturnsAllUnitsOnce() {
        String cup = shop.createProduct(3);
        String mug = shop.createProduct(3);
        String order = shop.order(shop.add(cup, 2), shop.add(mug, 1)).path("id").asText();
        as(shop.kim).delete("/api/orders/" + order).then().statusCode(200).body("data.status", equalTo("CANCELLED"));
        as(shop.kim).post("/api/orders/" + order + "/cancel").then().statusCode(200);
        assertRejected(409, "CONFLICT", () -> pay("late" + order, order, 89.7));
        assertThat(stock(cup)).isEqualTo(3);
        assertThat(stock(mug)).isEqualTo(3);
        as(shop.kim).get("/api/orders/" + order).then().body("data.paymentStatus", equalTo("FAILED"));
    }

    @Test
    void unpaidOrder_afterPaymentTimeout_isCancelled() {
        String cup = shop.createProduct(3);
        String mug = shop.createProduct(3);
        String order = shop.order(shop.add(cup, 2), shop.add(mug, 1)).path("id").asText();
        shop.execute("UPDATE orders SET pay_until = now() WHERE id = '" + order + "'");
        await().until(() -> stock(cup) == 3 && stock(mug) == 3);
        as(shop.kim).get("/api/orders/" + order).then().body("data.status", equalTo("CANCELLED"));
        assertThat(shop.adminEvents(order))
                .extracting(EventFrame::name)
                .containsExactly("order:new", "order:cancelled");
    }

    @Test
    void interruptedReturnOfUnitsIsFinished() {
        String cup = shop.createProduct(3);
        String order = shop.order(shop.add(cup, 2)).path("id").asText();
        shop.execute("UPDATE orders SET state = 'CANCELLED', cancelled_at = now(), units_returned = false WHERE id = '"
                + order + "'");
        await().until(() -> stock(cup) == 3);
    }

    @Test
    void failedPaymentLeavesOrderPayable() {
        String order = shop.order(shop.add(shop.createProduct(1), 1)).path("id").asText();
        sendCallback(Map.of("paymentId", "f", "orderId", order, "amount", 29.9, "status", "FAILED"))
                .statusCode(200)
                .body("data.state", equalTo("PENDING_PAYMENT"));
        as(shop.kim).get("/api/orders/" + order).then().body("data.paymentStatus", equalTo("FAILED"));
        pay("after " + order, order, 29.9).statusCode(200);
        as(shop.kim).get("/api/orders/" + order).then().body("data.paymentStatus", equalTo("CONFIRMED"));
    }

    @Test
    void paymentOfAnotherOrderIsRefunded() {
        String first = shop.order(shop.add(shop.createProduct(1), 1)).path("id").asText();
        String second =
                shop.order(shop.add(shop.createProduct(1), 1)).path("id").asText();
        pay("one-" + first, first, 29.9).statusCode(200);
        assertRejected(409, "CONFLICT", () -> pay("one-" + first, second, 29.9));
        assertRejected(409, "CONFLICT", () -> pay("more-" + second, second, 29.909));
    }

    @Test
    void refundCancelsOrderAndUnknownStateIsAcknowledged() {
        String product = shop.createProduct(3);
        String order = shop.order(shop.add(product, 2)).path("id").asText();
        pay("r-" + order, order, 59.8).statusCode(200);
        sendCallback(Map.of("paymentId", "r-" + order, "orderId", order, "amount", 59.8, "status", "CHARGEBACK_OPEN"))
                .statusCode(200)
                .body("data.state", equalTo("PAYMENT_CONFIRMED"));
        sendCallback(Map.of("paymentId", "other", "orderId", order, "amount", 59.8, "status", "REFUNDED"))
                .statusCode(200)
                .body("data.state", equalTo("PAYMENT_CONFIRMED"));
        for (int repeat = 0; repeat < 2; repeat++) {
            sendCallback(Map.of("paymentId", "r-" + order, "orderId", order, "amount", 59.8, "status", "REFUNDED"))
                    .statusCode(200)
                    .body("data.state", equalTo("CANCELLED"));
        }
        assertThat(stock(product)).isEqualTo(3);
    }

    @Test
    void adminConfirmsAndUndoesBankTransfer() {
        String product = shop.createProduct(3);
        String order = shop.order(shop.add(product, 2)).path("id").asText();
        String admin = TestSecrets.adminToken();
        assertRejected(403, "FORBIDDEN", () -> setStatus(shop.kim, order, "PAYMENT_CONFIRMED"));
        setStatus(admin, order, "PAYMENT_CONFIRMED").statusCode(200).body("data.paymentStatus", equalTo("CONFIRMED"));
        setStatus(admin, order, "PAYMENT_CONFIRMED").statusCode(200);
        setStatus(admin, order, "PENDING_PAYMENT").statusCode(200).body("data.paymentStatus", equalTo("PENDING"));
        as(admin)
                .body(Map.of("orderIds", List.of(order, "ORD-unknown"), "status", "CANCELLED"))
                .patch("/api/admin/orders/bulk-status")
                .then()
                .statusCode(200)
                .body("data.success", equalTo(1), "data.failed", equalTo(List.of("ORD-unknown")));
        assertThat(stock(product)).isEqualTo(3);
        assertRejected(409, "CONFLICT", () -> setStatus(admin, order, "PAYMENT_CONFIRMED"));
        assertThat(shop.adminEvents(order))
                .extracting(EventFrame::name)
                .containsExactly("order:new", "order:paid", "order:cancelled");
    }

    @Test
    void adminFindsOrdersByStatusDayAndSearch() {
        String order = shop.order(shop.add(shop.createProduct(1), 1)).path("id").asText();
        String today = Instant.now().atZone(OrderFilter.SEOUL).toLocalDate().toString();
        for (String filter : List.of(
                "",
                "&orderStatus=PENDING_PAYMENT",
                "&status=PENDING_PAYMENT&status=CANCELLED",
                "&startDate=" + today + "&endDate=" + today,
                "&dateFrom=" + today,
                "&userId=" + shop.kimId)) {
            as(TestSecrets.adminToken())
                    .get("/api/admin/orders?search=" + order + filter)
                    .then()
                    .statusCode(200)
                    .body("data.orders.id", equalTo(List.of(order)), "data.total", equalTo(1));
        }
        for (String filter :
                List.of("orderStatus=CANCELLED", "endDate=2020-01-01", "userId=unknown", "startDate=2100-01-01")) {
            as(TestSecrets.adminToken())
                    .get("/api/admin/orders?search=" + order + "&" + filter)
                    .then()
                    .body("data.total", equalTo(0));
        }
        assertRejected(
                400,
                "VALIDATION_ERROR",
                () -> as(TestSecrets.adminToken())
                        .get("/api/admin/orders?status=NEW")
                        .then());
        assertRejected(
                400,
                "VALIDATION_ERROR",
                () -> as(shop.kim).get("/api/orders?startDate=yesterday").then());
    }

    @Test
    void callbackWithoutValidSignatureIsRejected() {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        Instant now = Instant.now();
        PaymentSignature provider = new PaymentSignature(TestSecrets.PAYMENT);
        for (String header : List.of(
                "",
                "t=1,v1=abc",
                new PaymentSignature("another").sign(body, now),
                provider.sign("{ }".getBytes(StandardCharsets.UTF_8), now),
                provider.sign(body, now.minusSeconds(302)),
                provider.sign(body, now.plusSeconds(330)))) {
            assertRejected(401, "INVALID_SIGNATURE", () -> Shop.postCallback(header, body));
        }
        assertRejected(400, "VALIDATION_ERROR", () -> Shop.postCallback(provider.sign(body, now), body));
    }

    @Test
    void usersAccessOnlyTheirOwnOrders() {
        String other = TestSecrets.userToken("other-" + shop.key, "Other");
        String order = shop.order(shop.add(shop.createProduct(2), 1)).path("id").asText();
        assertRejected(
                404,
                "ORDER_NOT_FOUND",
                () -> as(other).get("/api/orders/" + order).then());
        assertRejected(
                404,
                "ORDER_NOT_FOUND",
                () -> as(other).delete("/api/orders/" + order).then());
        as(other).get("/api/orders?page=1&limit=200").then().statusCode(200).body("data.total", equalTo(0));
        as(shop.kim)
                .get("/api/orders?page=0&limit=100000")
                .then()
                .statusCode(200)
                .body("data.items.id", equalTo(List.of(order)), "data.page", equalTo(1), "data.limit", equalTo(200));
        assertRejected(401, "UNAUTHORIZED", () -> given().get("/api/orders").then());
        as(TestSecrets.adminToken()).delete("/api/orders/" + order).then().statusCode(200);
    }

    @Test
    void purchaseTextsNameOneProductOrCountOthers() {
        JsonNode order = shop.order(shop.add(shop.createProduct(1), 1));
        await().untilAsserted(() -> assertThat(shop.events(shop.room, "order:purchase:notification"))
                .hasSize(1));
        assertThat(shop.events(shop.room, "order:purchase:notification").getFirst())
                .isEqualTo(Json.read(
                        "{\"streamKey\":\"%s\",\"displayName\":\"K**\",\"message\":\"K**님이 주문했습니다: Cup\"}"
                                .formatted(shop.key),
                        JsonNode.class));
        assertThat(order.path("bankTransferInfo").isMissingNode()).isTrue();
    }

    private static ValidatableResponse setStatus(String token, String order, String status) {
        return as(token)
                .body(Map.of("status", status))
                .patch("/api/admin/orders/" + order + "/status")
                .then();
    }
}
