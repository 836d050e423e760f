package io.dorami.product.order;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.database.Database;
import io.dorami.service.messaging.EventBus;
import io.dorami.signing.PaymentSignature;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reservations, orders, payments and the featured product, over REST on real Redis and PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ShopTest {

    @Inject
    EventBus bus;

    @Inject
    Redis redis;

    @Inject
    Database database;

    @TestHTTPResource(value = "/openapi", management = true)
    String openApiUrl;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId room = RoomId.parse("shop:" + key);
    private final String seller = TestSecrets.userToken("seller", "Hana");
    private final String kimId = "kim-" + UUID.randomUUID();
    private final String kim = TestSecrets.userToken(kimId, "Kim Minji");

    @BeforeEach
    void registerStreamOfSeller() {
        bus.publish(new StreamLifecycle.StreamRegistered(key, "seller", Instant.now()))
                .await()
                .atMost(Duration.ofSeconds(10));
    }

    @Test
    void reservationHoldsUnitsAtCurrentPriceAndNotifiesRoom() {
        String product = createProduct(6);
        JsonNode held = reserve(kim, product, 2, null).path("data");
        as(seller)
                .body(Map.of("price", 1))
                .patch("/api/products/" + product)
                .then()
                .statusCode(200);
        as(kim).get("/api/reservations/" + held.path("id").asText())
                .then()
                .statusCode(200)
                .body("data.unitPrice", equalTo(12_900))
                .body("data.totalPrice", equalTo(25_800))
                .body("data.state", equalTo("HELD"));
        assertThat(getStock(product)).isEqualTo(4);
        Duration hold = Duration.between(
                Instant.parse(held.path("createdAt").asText()),
                Instant.parse(held.path("expiresAt").asText()));
        assertThat(hold).isEqualTo(Duration.ofMinutes(10));
        await().untilAsserted(() -> assertThat(RedisSubscriber.loggedEventNames(redis, room))
                .containsSubsequence("live:product:updated", "product:low-stock", "cart:item-added"));
        JsonNode cart = firstEventData("cart:item-added");
        assertThat(cart.path("userName").asText()).isEqualTo("K**");
        assertThat(cart.path("quantity").asInt()).isEqualTo(2);
    }

    @Test
    void lastUnitSellsOutAndReleasedUnitIsAvailable() {
        String product = createProduct(1);
        String held = reserve(kim, product, 1, null).path("data").path("id").asText();
        assertRejected(409, "SOLD_OUT", () -> postReservation(kim, product, 1, null));
        as(kim).delete("/api/reservations/" + held).then().statusCode(200).body("data.state", equalTo("CANCELLED"));
        as(kim).delete("/api/reservations/" + held).then().statusCode(200);
        assertThat(getStock(product)).as("units returned to stock once").isEqualTo(1);
        given().get("/api/products/" + product).then().body("data.status", equalTo("AVAILABLE"));
        await().untilAsserted(() -> assertThat(RedisSubscriber.loggedEventNames(redis, room))
                .containsSubsequence(
                        "live:product:updated", "live:product:soldout", "product:sold-out", "live:product:updated"));
        assertThat(firstEventData("live:product:soldout").path("version").asInt())
                .isEqualTo(2);
        assertThat(firstEventData("product:sold-out").path("productId").asText())
                .isEqualTo(product);
    }

    @Test
    void productMarkedSoldOutStaysSoldOut() {
        String product = createProduct(2);
        String held = reserve(kim, product, 1, null).path("data").path("id").asText();
        as(seller).patch("/api/products/" + product + "/sold-out").then().statusCode(200);
        assertRejected(409, "SOLD_OUT", () -> postReservation(kim, product, 1, null));
        as(kim).delete("/api/reservations/" + held).then().statusCode(200);
        given().get("/api/products/" + product)
                .then()
                .body("data.stock", equalTo(2))
                .body("data.status", equalTo("SOLD_OUT"));
    }

    @Test
    void repeatedRequestGetsSameReplyAndReservesNothing() {
        String product = createProduct(5);
        JsonNode first = reserve(kim, product, 2, "k-1");
        String id = first.path("data").path("id").asText();
        as(kim).post("/api/reservations/" + id + "/extend").then().statusCode(200);
        as(kim).post("/api/reservations/" + id + "/confirm").then().statusCode(200);
        assertThat(reserve(kim, product, 2, "k-1").path("data")).isEqualTo(first.path("data"));
        assertRejected(422, "IDEMPOTENCY_KEY_REUSED", () -> postReservation(kim, product, 1, "k-1"));
        assertThat(getStock(product)).isEqualTo(3);
        reserve(TestSecrets.userToken("other-user", "Else"), product, 1, "k-1");
        assertThat(getStock(product)).as("idempotency keys are per user").isEqualTo(2);
    }

    @Test
    void rejectedRequestIsRejectedOnRepeat() {
        String product = createProduct(1);
        assertRejected(409, "SOLD_OUT", () -> postReservation(kim, product, 2, "k-2"));
        as(seller)
                .body(Map.of("quantity", 5))
                .patch("/api/products/" + product + "/stock")
                .then()
                .statusCode(200);
        assertRejected(409, "SOLD_OUT", () -> postReservation(kim, product, 2, "k-2"));
        reserve(kim, product, 2, "k-3");
    }

    @Test
    void concurrentRepeatsReserveOnce() {
        String product = createProduct(10);
        List<String> ids = new CopyOnWriteArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 12; i++) {
                threads.submit(() -> ids.add(
                        reserve(kim, product, 3, "same").path("data").path("id").asText()));
            }
        }
        assertThat(ids).hasSize(12).containsOnly(ids.getFirst());
        assertThat(getStock(product)).isEqualTo(7);
    }

    @Test
    void reservationIsExtendedOnce() {
        String id =
                reserve(kim, createProduct(1), 1, null).path("data").path("id").asText();
        as(kim).post("/api/reservations/" + id + "/extend")
                .then()
                .statusCode(200)
                .body("data.extended", equalTo(true));
        assertRejected(
                409,
                "CONFLICT",
                () -> as(kim).post("/api/reservations/" + id + "/extend").then());
    }

    @Test
    void expiredReservationReleasesOnceAndCannotBeConfirmed() {
        String product = createProduct(1);
        String id = reserve(kim, product, 1, null).path("data").path("id").asText();
        execute("UPDATE reservation SET expires_at = now() WHERE id = '" + id + "'");
        await().until(() -> getStock(product) == 1);
        as(kim).get("/api/reservations/" + id).then().body("data.state", equalTo("EXPIRED"));
        assertRejected(
                409,
                "RESERVATION_EXPIRED",
                () -> as(kim).post("/api/reservations/" + id + "/confirm").then());
        as(kim).delete("/api/reservations/" + id).then().statusCode(200);
        assertThat(getStock(product)).isEqualTo(1);
    }

    @Test
    void reservationBecomesOneOrderThatIsPaidOnce() {
        String product = createProduct(3);
        String reservation =
                reserve(kim, product, 2, null).path("data").path("id").asText();
        String order = confirm(reservation);
        assertThat(order).matches("ORD-\\d{8}-\\d{5}");
        assertThat(confirm(reservation)).as("the same order").isEqualTo(order);

        assertRejected(409, "CONFLICT", () -> pay("p-low" + order, order, 1));
        pay("p1-" + order, order, 25_800).statusCode(200).body("data.state", equalTo("PAID"));
        pay("p1-" + order, order, 25_800).statusCode(200);
        assertRejected(409, "CONFLICT", () -> pay("p2-" + order, order, 25_800));
        assertRejected(
                409,
                "CONFLICT",
                () -> as(kim).post("/api/orders/" + order + "/cancel").then());
        assertThat(getStock(product)).isEqualTo(1);

        await().untilAsserted(() ->
                assertThat(RedisSubscriber.loggedEventNames(redis, room)).contains("order:purchase:notification"));
        assertThat(firstEventData("order:purchase:notification"))
                .isEqualTo(Json.read(
                        "{\"streamKey\":\"%s\",\"displayName\":\"K**\",\"message\":\"K** bought Cup\"}".formatted(key),
                        JsonNode.class));
        List<EventFrame> adminEvents = RedisSubscriber.loggedEvents(redis, RoomId.ADMINS).stream()
                .filter(frame -> frame.data().contains(order))
                .toList();
        assertThat(adminEvents).extracting(EventFrame::name).containsExactly("order:new", "order:paid");
        assertThat(adminEvents).allSatisfy(frame -> {
            assertThat(frame.isFlat()).isTrue();
            assertThat(frame.data())
                    .contains("\"userId\":\"" + kimId, "\"streamKeys\":[\"" + key)
                    .doesNotContain("@");
        });
    }

    @Test
    void cancelledOrderReleasesUnitsOnce() {
        String product = createProduct(3);
        String order =
                confirm(reserve(kim, product, 2, null).path("data").path("id").asText());
        as(kim).post("/api/orders/" + order + "/cancel")
                .then()
                .statusCode(200)
                .body("data.state", equalTo("CANCELLED"));
        as(kim).post("/api/orders/" + order + "/cancel").then().statusCode(200);
        assertRejected(409, "CONFLICT", () -> pay("late", order, 25_800));
        assertThat(getStock(product)).isEqualTo(3);
    }

    @Test
    void unpaidOrder_afterPaymentTimeout_isCancelled() {
        String product = createProduct(3);
        String order =
                confirm(reserve(kim, product, 2, null).path("data").path("id").asText());
        execute("UPDATE orders SET pay_until = now() WHERE id = '" + order + "'");
        await().until(() -> getStock(product) == 3);
        as(kim).get("/api/orders/" + order).then().body("data.state", equalTo("CANCELLED"));
    }

    @Test
    void failedPaymentLeavesOrderPayable() {
        String order = confirm(
                reserve(kim, createProduct(1), 1, null).path("data").path("id").asText());
        sendCallback(Map.of("paymentId", "f", "orderId", order, "amount", 12_900, "status", "FAILED"))
                .statusCode(200)
                .body("data.state", equalTo("PENDING_PAYMENT"));
        pay("after " + order, order, 12_900).statusCode(200);
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
            assertRejected(401, "INVALID_SIGNATURE", () -> postCallback(header, body));
        }
        assertRejected(400, "VALIDATION_ERROR", () -> postCallback(provider.sign(body, now), body));
    }

    @Test
    void usersAccessOnlyTheirOwnReservationsAndOrders() {
        String other = TestSecrets.userToken("other-" + key, "Other");
        String reservation =
                reserve(kim, createProduct(2), 1, null).path("data").path("id").asText();
        String order = confirm(reservation);
        assertRejected(
                404,
                "RESERVATION_NOT_FOUND",
                () -> as(other).get("/api/reservations/" + reservation).then());
        assertRejected(
                404,
                "RESERVATION_NOT_FOUND",
                () -> as(other).delete("/api/reservations/" + reservation).then());
        assertRejected(
                404,
                "RESERVATION_NOT_FOUND",
                () -> as(other)
                        .post("/api/reservations/" + reservation + "/confirm")
                        .then());
        assertRejected(
                404,
                "ORDER_NOT_FOUND",
                () -> as(other).get("/api/orders/" + order).then());
        assertRejected(
                404,
                "ORDER_NOT_FOUND",
                () -> as(other).post("/api/orders/" + order + "/cancel").then());
        as(other).get("/api/orders").then().statusCode(200).body("data", hasSize(0));
        as(kim).get("/api/orders").then().body("data", hasSize(1)).body("data[0].id", equalTo(order));
        as(kim).get("/api/reservations").then().body("data", hasSize(1)).body("data[0].orderId", equalTo(order));
        assertRejected(401, "UNAUTHORIZED", () -> given().get("/api/orders").then());
        as(TestSecrets.adminToken())
                .post("/api/orders/" + order + "/cancel")
                .then()
                .statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"productId\":\"PRODUCT\",\"quantity\":0}",
                "{\"productId\":\"PRODUCT\",\"quantity\":11}",
                "{\"productId\":\"PRODUCT\"}",
                "{\"productId\":\"x\",\"quantity\":1}",
                "{\"quantity\":1}",
                "{\"productId\":\"PRODUCT\",\"quantity\":1,\"option\":\"green\"}",
                "[]",
            })
    void invalidReservationRequestIsRejected(String body) {
        assertRejected(
                400,
                "VALIDATION_ERROR",
                () -> as(kim).body(body.replace("PRODUCT", createProduct(1)))
                        .post("/api/reservations")
                        .then());
    }

    @Test
    void productOptionsAreAccepted() {
        Map<String, Object> request =
                new HashMap<>(Map.of("streamKey", key.value(), "name", "Shirt", "price", 1, "stock", 9));
        request.put("colorOptions", List.of("red"));
        request.put("sizeOptions", List.of("L"));
        String product =
                as(seller).body(request).post("/api/products").then().extract().path("data.id");
        for (String option : List.of("red", "L", "red / L")) {
            as(kim).body(Map.of("productId", product, "quantity", 1, "option", option))
                    .post("/api/reservations")
                    .then()
                    .statusCode(201)
                    .body("data.option", equalTo(option));
        }
    }

    @Test
    void unknownProductAndInvalidIdempotencyKeyAreRejected() {
        assertRejected(
                404,
                "PRODUCT_NOT_FOUND",
                () -> postReservation(kim, UUID.randomUUID().toString(), 1, null));
        String product = createProduct(1);
        assertRejected(400, "VALIDATION_ERROR", () -> postReservation(kim, product, 1, "k".repeat(101)));
    }

    @Test
    void userHoldsAtMostTwentyReservations() {
        String product = createProduct(30);
        for (int i = 0; i < 20; i++) {
            reserve(kim, product, 1, null);
        }
        assertRejected(429, "RATE_LIMIT_EXCEEDED", () -> postReservation(kim, product, 1, null));
    }

    @Test
    void featuredProductIsPublishedAndFollowsChanges() {
        String product = createProduct(2);
        String address = "/api/streaming/" + key + "/featured-product";
        as(kim).body(Map.of("productId", product)).post(address).then().statusCode(403);
        as(seller)
                .body(Map.of("productId", UUID.randomUUID()))
                .post(address)
                .then()
                .statusCode(404)
                .body("errorCode", equalTo("PRODUCT_NOT_FOUND"));
        as(seller)
                .body(Map.of("productId", product))
                .post(address)
                .then()
                .statusCode(200)
                .body("data.product.id", equalTo(product));
        reserve(kim, product, 1, null);
        as(seller)
                .body(Map.of("name", "Mug"))
                .patch("/api/products/" + product)
                .then()
                .statusCode(200);
        getFeatured().body("data.product.name", equalTo("Mug")).body("data.product.stock", equalTo(1));
        as(seller).delete("/api/products/" + product).then().statusCode(200);
        getFeatured().body("data.product", nullValue());

        String next = createProduct(1);
        as(seller).body(Map.of("productId", next)).post(address).then().statusCode(200);
        as(seller).patch(address + "/clear").then().statusCode(200).body("data.product", nullValue());
        as(seller).patch(address + "/clear").then().statusCode(200);
        await().untilAsserted(() -> assertThat(RedisSubscriber.loggedEvents(redis, room).stream()
                        .filter(frame -> frame.name().equals("stream:featured-product:updated"))
                        .map(frame -> Json.read(frame.data(), JsonNode.class).path("product"))
                        .map(shown -> shown.isNull()
                                ? "-"
                                : shown.path("name").asText()
                                        + shown.path("stock").asText()))
                .containsExactly("Cup2", "Cup1", "Mug1", "-", "Cup1", "-"));
    }

    @Test
    void openApiDescribesCalls() {
        given().accept(ContentType.JSON)
                .get(openApiUrl + "?format=json")
                .then()
                .statusCode(200)
                .body(
                        "paths.'/api/reservations'.post.parameters[0].name",
                        equalTo("Idempotency-Key"),
                        "paths.'/api/orders/{id}/cancel'.post.summary",
                        equalTo("Cancel order"));
    }

    private ValidatableResponse getFeatured() {
        return given().get("/api/streaming/key/" + key + "/featured-product")
                .then()
                .statusCode(200);
    }

    private String createProduct(int stock) {
        return as(seller)
                .body(Map.of("streamKey", key.value(), "name", "Cup", "price", 12_900, "stock", stock))
                .post("/api/products")
                .then()
                .statusCode(201)
                .extract()
                .path("data.id");
    }

    private static JsonNode reserve(String token, String product, int quantity, @Nullable String key) {
        return Json.read(
                postReservation(token, product, quantity, key)
                        .statusCode(201)
                        .extract()
                        .asString(),
                JsonNode.class);
    }

    private static ValidatableResponse postReservation(
            String token, String product, int quantity, @Nullable String key) {
        RequestSpecification request = as(token).body(Map.of("productId", product, "quantity", quantity));
        return (key == null ? request : request.header("Idempotency-Key", key))
                .post("/api/reservations")
                .then();
    }

    private String confirm(String reservation) {
        return as(kim).post("/api/reservations/" + reservation + "/confirm")
                .then()
                .statusCode(200)
                .body("data.state", equalTo("PENDING_PAYMENT"))
                .extract()
                .path("data.id");
    }

    private static ValidatableResponse pay(String payment, String order, long amount) {
        return sendCallback(Map.of("paymentId", payment, "orderId", order, "amount", amount, "status", "PAID"));
    }

    private static ValidatableResponse sendCallback(Map<String, Object> callback) {
        byte[] body = Json.write(callback).getBytes(StandardCharsets.UTF_8);
        return postCallback(new PaymentSignature(TestSecrets.PAYMENT).sign(body, Instant.now()), body);
    }

    private static ValidatableResponse postCallback(String header, byte[] body) {
        return given().contentType(ContentType.JSON)
                .header(PaymentSignature.HEADER, header)
                .body(body)
                .post("/api/payments/callback")
                .then();
    }

    private static void assertRejected(int status, String code, Supplier<ValidatableResponse> call) {
        call.get().statusCode(status).body("errorCode", equalTo(code));
    }

    private JsonNode firstEventData(String event) {
        return RedisSubscriber.loggedEvents(redis, room).stream()
                .filter(frame -> frame.name().equals(event))
                .findFirst()
                .map(frame -> Json.read(frame.data(), JsonNode.class))
                .orElseThrow();
    }

    private static int getStock(String product) {
        return given().get("/api/products/" + product).then().extract().path("data.stock");
    }

    private void execute(String statement) {
        database.runCritical(connection -> connection.query(statement).execute())
                .await()
                .atMost(Duration.ofSeconds(10));
    }

    private static RequestSpecification as(String token) {
        return given().contentType(ContentType.JSON).header("Authorization", "Bearer " + token);
    }
}
