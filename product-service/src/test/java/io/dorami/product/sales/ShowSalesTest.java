package io.dorami.product.sales;

import static io.dorami.product.Shop.as;
import static io.dorami.product.Shop.data;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.product.Shop;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sales of a show over REST, and the moments that triggers of the database write. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ShowSalesTest {

    @Inject
    Shop shop;

    @Inject
    Shop otherShop;

    @BeforeEach
    void open() {
        shop.open();
        otherShop.open();
    }

    @Test
    void revenueHasPaidItemsOfThisShowAlone() {
        assertThat(sales().path("orders").asInt()).isZero();
        assertThat(sales().path("revenue").decimalValue()).isZero();
        String cup = shop.createProduct(10, Map.of("shippingFee", 5));
        String mug = shop.createProduct(10, Map.of("name", "Mug", "price", 10));
        String other = otherShop.createProduct(10, Map.of("name", "Plate", "price", 100));

        JsonNode paid = shop.order(shop.add(cup, 2), shop.add(mug, 1), shop.add(other, 1));
        pay(paid);
        JsonNode refunded = shop.order(shop.add(cup, 3));
        pay(refunded);
        setStatus(refunded, "CANCELLED");
        shop.order(shop.add(mug, 4));
        setStatus(shop.order(shop.add(mug, 1)), "CANCELLED");

        JsonNode sales = sales();
        assertThat(sales.path("orders").asInt()).isEqualTo(4);
        assertThat(sales.path("paidOrders").asInt()).isEqualTo(1);
        assertThat(sales.path("cancelledOrders").asInt()).isEqualTo(2);
        assertThat(sales.path("revenue").isNumber()).isTrue();
        assertThat(sales.path("revenue").asDouble()).isEqualTo(69.8);
        assertThat(sales.path("pendingRevenue").asDouble()).isEqualTo(40);
        assertThat(sales.path("unitsSold").asInt()).isEqualTo(3);
        assertThat(sales.path("products")
                        .valueStream()
                        .map(product -> product.path("name").asText() + " "
                                + product.path("unitsSold") + " " + product.path("unitsPending") + " "
                                + product.path("revenue").asDouble()))
                .containsExactly("Cup 2 0 59.8", "Mug 1 4 10.0");
    }

    @Test
    void ordersAndMomentsOutsideThePeriodAreLeftOut() {
        Instant start = Instant.now();
        String cup = shop.createProduct(10);
        shop.order(shop.add(cup, 1));
        JsonNode before = data(get(shop.seller, "?to=" + start).statusCode(200));
        assertThat(before.path("orders").asInt()).isZero();
        assertThat(before.path("moments")).isEmpty();
        JsonNode after = data(get(shop.seller, "?from=" + start + "&to=" + start.plusSeconds(3_600))
                .statusCode(200));
        assertThat(after.path("orders").asInt()).isEqualTo(1);
        assertThat(after.path("moments")).hasSize(1);
    }

    @Test
    void soldOutIsRecordedByEachPathToIt() {
        String cup = shop.createProduct(2);
        String item = shop.add(cup, 2);
        assertMoments("ADDED Cup", "SOLD_OUT Cup");
        as(shop.kim).delete("/api/cart/" + item).then().statusCode(200);
        assertThat(Shop.stock(cup)).isEqualTo(2);
        as(shop.seller).patch("/api/products/" + cup + "/sold-out").then().statusCode(200);
        shop.createProduct(0, Map.of("name", "Mug"));
        shop.createProduct(5, Map.of("name", "Hidden", "excludeFromStore", true));
        assertMoments("ADDED Cup", "SOLD_OUT Cup", "SOLD_OUT Cup", "ADDED Mug");
    }

    @Test
    void featuredProductIsRecordedOnceUntilReplaced() {
        String cup = shop.createProduct(2);
        String mug = shop.createProduct(2, Map.of("name", "Mug"));
        feature(cup);
        feature(cup);
        feature(mug);
        as(shop.seller).delete("/api/products/" + mug).then().statusCode(200);
        as(shop.seller)
                .patch("/api/streaming/" + shop.key + "/featured-product/clear")
                .then()
                .statusCode(200);
        assertMoments("ADDED Cup", "ADDED Mug", "FEATURED Cup", "UNFEATURED Cup", "FEATURED Mug", "UNFEATURED Mug");
    }

    @Test
    void flashPriceStartsOnceAndEndsAtItsTime() {
        Instant end = Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.MILLIS);
        String cup = shop.createProduct(2);
        patch(cup, Map.of("flashPrice", 20, "flashEndsAt", end.toString()));
        patch(cup, Map.of("stock", 5));
        assertMoments("ADDED Cup", "FLASH_STARTED Cup");
        await().untilAsserted(() -> assertMoments("ADDED Cup", "FLASH_STARTED Cup", "FLASH_ENDED Cup"));
        assertThat(Instant.parse(sales().at("/moments/2/at").asText())).isEqualTo(end);
        patch(cup, Map.of("stock", 6));
        patch(
                cup,
                Map.of(
                        "flashPrice",
                        20,
                        "flashEndsAt",
                        Instant.now().plusSeconds(600).toString()));
        patch(
                cup,
                Map.of(
                        "flashPrice",
                        20,
                        "flashEndsAt",
                        Instant.now().minusSeconds(1).toString()));
        assertMoments("ADDED Cup", "FLASH_STARTED Cup", "FLASH_ENDED Cup", "FLASH_STARTED Cup", "FLASH_ENDED Cup");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?from=yesterday",
                "?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:01Z",
                "?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z",
                "?to=-1000000000-01-01T00:00:00Z"
            })
    void invalidPeriodIsRejected(String query) {
        get(shop.seller, query).statusCode(400);
    }

    @Test
    void salesAreForTheSellers() {
        get(shop.kim, "").statusCode(403);
        get(TestSecrets.adminToken(), "").statusCode(200);
    }

    private static void pay(JsonNode order) {
        Shop.pay(
                        "p-" + order.path("id").asText(),
                        order.path("id").asText(),
                        order.path("total").asDouble())
                .statusCode(200);
    }

    private static void setStatus(JsonNode order, String status) {
        as(TestSecrets.adminToken())
                .body(Map.of("status", status))
                .patch("/api/admin/orders/" + order.path("id").asText() + "/status")
                .then()
                .statusCode(200);
    }

    private void feature(String product) {
        as(shop.seller)
                .body(Map.of("productId", product))
                .post("/api/streaming/" + shop.key + "/featured-product")
                .then()
                .statusCode(200);
    }

    private void patch(String product, Map<String, ?> change) {
        as(shop.seller).body(change).patch("/api/products/" + product).then().statusCode(200);
    }

    private void assertMoments(String... expected) {
        List<String> moments = StreamSupport.stream(sales().path("moments").spliterator(), false)
                .map(moment -> moment.path("kind").asText() + " "
                        + moment.path("productName").asText())
                .toList();
        assertThat(moments).containsExactly(expected);
    }

    private JsonNode sales() {
        return data(get(shop.seller, "").statusCode(200));
    }

    private ValidatableResponse get(String token, String query) {
        return as(token)
                .get("/api/streaming/key/" + shop.key + "/sales" + query)
                .then();
    }
}
