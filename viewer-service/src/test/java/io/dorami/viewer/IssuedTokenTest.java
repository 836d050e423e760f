package io.dorami.viewer;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.dorami.contracts.User;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.KeyServer;
import io.dorami.testing.KeyServerResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.UUID;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.Test;

/** Tokens of an issuer that publishes its keys, over REST. Runs as a service that started before it had any key. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@QuarkusTestResource(value = KeyServerResource.class, restrictToAnnotatedClass = true)
class IssuedTokenTest {

    private static final User KIM = new User("kim", "Kim", User.Role.USER);
    private static final PublicJsonWebKey FIRST = KeyServer.newRsaKey("first");
    private static final PublicJsonWebKey NEXT = KeyServer.newEcKey("next");

    @SuppressWarnings("NullAway.Init") // the test resource sets it
    KeyServer keys;

    private final String path = "/api/viewers/" + UUID.randomUUID();

    @Test
    void keysArriveAndChangeWhileServiceRuns() {
        keys.setUnresponsive(true);
        String first = KeyServerResource.token(KIM, FIRST);
        history(bearer(TestSecrets.userToken("kim", "Kim"))).statusCode(404);
        history(bearer(first)).statusCode(503).body("errorCode", equalTo("BUSY"));
        given().cookie("accessToken", first).get(path).then().statusCode(200); // a guest for now

        keys.publish(FIRST);
        keys.setUnresponsive(false);
        history(bearer(first)).statusCode(404);
        history(given().cookie("accessToken", first)).statusCode(404);

        keys.setUnresponsive(true);
        history(bearer(first)).statusCode(404);
        history(bearer(KeyServerResource.token(KIM, NEXT))).statusCode(503);

        keys.publish(NEXT);
        keys.setUnresponsive(false);
        history(bearer(KeyServerResource.token(KIM, NEXT))).statusCode(404);
        await("the withdrawn key")
                .untilAsserted(() -> history(bearer(first))
                        .statusCode(401)
                        .body("errorCode", equalTo("UNAUTHORIZED"))
                        .body("message", equalTo("invalid token")));
    }

    /** 404 for a signed-in user, because the stream had no show. */
    private ValidatableResponse history(RequestSpecification request) {
        return request.get(path + "/history").then();
    }

    private static RequestSpecification bearer(String token) {
        return given().header("Authorization", "Bearer " + token);
    }
}
