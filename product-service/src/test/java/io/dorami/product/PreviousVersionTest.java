package io.dorami.product;

import static io.dorami.product.Shop.as;
import static io.dorami.product.Shop.data;
import static io.dorami.product.Shop.stock;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.service.database.Database;
import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Runs the statements of the version before on the schema of this one, because both run at once during a rollout: amounts
 * in whole units, one product per order, and reservations instead of cart items.
 */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class PreviousVersionTest {

    private static final String INSERT_PRODUCT = """
        INSERT INTO product (id, stream_key, name, price, stock, color_options, size_options, images, sort_order, is_new,
          discount_rate, original_price, timer_enabled, timer_duration, closed_by_hand, created_at, updated_at, version)
        VALUES ('%s', '%s', 'Cup', 12900, 5, '{red}', '{L}', '{}', 0, false, 14, 15000, false, 10, false, now(), now(), 1)
        """;

    private static final String INSERT_RESERVATION = """
        INSERT INTO reservation (id, product_id, stream_key, product_name, user_id, user_name, quantity, option,
          unit_price, state, created_at, expires_at, extended)
        SELECT '%s', id, stream_key, name, '%s', 'Kim', 2, 'red / L', price, 'HELD', now(), now() + interval '10 minutes',
          false
        FROM product WHERE id = '%s'
        """;

    private static final String INSERT_ORDER = """
        INSERT INTO orders (id, reservation_id, product_id, stream_key, product_name, user_id, user_name, quantity, option,
          unit_price, state, created_at, pay_until)
        SELECT '%s', id, product_id, stream_key, product_name, user_id, user_name, quantity, option, unit_price,
          'PENDING_PAYMENT', now(), now() + interval '30 minutes'
        FROM reservation WHERE id = '%s'
        """;

    @Inject
    Shop shop;

    @Inject
    Database database;

    private final UUID product = UUID.randomUUID();

    @BeforeEach
    void open() {
        shop.open();
        shop.execute(INSERT_PRODUCT.formatted(product, shop.key));
    }

    @Test
    void amountsStayEqualInBothColumns() {
        JsonNode read = data(given().get("/api/products/" + product).then().statusCode(200));
        assertThat(read.path("price").asInt()).isEqualTo(12_900);
        assertThat(read.path("originalPrice").asInt()).isEqualTo(15_000);
        assertThat(read.path("discountRate").asInt()).isEqualTo(14);
        shop.execute("UPDATE product SET price = 9900, original_price = NULL WHERE id = '" + product + "'");
        read = data(given().get("/api/products/" + product).then());
        assertThat(read.path("price").asInt()).isEqualTo(9_900);
        assertThat(read.path("originalPrice").isMissingNode()).isTrue();
        as(shop.seller)
                .body(Map.of("price", 29.5))
                .patch("/api/products/" + product)
                .then()
                .statusCode(200);
        assertThat(readNumber("SELECT price FROM product WHERE id = '" + product + "'"))
                .isEqualTo(30);
        // A full save of the version before, which knows the rounded price, keeps the exact one.
        shop.execute("UPDATE product SET name = 'Mug', price = 30 WHERE id = '" + product + "'");
        read = data(given().get("/api/products/" + product).then());
        assertThat(read.path("price").asDouble()).isEqualTo(29.5);
    }

    @Test
    void reservationIsCartItemAndItsOrderHasOneItem() {
        String item = reserve();
        JsonNode cart = data(as(shop.kim).get("/api/cart").then().statusCode(200));
        assertThat(cart.path("subtotal").asText()).startsWith("25800");
        assertThat(cart.path("items").path(0).path("color").asText()).isEqualTo("red / L");
        String order = "ORD-OLD-" + UUID.randomUUID().toString().substring(0, 8);
        shop.execute(INSERT_ORDER.formatted(order, item));
        JsonNode read = data(as(shop.kim).get("/api/orders/" + order).then().statusCode(200));
        assertThat(read.path("total").asInt()).isEqualTo(25_800);
        assertThat(read.path("items").path(0).path("quantity").asInt()).isEqualTo(2);
        Shop.pay("p-" + order, order, 25_800).statusCode(200);
    }

    @Test
    void itemsBeyondTheFirstReturnAfterItsCancellation() {
        String mug = shop.createProduct(3);
        String order = shop.order(shop.add(product.toString(), 2), shop.add(mug, 1))
                .path("id")
                .asText();
        assertThat(readNumber("SELECT unit_price FROM orders WHERE id = '" + order + "'"))
                .isEqualTo(12_900);
        shop.execute("UPDATE orders SET state = 'CANCELLED', cancelled_at = now() WHERE id = '" + order + "'");
        shop.execute("UPDATE product SET stock = stock + 2 WHERE id = '" + product + "'");
        await().until(() -> stock(mug) == 3);
        await().until(() ->
                readNumber("SELECT count(*) FROM orders WHERE id = '" + order + "' AND units_returned") == 1);
        assertThat(stock(product.toString())).as("the first item returned once").isEqualTo(5);
    }

    private String reserve() {
        String item = UUID.randomUUID().toString();
        shop.execute(INSERT_RESERVATION.formatted(item, shop.kimId, product));
        return item;
    }

    private long readNumber(String query) {
        return database.runCritical(connection -> connection.query(query).execute())
                .await()
                .atMost(Duration.ofSeconds(10))
                .iterator()
                .next()
                .getLong(0);
    }
}
