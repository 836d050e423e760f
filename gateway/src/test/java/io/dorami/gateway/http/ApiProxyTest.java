package io.dorami.gateway.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(ApiProxyTest.Development.class)
public class ApiProxyTest {

    /** Changes what pages know of the configuration, and makes the product service unreachable. */
    public static final class Development implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "dorami.gateway.development", "true",
                    "dorami.gateway.guests-read-chat", "false",
                    "dorami.currency", "KRW",
                    "dorami.language", "EN",
                    "dorami.gateway.upstreams.product", "http://127.0.0.1:1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/srs/hooks",
                "/api/streaming/srs-auth",
                "/api/streaming/./srs-auth",
                "/api//streaming/srs-auth",
                "/api/streaming/%73rs-auth",
                "/api/streaming;x/srs-auth",
                "/api/streaming/srs-auth%3Bx",
                "/api/nothing"
            })
    void hookOrUnknownPath_isNotFound(String path) {
        given().urlEncodingEnabled(false).post(path).then().statusCode(404).body("errorCode", equalTo("NOT_FOUND"));
    }

    @Test
    void unreachableService_isBadGateway() {
        given().get("/api/products")
                .then()
                .statusCode(502)
                .body("errorCode", equalTo("BAD_GATEWAY"), "success", equalTo(false));
    }

    @Test
    void pagesKnowTheConfiguration() {
        given().get("/settings.js")
                .then()
                .statusCode(200)
                .contentType("text/javascript")
                .body(equalTo("""
                        export const currency = 'KRW';
                        export const language = 'en';
                        export const guestsReadChat = false;
                        export const developmentSignIn = true;
                        export const webrtc = false;
                        """));
    }

    @Test
    void signInSetsBothCookiesAndRedirectsWithinSite() {
        Response response = signIn("/live/KEYA");
        assertThat(response.header("Location")).endsWith("/live/KEYA");
        assertThat(response.detailedCookie("accessToken").isHttpOnly()).isTrue();
        assertThat(response.detailedCookie("csrf-token").isHttpOnly()).isFalse();
        assertThat(signIn("//evil.example/").header("Location")).doesNotContain("evil");
        assertThat(signIn("https://evil.example/").header("Location")).doesNotContain("evil");
    }

    @Test
    void signedInUserCanSignInAsAnotherUser() {
        String previousToken = signIn("/").getCookie("accessToken");
        assertThat(form("/")
                        .cookie("accessToken", previousToken)
                        .post("/dev/sign-in")
                        .statusCode())
                .isEqualTo(303);
    }

    private static Response signIn(String next) {
        return form(next).post("/dev/sign-in");
    }

    private static RequestSpecification form(String next) {
        return given().redirects().follow(false).formParams("user", "u1", "name", "Kim", "role", "USER", "next", next);
    }
}
