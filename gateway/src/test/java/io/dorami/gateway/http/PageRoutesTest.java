package io.dorami.gateway.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages and their headers. Small pages among the tests' resources take the place of those that the build makes. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class PageRoutesTest {

    private static final String SCRIPT = "/assets/page-0a1b2c3d.js";

    @TestHTTPResource
    URI gateway;

    /** A page that the build did not make. */
    @ApplicationScoped
    static class MissingPage {
        void registerRoutes(@Observes Router router) {
            PageRoutes.serve(router, "/missing", "/missing.html");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/, index",
        "/live/KEYA, live",
        "/live/KEYA?from=mail, live",
        "/studio, studio",
        "/studio/KEYA, studio",
        "/sign-in, sign-in",
        "/sign-in.html, sign-in",
    })
    void addressHasItsPage(String address, String title) {
        given().get(address)
                .then()
                .statusCode(200)
                .contentType("text/html; charset=utf-8")
                .body(containsString("<title>" + title + "</title>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/live/KEYA.flv",
                "/live/KEYA.m3u8",
                "/live/no key",
                "/live/",
                "/live",
                "/studio/no key",
                "/studio/KEYA/x",
                "/nothing",
                "/sign-in/x"
            })
    void unknownAddress_isNotFound(String address) {
        given().get(address).then().statusCode(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/live/KEYA", "/sign-in", "/settings.js"})
    void unchangedContentIsNotSentAgain(String address) {
        String tag = given().get(address)
                .then()
                .statusCode(200)
                .header("Cache-Control", equalTo("no-cache"))
                .header("ETag", matchesPattern("\"[0-9a-f]{32}\""))
                .extract()
                .header("ETag");
        given().header("If-None-Match", tag)
                .get(address)
                .then()
                .statusCode(304)
                .header("ETag", equalTo(tag))
                .body(emptyString());
        given().header("If-None-Match", "\"0\"").get(address).then().statusCode(200);
        given().head(address).then().statusCode(200).header("ETag", equalTo(tag));
    }

    @Test
    void hashedFileIsKeptForAYear() {
        given().get(SCRIPT)
                .then()
                .statusCode(200)
                .header("Cache-Control", equalTo("public, max-age=31536000, immutable"));
        given().get("/assets/page-ffffffff.js").then().statusCode(404).header("Cache-Control", equalTo("no-cache"));
        given().get("/picture.svg").then().statusCode(200).header("Cache-Control", equalTo("no-cache"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/live/KEYA", SCRIPT, "/settings.js", "/picture.svg", "/nothing"})
    void pagesAndFilesHaveSecurityHeaders(String address) {
        String host = gateway.getAuthority();
        given().get(address)
                .then()
                .header(
                        "Content-Security-Policy",
                        allOf(
                                containsString("default-src 'self'; script-src 'self'; style-src 'self'; "),
                                containsString("img-src 'self' https: http: data: blob:; media-src 'self' blob:; "),
                                containsString("worker-src 'self' blob:; connect-src 'self' ws://%s wss://%s; "
                                        .formatted(host, host)),
                                containsString("frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "),
                                containsString("object-src 'none'"),
                                not(containsString("unsafe"))))
                .header("X-Content-Type-Options", equalTo("nosniff"))
                .header("Referrer-Policy", equalTo("strict-origin-when-cross-origin"))
                .header("Permissions-Policy", containsString("camera=(self), microphone=(self)"))
                .header("Cross-Origin-Opener-Policy", equalTo("same-origin"))
                .header("Strict-Transport-Security", nullValue());
    }

    @Test
    void pageBehindTlsProxyIsForHttpsOnly() {
        given().header("X-Forwarded-Proto", "https")
                .get("/")
                .then()
                .header("Strict-Transport-Security", notNullValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/nothing", "/socket.io/?EIO=4&transport=polling"})
    void apiIsNotSniffedAndHasNoPolicy(String address) {
        given().get(address)
                .then()
                .header("X-Content-Type-Options", equalTo("nosniff"))
                .header("Content-Security-Policy", nullValue());
    }

    @Test
    void gatewayWithoutPagesTellsHowToGetThem() {
        given().get("/missing")
                .then()
                .statusCode(404)
                .contentType("text/plain; charset=utf-8")
                .body(containsString("Install Node.js"));
    }
}
