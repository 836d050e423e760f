package io.dorami.product.waitinglist;

import static io.dorami.product.Shop.as;
import static io.dorami.product.Shop.assertRejected;
import static io.dorami.product.Shop.data;
import static io.dorami.product.Shop.postCartItem;
import static io.dorami.product.Shop.stock;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.keys.RoomId;
import io.dorami.product.Shop;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The waiting list over REST, on real Redis and PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class WaitingListTest {

    @Inject
    Shop shop;

    private final String firstId = "first-" + UUID.randomUUID();
    private final String first = TestSecrets.userToken(firstId, "First");
    private final String second = TestSecrets.userToken("second-" + UUID.randomUUID(), "Second");

    @BeforeEach
    void open() {
        shop.open();
    }

    @Test
    void returnedUnitsGoToWaitingUsersInOrder() {
        String product = shop.createProduct(2);
        String kept = shop.add(product, 1);
        String removed = shop.add(product, 1);
        JsonNode waiting = data(join(first, product, 1).statusCode(201));
        join(second, product, 1).statusCode(201);
        assertThat(waiting.path("reservationNumber").asInt()).isEqualTo(1);
        assertThat(waiting.path("status").asText()).isEqualTo("WAITING");
        assertThat(reservation(second).path("queuePosition").asInt()).isEqualTo(2);

        as(shop.kim).delete("/api/cart/" + removed).then().statusCode(200);
        JsonNode promoted = reservation(first);
        assertThat(promoted.path("status").asText()).isEqualTo("PROMOTED");
        assertThat(promoted.path("remainingSeconds").asInt()).isBetween(1, 600);
        assertThat(reservation(second).path("status").asText()).isEqualTo("WAITING");
        assertThat(reservation(second).path("queuePosition").asInt()).isEqualTo(1);
        assertThat(stock(product)).isZero();
        assertRejected(409, "SOLD_OUT", () -> postCartItem(shop.kim, product, 1, null));
        await().untilAsserted(() -> assertThat(shop.events(RoomId.USERS, "reservation:promoted"))
                .filteredOn(event -> event.path("userId").asText().equals(firstId))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.path("reservationId")).isEqualTo(waiting.path("id"));
                    assertThat(event.path("expiresAt")).isEqualTo(promoted.path("expiresAt"));
                }));

        String item = data(as(first).get("/api/cart").then())
                .path("items")
                .path(0)
                .path("id")
                .asText();
        Shop.postOrder(first, null, item).statusCode(201);
        assertThat(reservation(first).path("status").asText()).isEqualTo("COMPLETED");
        as(shop.kim).delete("/api/cart/" + kept).then().statusCode(200);
        assertThat(reservation(second).path("status").asText()).isEqualTo("PROMOTED");
        as(second)
                .get("/api/reservations")
                .then()
                .body("data.totalCount", equalTo(1), "data.promotedCount", equalTo(1), "data.waitingCount", equalTo(0));
    }

    @Test
    void roomHearsNothingOfUnitsThatOnlyChangeHands() {
        String product = shop.createProduct(1);
        String item = shop.add(product, 1);
        join(first, product, 1).statusCode(201);
        await().until(() -> shop.eventNames().contains("cart:item-added"));
        List<String> before = shop.eventNames();
        as(shop.kim).delete("/api/cart/" + item).then().statusCode(200);
        await().until(() -> shop.events(RoomId.USERS, "reservation:promoted").stream()
                .anyMatch(event -> event.path("userId").asText().equals(firstId)));
        assertThat(shop.eventNames()).isEqualTo(before);
    }

    @Test
    void expiredPromotionGoesToNextUser() {
        String product = shop.createProduct(1);
        String item = shop.add(product, 1);
        join(first, product, 1).statusCode(201);
        join(second, product, 1).statusCode(201);
        as(shop.kim).delete("/api/cart/" + item).then().statusCode(200);
        shop.execute("UPDATE reservation SET expires_at = now() WHERE id = '"
                + reservation(first).path("cartItemId").asText() + "'");
        await().until(() -> reservation(second).path("status").asText().equals("PROMOTED"));
        assertThat(reservation(first).path("status").asText()).isEqualTo("EXPIRED");
    }

    @Test
    void addedStockServesThoseWhomItSuffices() {
        String product = shop.createProduct(1);
        shop.add(product, 1);
        join(first, product, 3).statusCode(201);
        join(second, product, 1).statusCode(201);
        as(shop.seller)
                .body(Map.of("quantity", 2))
                .patch("/api/products/" + product + "/stock")
                .then()
                .statusCode(200);
        assertThat(reservation(first).path("status").asText()).isEqualTo("WAITING");
        assertThat(reservation(second).path("status").asText()).isEqualTo("PROMOTED");
        assertThat(stock(product)).isEqualTo(1);
        as(shop.seller)
                .body(Map.of("stock", 3))
                .patch("/api/products/" + product)
                .then()
                .statusCode(200);
        assertThat(reservation(first).path("status").asText()).isEqualTo("PROMOTED");
        assertThat(stock(product)).isZero();
    }

    @Test
    void stockThatCameBackUnnoticedIsGivenBySweeper() {
        String product = shop.createProduct(1);
        shop.add(product, 1);
        join(first, product, 1).statusCode(201);
        shop.execute("UPDATE product SET stock = 1 WHERE id = '" + product + "'");
        await().until(() -> reservation(first).path("status").asText().equals("PROMOTED"));
    }

    @Test
    void userLeavesListAndGivesPromotedUnitsBack() {
        String product = shop.createProduct(1);
        String item = shop.add(product, 1);
        String waiting = data(join(first, product, 1)).path("id").asText();
        String next = data(join(second, product, 1)).path("id").asText();
        as(second).delete("/api/reservations/" + waiting).then().statusCode(404);
        as(first).delete("/api/reservations/" + waiting).then().statusCode(200);
        as(first).delete("/api/reservations/" + waiting).then().statusCode(200);
        as(shop.kim).delete("/api/cart/" + item).then().statusCode(200);
        assertThat(reservation(second).path("status").asText()).isEqualTo("PROMOTED");
        as(second).delete("/api/reservations/" + next).then().statusCode(200).body("data.status", equalTo("CANCELLED"));
        assertThat(stock(product)).isEqualTo(1);
    }

    @Test
    void listIsForSoldOutProductsAndOncePerUser() {
        String product = shop.createProduct(1);
        assertRejected(409, "CONFLICT", () -> join(first, product, 1));
        shop.add(product, 1);
        AtomicInteger accepted = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 6; i++) {
                threads.submit(() -> {
                    if (join(first, product, 1).extract().statusCode() == 201) {
                        accepted.incrementAndGet();
                    }
                });
            }
        }
        assertThat(accepted).hasValue(1);
        assertRejected(
                404, "PRODUCT_NOT_FOUND", () -> join(first, UUID.randomUUID().toString(), 1));
        assertRejected(400, "VALIDATION_ERROR", () -> join(first, product, 11));
    }

    @Test
    void deletedProductEndsWaiting() {
        String product = shop.createProduct(1);
        shop.add(product, 1);
        join(first, product, 1).statusCode(201);
        as(shop.seller).delete("/api/products/" + product).then().statusCode(200);
        assertThat(reservation(first).path("status").asText()).isEqualTo("CANCELLED");
    }

    private static ValidatableResponse join(String token, String product, int quantity) {
        return as(token)
                .body(Map.of("productId", product, "quantity", quantity))
                .post("/api/reservations")
                .then();
    }

    private static JsonNode reservation(String token) {
        return data(as(token).get("/api/reservations").then().statusCode(200))
                .path("reservations")
                .path(0);
    }
}
