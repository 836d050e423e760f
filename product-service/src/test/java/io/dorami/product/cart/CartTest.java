package io.dorami.product.cart;

import static io.dorami.product.Shop.add;
import static io.dorami.product.Shop.as;
import static io.dorami.product.Shop.assertRejected;
import static io.dorami.product.Shop.data;
import static io.dorami.product.Shop.postCartItem;
import static io.dorami.product.Shop.stock;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.commands.FreeShipping;
import io.dorami.contracts.commands.StreamLifecycle.StreamRegistered;
import io.dorami.product.Shop;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cart over REST, on real Redis and PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class CartTest {

    @Inject
    Shop shop;

    @BeforeEach
    void open() {
        shop.open();
    }

    @Test
    void itemHoldsUnitsAtCurrentPriceAndTellsRoom() {
        String product = shop.createProduct(6, Map.of("shippingFee", 3, "imageUrl", "https://example.com/1.jpg"));
        shop.add(product, 2);
        as(shop.seller)
                .body(Map.of("price", 1))
                .patch("/api/products/" + product)
                .then()
                .statusCode(200);
        JsonNode cart = data(as(shop.kim).get("/api/cart").then().statusCode(200));
        JsonNode item = cart.path("items").path(0);
        assertThat(item.path("price")).as("amounts are texts").hasToString("\"29.90\"");
        assertThat(item.path("subtotal").asText()).isEqualTo("59.80");
        assertThat(item.path("total").asText()).isEqualTo("62.80");
        assertThat(item.path("status").asText()).isEqualTo("ACTIVE");
        assertThat(item.path("product").path("imageUrl").asText()).endsWith("1.jpg");
        assertThat(item.path("product").path("status").asText()).isEqualTo("AVAILABLE");
        assertThat(item.path("streamKey").asText()).isEqualTo(shop.key.value());
        assertThat(cart.path("itemCount").asInt()).isEqualTo(2);
        assertThat(cart.path("subtotal").asText()).isEqualTo("59.80");
        assertThat(cart.path("totalShippingFee").asText()).isEqualTo("3.00");
        assertThat(cart.path("grandTotal").asText()).isEqualTo("62.80");
        assertThat(cart.path("defaultShippingFee").asText()).isEqualTo("3.00");
        assertThat(cart.path("freeShippingMode").asText()).isEqualTo("DISABLED");
        assertThat(stock(product)).isEqualTo(4);
        await().untilAsserted(() -> assertThat(shop.eventNames())
                .containsSubsequence("live:product:updated", "product:low-stock", "cart:item-added"));
        JsonNode event = shop.events(shop.room, "cart:item-added").getFirst();
        assertThat(event.path("userName").asText()).isEqualTo("K**");
        assertThat(event.path("quantity").asInt()).isEqualTo(2);
    }

    @Test
    void holdLastsTwelveHoursOrAsLongAsTimer() {
        JsonNode untimed = add(shop.kim, shop.createProduct(1), 1, null);
        assertThat(hold(untimed)).isEqualTo(Duration.ofHours(12));
        assertThat(untimed.path("timerEnabled").asBoolean()).isFalse();
        assertThat(untimed.path("expiresAt").isMissingNode())
                .as("nothing to count down")
                .isTrue();
        String timedProduct = shop.createProduct(1, Map.of("timerEnabled", true, "timerDuration", 7_200));
        JsonNode timed = add(shop.kim, timedProduct, 1, null);
        assertThat(hold(timed)).isEqualTo(Duration.ofDays(5));
        assertThat(timed.path("remainingSeconds").asInt()).isEqualTo(5 * 24 * 3600);
        assertThat(data(as(shop.kim).get("/api/cart").then()).path("earliestExpiration"))
                .as("only visible timers count")
                .isEqualTo(timed.path("expiresAt"));
    }

    @Test
    void lastUnitSellsOutAndRemovedItemReturnsIt() {
        String product = shop.createProduct(1);
        String item = shop.add(product, 1);
        assertRejected(409, "SOLD_OUT", () -> postCartItem(shop.kim, product, 1, null));
        as(shop.kim).get("/api/cart").then().body("data.items[0].product.status", equalTo("AVAILABLE"));
        as(shop.kim).delete("/api/cart/" + item).then().statusCode(200).body("data.status", equalTo("CANCELLED"));
        as(shop.kim).delete("/api/cart/" + item).then().statusCode(200);
        assertThat(stock(product)).as("units returned to stock once").isEqualTo(1);
        given().get("/api/products/" + product).then().body("data.status", equalTo("AVAILABLE"));
        await().untilAsserted(() -> assertThat(shop.eventNames())
                .containsSubsequence(
                        "live:product:updated", "live:product:soldout", "product:sold-out", "live:product:updated"));
        assertThat(shop.events(shop.room, "live:product:soldout")
                        .getFirst()
                        .path("version")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void clearedCartReturnsAllUnits() {
        String cup = shop.createProduct(3);
        String mug = shop.createProduct(3);
        shop.add(cup, 2);
        shop.add(mug, 1);
        as(shop.kim).delete("/api/cart").then().statusCode(200).body("data.itemCount", equalTo(0));
        assertThat(stock(cup)).isEqualTo(3);
        assertThat(stock(mug)).isEqualTo(3);
    }

    @Test
    void quantityFollowsStock() {
        String product = shop.createProduct(5);
        String item = shop.add(product, 2);
        changeQuantity(item, 4).statusCode(200).body("data.quantity", equalTo(4));
        assertThat(stock(product)).isEqualTo(1);
        assertRejected(409, "SOLD_OUT", () -> changeQuantity(item, 6));
        assertThat(stock(product)).isEqualTo(1);
        changeQuantity(item, 1).statusCode(200).body("data.subtotal", equalTo("29.90"));
        assertThat(stock(product)).isEqualTo(4);
        assertRejected(400, "VALIDATION_ERROR", () -> changeQuantity(item, 0));
    }

    @Test
    void productMarkedSoldOutStaysSoldOut() {
        String product = shop.createProduct(2);
        String item = shop.add(product, 1);
        as(shop.seller).patch("/api/products/" + product + "/sold-out").then().statusCode(200);
        assertRejected(409, "SOLD_OUT", () -> postCartItem(shop.kim, product, 1, null));
        as(shop.kim).delete("/api/cart/" + item).then().statusCode(200);
        given().get("/api/products/" + product)
                .then()
                .body("data.stock", equalTo(2))
                .body("data.status", equalTo("SOLD_OUT"));
    }

    @Test
    void endedSaleKeepsItsHoldsAndTakesNoMore() {
        String product = shop.createProduct(5);
        String item = shop.add(product, 1);
        as(shop.seller)
                .body(Map.of("expiresAt", Instant.now().minusSeconds(60).toString()))
                .patch("/api/products/" + product)
                .then()
                .statusCode(200);
        assertRejected(409, "SALE_ENDED", () -> postCartItem(shop.kim, product, 1, null));
        given().get("/api/products?streamKey=" + shop.key).then().body("data.size()", equalTo(0));
        assertThat(shop.order(item).path("status").asText()).isEqualTo("PENDING_PAYMENT");
    }

    @Test
    void repeatedRequestGetsSameItemAndTakesNothing() {
        String product = shop.createProduct(5);
        JsonNode first = add(shop.kim, product, 2, "k-1");
        shop.order(first.path("id").asText());
        assertThat(add(shop.kim, product, 2, "k-1").path("id")).isEqualTo(first.path("id"));
        assertRejected(422, "IDEMPOTENCY_KEY_REUSED", () -> postCartItem(shop.kim, product, 1, "k-1"));
        assertThat(stock(product)).isEqualTo(3);
        add(TestSecrets.userToken("other-user", "Else"), product, 1, "k-1");
        assertThat(stock(product)).as("idempotency keys are per user").isEqualTo(2);
    }

    @Test
    void rejectedRequestIsRejectedOnRepeat() {
        String product = shop.createProduct(1);
        assertRejected(409, "SOLD_OUT", () -> postCartItem(shop.kim, product, 2, "k-2"));
        as(shop.seller)
                .body(Map.of("quantity", 5))
                .patch("/api/products/" + product + "/stock")
                .then()
                .statusCode(200);
        assertRejected(409, "SOLD_OUT", () -> postCartItem(shop.kim, product, 2, "k-2"));
        add(shop.kim, product, 2, "k-3");
    }

    @Test
    void concurrentRepeatsTakeUnitsOnce() {
        String product = shop.createProduct(10);
        List<String> ids = new CopyOnWriteArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 12; i++) {
                threads.submit(() ->
                        ids.add(add(shop.kim, product, 3, "same").path("id").asText()));
            }
        }
        assertThat(ids).hasSize(12).containsOnly(ids.getFirst());
        assertThat(stock(product)).isEqualTo(7);
    }

    @Test
    void concurrentRequestsKeepLimitOfTwentyItems() {
        String product = shop.createProduct(100);
        for (int i = 0; i < 19; i++) {
            shop.add(product, 1);
        }
        List<String> products =
                Stream.generate(() -> shop.createProduct(1)).limit(14).toList();
        AtomicInteger accepted = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String other : products) {
                threads.submit(() -> {
                    if (postCartItem(shop.kim, other, 1, null).extract().statusCode() == 201) {
                        accepted.incrementAndGet();
                    }
                });
            }
        }
        assertThat(accepted).hasValue(1);
        assertRejected(429, "RATE_LIMIT_EXCEEDED", () -> postCartItem(shop.kim, product, 1, null));
    }

    @Test
    void holdIsExtendedOnce() {
        String item = shop.add(shop.createProduct(1), 1);
        as(shop.kim)
                .post("/api/cart/" + item + "/extend")
                .then()
                .statusCode(200)
                .body("data.extended", equalTo(true));
        assertRejected(
                409,
                "CONFLICT",
                () -> as(shop.kim).post("/api/cart/" + item + "/extend").then());
    }

    @Test
    void expiredItemReturnsUnitsOnceAndLeavesCart() {
        String product = shop.createProduct(1);
        String item = shop.add(product, 1);
        shop.execute("UPDATE reservation SET expires_at = now() WHERE id = '" + item + "'");
        await().until(() -> stock(product) == 1);
        as(shop.kim)
                .get("/api/cart")
                .then()
                .body("data.items[0].status", equalTo("EXPIRED"))
                .body("data.itemCount", equalTo(0))
                .body("data.grandTotal", equalTo("0.00"));
        assertRejected(409, "CART_EXPIRED", () -> changeQuantity(item, 1));
        as(shop.kim).delete("/api/cart/" + item).then().statusCode(200);
        as(shop.kim).get("/api/cart").then().body("data.items.size()", equalTo(0));
        assertThat(stock(product)).isEqualTo(1);
    }

    @Test
    void showThatPaysShippingWaivesFee() {
        String product = shop.createProduct(9, Map.of("shippingFee", 5));
        shop.register(new StreamRegistered(
                shop.key,
                "seller",
                Instant.now(),
                "Show",
                new FreeShipping(FreeShipping.Mode.THRESHOLD, new BigDecimal("50"))));
        String item = shop.add(product, 1);
        await().until(() -> data(as(shop.kim).get("/api/cart").then())
                .path("freeShippingMode")
                .asText()
                .equals("THRESHOLD"));
        as(shop.kim)
                .get("/api/cart")
                .then()
                .body("data.grandTotal", equalTo("34.90"), "data.shippingWaived", equalTo(false));
        changeQuantity(item, 2).statusCode(200);
        JsonNode cart = data(as(shop.kim).get("/api/cart").then());
        assertThat(cart.path("grandTotal").asText()).isEqualTo("59.80");
        assertThat(cart.path("shippingWaived").asBoolean()).isTrue();
        assertThat(cart.path("freeShippingThreshold").isNumber()).isTrue();
        JsonNode order = shop.order(item);
        assertThat(order.path("shippingFee").asDouble()).isEqualTo(0.0);
        assertThat(order.path("total").asDouble()).isEqualTo(59.8);
    }

    @Test
    void usersAccessOnlyTheirOwnItems() {
        String other = TestSecrets.userToken("other-" + shop.key, "Other");
        String item = shop.add(shop.createProduct(2), 1);
        assertRejected(
                404,
                "CART_ITEM_NOT_FOUND",
                () -> as(other).delete("/api/cart/" + item).then());
        assertRejected(404, "CART_ITEM_NOT_FOUND", () -> Shop.postOrder(other, null, item));
        as(other).get("/api/cart").then().statusCode(200).body("data.items.size()", equalTo(0));
        assertRejected(401, "UNAUTHORIZED", () -> given().get("/api/cart").then());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "quantity  | {\"productId\":\"PRODUCT\",\"quantity\":0}",
                "quantity  | {\"productId\":\"PRODUCT\",\"quantity\":11}",
                "quantity  | {\"productId\":\"PRODUCT\"}",
                "productId | {\"productId\":\"x\",\"quantity\":1}",
                "productId | {\"quantity\":1}",
                "color     | {\"productId\":\"PRODUCT\",\"quantity\":1,\"color\":\"green\"}",
                "size      | {\"productId\":\"PRODUCT\",\"quantity\":1,\"size\":\"M\"}",
                "variantId | {\"productId\":\"PRODUCT\",\"quantity\":1,\"variantId\":\"v1\"}",
                "body      | []",
            })
    void invalidFieldIsNamedInMessage(String field, String body) {
        as(shop.kim)
                .body(body.replace("PRODUCT", shop.createProduct(1)))
                .post("/api/cart")
                .then()
                .statusCode(400)
                .body("errorCode", equalTo("VALIDATION_ERROR"), "message", containsString(field));
    }

    @Test
    void chosenColorAndSizeStayWithItem() {
        String product =
                shop.createProduct(9, Map.of("colorOptions", List.of("red"), "sizeOptions", List.of("L", "M")));
        as(shop.kim)
                .body(Map.of("productId", product, "quantity", 1, "color", "red", "size", "M"))
                .post("/api/cart")
                .then()
                .statusCode(201)
                .body("data.color", equalTo("red"), "data.size", equalTo("M"));
    }

    @Test
    void unknownProductAndInvalidIdempotencyKeyAreRejected() {
        assertRejected(
                404,
                "PRODUCT_NOT_FOUND",
                () -> postCartItem(shop.kim, UUID.randomUUID().toString(), 1, null));
        String product = shop.createProduct(1);
        assertRejected(400, "VALIDATION_ERROR", () -> postCartItem(shop.kim, product, 1, "k".repeat(101)));
    }

    private ValidatableResponse changeQuantity(String item, int quantity) {
        return as(shop.kim)
                .body(Map.of("quantity", quantity))
                .patch("/api/cart/" + item)
                .then();
    }

    private static Duration hold(JsonNode item) {
        return Duration.between(
                Instant.parse(item.path("createdAt").asText()),
                Instant.parse(item.path("heldUntil").asText()));
    }
}
