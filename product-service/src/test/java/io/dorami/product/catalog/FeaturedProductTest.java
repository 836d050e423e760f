package io.dorami.product.catalog;

import static io.dorami.product.Shop.as;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.dorami.product.Shop;
import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The featured product over REST, on real Redis and PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class FeaturedProductTest {

    @Inject
    Shop shop;

    @TestHTTPResource(value = "/openapi", management = true)
    String openApiUrl;

    @BeforeEach
    void open() {
        shop.open();
    }

    @Test
    void featuredProductIsPublishedAndFollowsChanges() {
        String product = shop.createProduct(2);
        String address = "/api/streaming/" + shop.key + "/featured-product";
        as(shop.kim).body(Map.of("productId", product)).post(address).then().statusCode(403);
        as(shop.seller)
                .body(Map.of("productId", UUID.randomUUID()))
                .post(address)
                .then()
                .statusCode(404)
                .body("errorCode", equalTo("PRODUCT_NOT_FOUND"));
        as(shop.seller)
                .body(Map.of("productId", product))
                .post(address)
                .then()
                .statusCode(200)
                .body("data.product.id", equalTo(product));
        shop.add(product, 1);
        as(shop.seller)
                .body(Map.of("name", "Mug"))
                .patch("/api/products/" + product)
                .then()
                .statusCode(200);
        getFeatured().body("data.product.name", equalTo("Mug")).body("data.product.stock", equalTo(1));
        as(shop.seller).delete("/api/products/" + product).then().statusCode(200);
        getFeatured().body("data.product", nullValue());

        String next = shop.createProduct(1);
        as(shop.seller).body(Map.of("productId", next)).post(address).then().statusCode(200);
        as(shop.seller).patch(address + "/clear").then().statusCode(200).body("data.product", nullValue());
        as(shop.seller).patch(address + "/clear").then().statusCode(200);
        await().untilAsserted(() -> assertThat(shop.events(shop.room, "stream:featured-product:updated").stream()
                        .map(event -> event.path("product"))
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
                        "paths.'/api/cart'.post.parameters[0].name",
                        equalTo("Idempotency-Key"),
                        "paths.'/api/orders/{id}/cancel'.post.summary",
                        equalTo("Cancel order"),
                        "components.schemas.IntegerParameter.type",
                        equalTo("integer"));
    }

    private ValidatableResponse getFeatured() {
        return given().get("/api/streaming/key/" + shop.key + "/featured-product")
                .then()
                .statusCode(200);
    }
}
