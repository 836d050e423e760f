package io.dorami.product.catalog;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.dorami.contracts.commands.StreamLifecycle;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.service.messaging.EventBus;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cache headers of the calls that viewers poll, and of all others. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class PublicReadTest {

    private static final String SHARED = "public, max-age=0, s-maxage=1, must-revalidate";

    @Inject
    EventBus bus;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final String path = "/api/products?streamKey=" + key;

    @Test
    void unchangedListKeepsItsTag() {
        String tag = tag();
        given().get(path)
                .then()
                .header("ETag", equalTo(tag))
                .header("ETag", matchesPattern("W/\"[A-Za-z0-9_-]{16}\""))
                .header("Cache-Control", equalTo(SHARED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "\"other\", %s", "W/\"other\",%s , \"x\"", "*"})
    void knownTagIsNotModifiedWithoutBody(String ifNoneMatch) {
        String tag = tag();
        for (String sent : new String[] {tag, tag.substring("W/".length())}) { // weak, and as some proxies send it
            given().header("If-None-Match", ifNoneMatch.formatted(sent))
                    .get(path)
                    .then()
                    .statusCode(304)
                    .header("ETag", equalTo(tag))
                    .header("Cache-Control", equalTo(SHARED))
                    .body(emptyString());
        }
    }

    @Test
    void changedListHasAnotherTag() {
        String empty = tag();
        bus.publish(new StreamLifecycle.StreamRegistered(key, "seller", Instant.now()))
                .await()
                .atMost(Duration.ofSeconds(10));
        given().header("Authorization", "Bearer " + TestSecrets.userToken("seller", "Hana"))
                .contentType(ContentType.JSON)
                .body(Map.of("streamKey", key.toString(), "name", "Cup", "price", 5, "stock", 3))
                .post("/api/products")
                .then()
                .statusCode(201)
                .header("ETag", equalTo(null))
                .header("Cache-Control", equalTo("no-store"));
        given().header("If-None-Match", empty)
                .get(path)
                .then()
                .statusCode(200)
                .header("ETag", not(equalTo(empty)))
                .body(containsString("Cup"));
    }

    @Test
    void callerWithTokenKeepsItsOwnCopyOnly() {
        given().cookie("accessToken", "expired")
                .get(path)
                .then()
                .statusCode(200)
                .header("ETag", notNullValue())
                .header("Cache-Control", equalTo("private, no-cache"));
        given().header("Authorization", "Bearer " + TestSecrets.userToken("u1", "Kim"))
                .get(path)
                .then()
                .header("Cache-Control", equalTo("private, no-cache"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/products/admin", "/api/cart", "/api/products?take=x", "/api/products/store"})
    void otherResponsesAndErrorsAreNotStored(String other) {
        given().get(other).then().header("Cache-Control", equalTo("no-store")).header("ETag", equalTo(null));
    }

    private String tag() {
        return given().get(path).then().statusCode(200).extract().header("ETag");
    }
}
