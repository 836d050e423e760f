package io.dorami.product.catalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.dorami.contracts.commands.StreamLifecycle;
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
import io.restassured.specification.RequestSpecification;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
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
                .body(Map.of("price", 9_900))
                .patch("/api/products/" + id)
                .then()
                .statusCode(200)
                .body("data.price", equalTo(9_900));
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
                "stock | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1000001}",
                "colorOptions | {\"streamKey\":\"KEY\",\"name\":\"Cup\",\"price\":1,\"stock\":1,\"colorOptions\":3}",
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
        return Map.of("streamKey", key.value(), "name", "Cup", "price", 12_900, "stock", stock);
    }

    private static RequestSpecification as(String token) {
        return given().contentType(ContentType.JSON).header("Authorization", "Bearer " + token);
    }
}
