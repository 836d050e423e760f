package io.dorami.gateway.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebRTC's offers through the gateway, with an HTTP server in place of SRS's API and of srs-hook-service. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(WebRtcProxyTest.WithSrs.class)
class WebRtcProxyTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final String SESSION = "/rtc/v1/whip/?action=delete&token=s1&app=live&stream=KEY&session=ab+1:cd/2";

    /** The calls that reached the servers, and the bodies of those that reached SRS. */
    private static final List<HttpServerRequest> CALLS = new CopyOnWriteArrayList<>();

    private static final List<String> OFFERS = new CopyOnWriteArrayList<>();

    /** Starts the servers and makes one SRS's API and the other srs-hook-service. */
    public static final class WithSrs implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "dorami.gateway.srs-api", listen(WebRtcProxyTest::serveApi),
                    "dorami.gateway.srs-secret", "secret",
                    "dorami.gateway.upstreams.stream", listen(WebRtcProxyTest::authorize));
        }

        private static String listen(Handler<HttpServerRequest> handler) {
            HttpServer server = VERTX.createHttpServer()
                    .requestHandler(handler)
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            return "http://127.0.0.1:" + server.actualPort();
        }
    }

    @BeforeEach
    void clear() {
        CALLS.clear();
        OFFERS.clear();
        RestAssured.urlEncodingEnabled = false;
    }

    @AfterEach
    void restore() {
        RestAssured.urlEncodingEnabled = true;
    }

    @AfterAll
    static void stop() {
        VERTX.close();
    }

    @Test
    void publisherIsAuthorized_thenSrsAnswers() {
        offer().post("/rtc/v1/whip/?app=live&stream=KEY&token=right")
                .then()
                .statusCode(201)
                .header("Content-Type", equalTo("application/sdp"))
                .header("Location", equalTo(SESSION))
                .header("Server", nullValue())
                .body(equalTo("answer"));
        assertThat(CALLS.stream().map(HttpServerRequest::uri))
                .containsExactly(
                        "/api/srs/publish-gate?key=KEY&token=right", "/rtc/v1/whip/?app=live&stream=KEY&token=right");
        assertThat(OFFERS).containsExactly("v=0");
    }

    @Test
    void srsGetsPasswordAndAddress_andNothingOfTheClient() {
        offer().cookie("accessToken", "mine")
                .header("Authorization", "Bearer mine")
                .header("Forwarded", "for=1.2.3.4")
                .post("/rtc/v1/whep/?stream=KEY");
        HttpServerRequest call = CALLS.getFirst();
        assertThat(call.headers().names())
                .containsExactlyInAnyOrder("host", "connection", "content-length", "authorization", "X-Forwarded-For");
        assertThat(call.getHeader("Authorization")).isEqualTo("Basic ZG9yYW1pOnNlY3JldA=="); // dorami:secret
        assertThat(call.getHeader("X-Forwarded-For")).isEqualTo("127.0.0.1");
    }

    @Test
    void otherParametersAreNotPassed() {
        offer().post("/rtc/v1/whep/?eip=1.2.3.4&stream=KEY&ice-pwd=mine&dtls=false&action=publish&app=other")
                .then()
                .statusCode(201);
        assertThat(CALLS.getFirst().uri()).isEqualTo("/rtc/v1/whep/?app=live&stream=KEY&token=");
    }

    @Test
    void wrongPublishToken_isForbiddenBeforeSrs() {
        offer().post("/rtc/v1/whip/?stream=KEY&token=wrong")
                .then()
                .statusCode(403)
                .body("errorCode", equalTo("FORBIDDEN"))
                .body("message", containsString("Publish key"));
        assertThat(OFFERS).isEmpty();
    }

    @Test
    void locationEndsItsSession() {
        given().delete(SESSION).then().statusCode(200);
        assertThat(CALLS)
                .singleElement()
                .satisfies(call -> assertThat(call.method() + " " + call.uri())
                        .isEqualTo("DELETE /rtc/v1/whip/?app=live&stream=KEY&token=s1&session=ab+1:cd/2"));
    }

    @Test
    void refusedOffer_isBadGateway() {
        offer().post("/rtc/v1/whep/?stream=busy").then().statusCode(502).body("errorCode", equalTo("BAD_GATEWAY"));
    }

    @Test
    void offerLongerThanAnyBrowsers_isRejected() {
        given().body("x".repeat(70_000)).post("/rtc/v1/whep/?stream=KEY").then().statusCode(413);
        assertThat(CALLS).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/rtc/v1/whip",
                "/rtc/v1/whip/?token=right",
                "/rtc/v1/whip/?stream=K/Y&token=right",
                "/rtc/v1/whip/?stream=KEY&token=a%26b",
                "/rtc/v1/whip/?stream=KEY&token=s1&session=a",
                "/rtc/v1/whip/x?stream=KEY",
                "/rtc/v1/publish/?stream=KEY",
                "/rtc/v1/play/?stream=KEY",
                "/rtc/v1/whip-play/?stream=KEY",
                "/rtc/v1/nack/?stream=KEY",
                "/rtc/v1/whip/../../../api/v1/clients/",
                "/rtc/v1/whip/..%2f..%2fapi%2fv1%2fclients"
            })
    void nothingElseOfTheApiIsPassed(String path) {
        offer().post(path).then().statusCode(404);
        assertThat(CALLS).isEmpty();
    }

    @Test
    void otherMethods_areRejected() {
        given().get("/rtc/v1/whep/?stream=KEY").then().statusCode(405).body("errorCode", equalTo("METHOD_NOT_ALLOWED"));
    }

    @Test
    void pagesLearnThatWebRtcIsServed() {
        given().get("/settings.js").then().body(containsString("export const webrtc = true;"));
    }

    private static RequestSpecification offer() {
        return given().contentType("application/sdp").body("v=0".getBytes(StandardCharsets.UTF_8));
    }

    private static void serveApi(HttpServerRequest request) {
        CALLS.add(request);
        if (request.uri().contains("busy")) {
            request.connection().close(); // as SRS does
        } else if (request.method().name().equals("DELETE")) {
            request.response().end();
        } else {
            request.body().onSuccess(offer -> {
                OFFERS.add(offer.toString());
                request.response()
                        .setStatusCode(201)
                        .putHeader("Content-Type", "application/sdp")
                        .putHeader("Location", SESSION)
                        .putHeader("Server", "SRS")
                        .end("answer");
            });
        }
    }

    private static void authorize(HttpServerRequest request) {
        CALLS.add(request);
        request.response()
                .setStatusCode("right".equals(request.getParam("token")) ? 204 : 403)
                .end();
    }
}
