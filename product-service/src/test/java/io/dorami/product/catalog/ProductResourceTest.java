package io.dorami.product.catalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.dorami.contracts.Json;
import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.keys.RedisKeys;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ProductResourceTest {

    @Inject
    EventBus bus;

    @Inject
    Redis redis;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final RoomId room = RoomId.parse("shop:" + key);
    private final String seller = TestSecrets.userToken("seller", "Hana");

    @BeforeEach
    void registerStreamOfSeller() {
        bus.publish(new StreamLifecycle.StreamRegistered(key, "seller", Instant.now()))
                .await()
                .atMost(Duration.ofSeconds(10));
    }

    @Test
    void changesAreStoredAndPublishedToRoom() {
        String id = create(6);
        as(seller)
                .body(Map.of("price", 9.5))
                .patch("/api/products/" + id)
                .then()
                .statusCode(200)
                .body("data.price", equalTo(9.5f));
        as(seller)
                .body(Map.of("quantity", -4))
                .patch("/api/products/" + id + "/stock")
                .then()
                .statusCode(200)
                .body("data.stock", equalTo(2));
        as(seller)
                .patch("/api/products/" + id + "/sold-out")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("SOLD_OUT"));
        as(seller).delete("/api/products/" + id).then().statusCode(200);
        given().get("/api/products/" + id).then().statusCode(404).body("errorCode", equalTo("PRODUCT_NOT_FOUND"));
        await().untilAsserted(() -> assertThat(RedisSubscriber.loggedEventNames(redis, room))
                .containsExactly(
                        "live:product:added",
                        "product:added",
                        "live:product:updated",
                        "live:product:updated",
                        "product:low-stock",
                        "live:product:updated",
                        "live:product:soldout",
                        "product:sold-out",
                        "live:product:deleted"));
    }

    @Test
    void guestsMayListProducts() {
        create(1);
        String soldOut = create(1);
        as(seller).patch("/api/products/" + soldOut + "/sold-out").then().statusCode(200);
        given().get("/api/products?streamKey=" + key).then().statusCode(200).body("data", hasSize(2));
        given().get("/api/products?status=SOLD_OUT&streamKey=" + key)
                .then()
                .statusCode(200)
                .body("data", hasSize(1))
                .body("data[0].id", equalTo(soldOut));
        given().get("/api/products?take=1&skip=1&streamKey=" + key)
                .then()
                .statusCode(200)
                .body("data", hasSize(1));
    }

    @Test
    void onlyOwnerAndAdminsMayChangeProducts() {
        String id = create(1);
        given().contentType(ContentType.JSON)
                .body(product(1))
                .post("/api/products")
                .then()
                .statusCode(401)
                .body("errorCode", equalTo("UNAUTHORIZED"));
        as(TestSecrets.userToken("u2", "Lee"))
                .patch("/api/products/" + id + "/sold-out")
                .then()
                .statusCode(403)
                .body("errorCode", equalTo("FORBIDDEN"));
        as(TestSecrets.adminToken())
                .patch("/api/products/" + id + "/sold-out")
                .then()
                .statusCode(200);
    }

    @Test
    void cookieAuthenticationRequiresCsrfToken() {
        RequestSpecification cookie = given().contentType(ContentType.JSON).cookie("accessToken", seller);
        cookie.body(product(1))
                .post("/api/products")
                .then()
                .statusCode(403)
                .body("errorCode", equalTo("CSRF_TOKEN_MISSING"));
        given().contentType(ContentType.JSON)
                .cookie("accessToken", seller)
                .cookie("csrf-token", "t")
                .header("X-CSRF-Token", "other")
                .body(product(1))
                .post("/api/products")
                .then()
                .statusCode(403)
                .body("errorCode", equalTo("CSRF_TOKEN_INVALID"));
        given().contentType(ContentType.JSON)
                .cookie("accessToken", seller)
                .cookie("csrf-token", "t")
                .header("X-CSRF-Token", "t")
                .body(product(1))
                .post("/api/products")
                .then()
                .statusCode(201);
    }

    @Test
    void staleCookieDoesNotPreventReading() {
        given().cookie("accessToken", "stale").get("/api/products").then().statusCode(200);
    }

    @Test
    void suspendedUserIsRejected() {
        String token = TestSecrets.userToken("suspended-user", "Out");
        redis.sendAndAwait(Request.cmd(Command.SET)
                .arg(RedisKeys.suspended("suspended-user"))
                .arg("1"));
        as(token)
                .body(product(1))
                .post("/api/products")
                .then()
                .statusCode(401)
                .body("message", equalTo("account is suspended"));
    }

    @Test
    void stockCannotGoBelowZero() {
        String id = create(1);
        as(seller)
                .body(Map.of("quantity", -2))
                .patch("/api/products/" + id + "/stock")
                .then()
                .statusCode(409)
                .body("errorCode", equalTo("CONFLICT"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name | {\"streamKey\":\"KEY\",\"name\":\" \",\"price\":1,\"stock\":1}",
                "price | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":-1,\"stock\":1}",
                "price | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":\"free\",\"stock\":1}",
                "price | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1.005,\"stock\":1}",
                "price | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1e999999999,\"stock\":1}",
                "variants | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1,\"variants\":[{}]}",
                "discountRate | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1,\"discountRate\":100.5}",
                "timerDuration | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1,\"timerDuration\":7201}",
                "price: expected a number | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":\"1\",\"stock\":1}",
                "stock: expected an integer | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1.5}",
                "stock: expected an integer | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":\"1\"}",
                "name: expected a string | {\"streamKey\":\"KEY\",\"name\":5,\"price\":1,\"stock\":1}",
                "status: expected one of AVAILABLE, SOLD_OUT | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1,\"status\":0}",
                "got \"GONE\" | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1,\"status\":\"GONE\"}",
                "expiresAt: expected an ISO-8601 time | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1,\"expiresAt\":1795330265125}",
                "stock | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1000001}",
                "colorOptions | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1,\"colorOptions\":3}",
                "body.name | {\"streamKey\":\"KEY\",\"name\":\"\\u200b\",\"price\":1,\"stock\":1}",
                "body.prise: unknown field | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1,\"prise\":1}",
                "body | not json",
            })
    void invalidFieldIsNamedInMessage(String field, String body) {
        as(seller)
                .body(body.replace("KEY", key.value()))
                .post("/api/products")
                .then()
                .statusCode(400)
                .body("errorCode", equalTo("VALIDATION_ERROR"), "message", containsString(field));
    }

    @Test
    void fieldsOfWebClientAct() {
        as(seller)
                .body("""
                    {"streamKey":"%s","name":"Shirt","price":19.99,"stock":3,"colorOptions":[],"sizeOptions":[],
                     "variants":[],"status":"SOLD_OUT","timerEnabled":true,"timerDuration":60,"images":[],
                     "discountRate":33.3,"originalPrice":29.99,"isNew":true,"excludeFromStore":true,"shippingFee":0.5}\
                    """.formatted(key))
                .post("/api/products")
                .then()
                .statusCode(201)
                .body("data.status", equalTo("SOLD_OUT"), "data.discountRate", equalTo(33.3f))
                .body("data.originalPrice", equalTo(29.99f), "data.shippingFee", equalTo(0.5f))
                .body("data.timerDuration", equalTo(60), "data.excludeFromStore", equalTo(true));
    }

    @Test
    void flashPriceHoldsUntilItsEndAndForHeldItems() {
        String id = create(6);
        Instant end = Instant.now().plusMillis(1_500);
        as(seller)
                .body(Map.of("flashPrice", 19.9, "flashEndsAt", end.toString()))
                .patch("/api/products/" + id)
                .then()
                .statusCode(200)
                .body("data.price", equalTo(19.9f), "data.originalPrice", equalTo(29.9f))
                .body("data.flashEndsAt", equalTo(end.toString()));
        String buyer = TestSecrets.userToken("flash-" + key, "Kim");
        addToCart(buyer, id).body("data.price", equalTo("19.90"));
        await().until(() -> !Instant.now().isBefore(end));
        addToCart(buyer, id).body("data.price", equalTo("29.90"));
        as(buyer).get("/api/cart").then().body("data.subtotal", equalTo("49.80"));
        await().untilAsserted(() -> assertThat(RedisSubscriber.loggedEvents(redis, room).stream()
                        .filter(frame -> frame.name().equals("live:product:updated"))
                        .map(frame -> Json.read(frame.data(), Product.class).price()))
                .hasSize(4)
                .startsWith(new BigDecimal("19.90"))
                .endsWith(new BigDecimal("29.90")));
        given().get("/api/products/" + id)
                .then()
                .body("data.price", equalTo(29.9f), "data.flashPrice", nullValue(), "data.originalPrice", nullValue());
    }

    @Test
    void endOfSaleIsPublished() {
        String id = create(6);
        as(seller)
                .body(Map.of("expiresAt", Instant.now().plusMillis(700).toString()))
                .patch("/api/products/" + id)
                .then()
                .statusCode(200);
        await().untilAsserted(() -> assertThat(RedisSubscriber.loggedEventNames(redis, room))
                .containsExactly(
                        "live:product:added", "product:added", "live:product:updated", "live:product:updated"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "flashPrice | {\"flashEndsAt\":\"SOON\"}",
                "flashEndsAt | {\"flashPrice\":1}",
                "flashPrice | {\"flashPrice\":29.9,\"flashEndsAt\":\"SOON\"}",
                "flashEndsAt | {\"flashPrice\":1,\"flashEndsAt\":\"2100-01-01T00:00:00Z\"}",
            })
    void invalidFlashPriceIsRejected(String field, String body) {
        as(seller)
                .body(body.replace("SOON", Instant.now().plusSeconds(60).toString()))
                .patch("/api/products/" + create(1))
                .then()
                .statusCode(400)
                .body("message", containsString(field));
    }

    private static ValidatableResponse addToCart(String buyer, String product) {
        return as(buyer)
                .body(Map.of("productId", product, "quantity", 1))
                .post("/api/cart")
                .then()
                .statusCode(201);
    }

    @Test
    void namesAndOptionsAreCleaned() {
        as(seller)
                .body("""
                    {"streamKey":"%s","name":" Cup\\u202e \\ud83d","price":1,"stock":1,"colorOptions":["red\\u200b","red"]}\
                    """.formatted(key))
                .post("/api/products")
                .then()
                .statusCode(201)
                .body("data.name", equalTo("Cup \ufffd"), "data.colorOptions", equalTo(List.of("red")));
    }

    @Test
    void changeWithOldVersionIsRejected() {
        String id = create(10);
        as(seller)
                .body(Map.of("quantity", -3))
                .patch("/api/products/" + id + "/stock")
                .then()
                .statusCode(200);
        as(seller)
                .body(Map.of("name", "x", "stock", 10, "version", 1))
                .patch("/api/products/" + id)
                .then()
                .statusCode(409);
        as(seller)
                .header("If-Match", "\"1\"")
                .body(Map.of("stock", 10))
                .patch("/api/products/" + id)
                .then()
                .statusCode(409);
        as(seller)
                .header("If-Match", "\"2\"")
                .body(Map.of("stock", 10))
                .patch("/api/products/" + id)
                .then()
                .statusCode(200);
        as(seller).body(Map.of("stock", 5)).patch("/api/products/" + id).then().statusCode(200);
    }

    @Test
    void hiddenProductsAreForSellersUntilReleased() {
        String id = create(5);
        as(seller)
                .body(Map.of("ids", List.of(id)))
                .post("/api/products/bulk-status")
                .then()
                .statusCode(400);
        as(seller)
                .body(Map.of("excludeFromStore", true))
                .patch("/api/products/" + id)
                .then()
                .statusCode(200);
        given().get("/api/products?streamKey=" + key).then().body("data", hasSize(0));
        as(seller)
                .get("/api/products/admin?includeExpired=true&streamKey=" + key)
                .then()
                .statusCode(200)
                .body("data", hasSize(1));
        as(TestSecrets.userToken("u2", "Lee"))
                .get("/api/products/admin?streamKey=" + key)
                .then()
                .statusCode(403);
        as(seller).get("/api/products/admin").then().statusCode(403);
        as(seller)
                .body(Map.of("ids", List.of(id), "status", "AVAILABLE"))
                .post("/api/products/bulk-status")
                .then()
                .statusCode(200)
                .body("data.updated", equalTo(1));
        given().get("/api/products?take=200&skip=-5&streamKey=" + key)
                .then()
                .statusCode(200)
                .body("data", hasSize(1));
    }

    @Test
    void sellerReordersDuplicatesAndDeletesSeveral() {
        String first = create(1);
        String second = create(1);
        as(seller)
                .body(Map.of("ids", List.of(second, first)))
                .patch("/api/products/reorder")
                .then()
                .statusCode(200);
        given().get("/api/products?streamKey=" + key).then().body("data.id", equalTo(List.of(second, first)));
        as(seller)
                .post("/api/products/" + first + "/duplicate")
                .then()
                .statusCode(201)
                .body("data.name", equalTo("Cup"), "data.excludeFromStore", equalTo(true));
        String unknown = UUID.randomUUID().toString();
        as(seller)
                .body(Map.of("ids", List.of(first, unknown, second)))
                .post("/api/products/bulk-delete")
                .then()
                .statusCode(200)
                .body("data.deleted", equalTo(2), "data.failed", equalTo(List.of(unknown)));
        given().get("/api/products?streamKey=" + key).then().body("data", hasSize(0));
    }

    @Test
    void shopReadsPagesOfPublicProducts() {
        String name = "Shop " + UUID.randomUUID();
        String id = as(TestSecrets.adminToken())
                .body(Map.of("name", name, "price", 5, "stock", 2))
                .post("/api/products")
                .then()
                .statusCode(201)
                .extract()
                .path("data.id");
        as(seller).body(Map.of("name", "x")).patch("/api/products/" + id).then().statusCode(403);
        given().queryParam("search", name.toUpperCase(Locale.ROOT))
                .get("/api/products/store?page=1&limit=24")
                .then()
                .statusCode(200)
                .body("data.data.id", equalTo(List.of(id)), "data.items.id", equalTo(List.of(id)))
                .body("data.meta.total", equalTo(1), "data.meta.totalPages", equalTo(1), "data.total", equalTo(1));
        given().get("/api/products/popular?page=1&limit=8")
                .then()
                .statusCode(200)
                .body("data.meta.page", equalTo(1));
        given().get("/api/products/featured?limit=6").then().statusCode(200).body("data.id", hasItem(id));
        given().get("/api/products/live-deals").then().statusCode(200);
    }

    @Test
    void liveDealsAreProductsOfNewestLiveShow() {
        String id = create(3);
        bus.publish(new StreamLifecycle.StreamRegistered(key, "seller", Instant.now(), "Evening show", null))
                .await()
                .atMost(Duration.ofSeconds(10));
        bus.publish(new StreamLifecycle.StreamWentLive(key, "seller", Instant.now()))
                .await()
                .atMost(Duration.ofSeconds(10));
        await().untilAsserted(() -> given().get("/api/products/live-deals")
                .then()
                .body("data.streamKey", equalTo(key.value()), "data.streamTitle", equalTo("Evening show"))
                .body("data.products.id", equalTo(List.of(id))));
        bus.publish(new StreamLifecycle.StreamWentOffline(key, "seller", Instant.now()))
                .await()
                .atMost(Duration.ofSeconds(10));
        await().untilAsserted(() ->
                given().get("/api/products/live-deals").then().body("$", hasKey("data"), "data", nullValue()));
    }

    @Test
    void unknownStream_create_returns404() {
        as(seller)
                .body(Map.of("streamKey", "unknown", "name", "Cup", "price", 1, "stock", 1))
                .post("/api/products")
                .then()
                .statusCode(404)
                .body("errorCode", equalTo("STREAM_NOT_FOUND"));
    }

    private String create(int stock) {
        return as(seller)
                .body(product(stock))
                .post("/api/products")
                .then()
                .statusCode(201)
                .body("data.version", equalTo(1))
                .extract()
                .path("data.id");
    }

    private Map<String, Object> product(int stock) {
        return Map.of("streamKey", key.value(), "name", "Cup", "price", 29.9, "stock", stock);
    }

    private static RequestSpecification as(String token) {
        return given().contentType(ContentType.JSON).header("Authorization", "Bearer " + token);
    }
}
