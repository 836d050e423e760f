package io.dorami.product.order;

import static io.dorami.product.Shop.as;
import static io.dorami.product.Shop.data;
import static io.dorami.product.Shop.pay;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Staff;
import io.dorami.contracts.commands.StreamLifecycle.StaffChanged;
import io.dorami.contracts.keys.RoomId;
import io.dorami.product.Shop;
import io.dorami.product.show.ShowStore;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Orders as the sellers of a show see them, and the co-hosts among the sellers. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ShowOrderTest {

    private static final Staff.Member COHOST = new Staff.Member("lee", Staff.Role.COHOST);
    private static final Staff.Member MODERATOR = new Staff.Member("park", Staff.Role.MODERATOR);

    @Inject
    Shop shop;

    @Inject
    Shop otherShop;

    @Inject
    ShowStore shows;

    private final String lee = TestSecrets.userToken("lee", "Lee");
    private final String park = TestSecrets.userToken("park", "Park");

    @BeforeEach
    void open() {
        shop.open();
        otherShop.open();
    }

    @Test
    void sellersGetEachChangeOfAnOrder() {
        saveStaff(1, COHOST, MODERATOR);
        String order = orderCup();
        pay("p-" + order, order, 29.9).statusCode(200);
        as(TestSecrets.adminToken())
                .body(Map.of("status", "CANCELLED"))
                .patch("/api/admin/orders/" + order + "/status")
                .then()
                .statusCode(200);
        await().untilAsserted(() -> assertThat(events(order))
                .extracting(event -> event.at("/order/status").asText())
                .containsExactly("PENDING_PAYMENT", "PAID", "CANCELLED"));
        JsonNode paid = events(order).get(1);
        assertThat(paid.path("userIds").valueStream().map(JsonNode::asText)).containsExactly("seller", "lee");
        assertThat(paid.path("streamKey").asText()).isEqualTo(shop.key.value());
        assertThat(paid.at("/order/buyerName").asText()).isEqualTo("Kim Minji");
        assertThat(paid.at("/order/items/0/productName").asText()).isEqualTo("Cup");
        assertThat(paid.at("/order/total").isNumber()).isTrue();
        assertThat(paid.at("/order/paidAt").isTextual()).isTrue();
    }

    @Test
    void removedCohostGetsNoFurtherOrder() {
        saveStaff(1, COHOST);
        saveStaff(2);
        saveStaff(1, COHOST); // arrives late
        String order = orderCup();
        await().untilAsserted(() -> assertThat(events(order)).hasSize(1));
        assertThat(events(order).getFirst().path("userIds")).hasSize(1);
    }

    @Test
    void orderOfTwoShowsIsDividedAmongTheirSellers() {
        String other = otherShop.createProduct(1, Map.of("name", "Mug", "price", 10));
        String order = shop.order(shop.add(shop.createProduct(2), 2), shop.add(other, 1))
                .path("id")
                .asText();
        await().untilAsserted(() -> assertThat(events(order)).hasSize(2));
        assertThat(events(order))
                .extracting(event -> event.at("/order/total").asDouble())
                .containsExactly(59.8, 10.0);
        JsonNode listed = data(as(shop.seller)
                        .get("/api/streaming/key/" + shop.key + "/orders")
                        .then()
                        .statusCode(200))
                .at("/orders/0");
        assertThat(listed.path("items")).hasSize(1);
        assertThat(listed).isEqualTo(events(order).getFirst().path("order"));
    }

    @Test
    void ordersAreListedNewestFirstInPages() {
        Instant start = Instant.now();
        List<String> orders = List.of(orderCup(), orderCup(), orderCup());
        JsonNode page = list("?page=1&limit=2");
        assertThat(page.path("orders").findValuesAsText("id")).containsExactly(orders.get(2), orders.get(1));
        assertThat(page.path("total").asInt()).isEqualTo(3);
        assertThat(page.path("totalPages").asInt()).isEqualTo(2);
        assertThat(list("?page=2&limit=2").path("orders").findValuesAsText("id"))
                .containsExactly(orders.getFirst());
        assertThat(list("?to=" + start).path("orders")).isEmpty();
        assertThat(list("?from=" + start).path("orders")).hasSize(3);
        as(shop.seller)
                .get("/api/streaming/key/" + shop.key + "/orders?from=yesterday")
                .then()
                .statusCode(400);
    }

    @Test
    void cohostSellsUntilRemoved() {
        saveStaff(1, COHOST, MODERATOR);
        Map<String, Object> product = Map.of("streamKey", shop.key.value(), "name", "Mug", "price", 10, "stock", 1);
        as(lee).body(product).post("/api/products").then().statusCode(201);
        as(lee).get("/api/streaming/key/" + shop.key + "/orders").then().statusCode(200);
        as(park).body(product).post("/api/products").then().statusCode(403);
        as(park).get("/api/streaming/key/" + shop.key + "/orders").then().statusCode(403);

        saveStaff(2, MODERATOR);
        as(lee).body(product).post("/api/products").then().statusCode(403).body("errorCode", equalTo("FORBIDDEN"));
        as(lee).get("/api/streaming/key/" + shop.key + "/orders").then().statusCode(403);
        as(TestSecrets.adminToken())
                .get("/api/streaming/key/" + shop.key + "/orders")
                .then()
                .statusCode(200);
    }

    private String orderCup() {
        return shop.order(shop.add(shop.createProduct(1), 1)).path("id").asText();
    }

    private JsonNode list(String query) {
        return data(as(shop.seller)
                .get("/api/streaming/key/" + shop.key + "/orders" + query)
                .then()
                .statusCode(200));
    }

    private List<JsonNode> events(String order) {
        return shop.events(RoomId.USERS, "show:order").stream()
                .filter(event -> event.at("/order/id").asText().equals(order))
                .toList();
    }

    private void saveStaff(long version, Staff.Member... members) {
        shows.save(new StaffChanged(shop.key, "seller", Instant.now(), new Staff(version, List.of(members))))
                .await()
                .atMost(Duration.ofSeconds(10));
    }
}
