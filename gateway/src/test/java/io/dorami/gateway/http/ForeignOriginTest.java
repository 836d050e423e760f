package io.dorami.gateway.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.equalToIgnoringCase;
import static org.hamcrest.Matchers.not;

import io.dorami.contracts.http.ApiHeaders;
import io.dorami.testing.DoramiTestResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(ForeignOriginTest.AllowedApp.class)
class ForeignOriginTest {

    private static final String HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

    /** Allows a page and an app. */
    public static final class AllowedApp implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("dorami.origins", "https://shop.example,capacitor://localhost");
        }
    }

    @TestHTTPResource
    URI gateway;

    @Test
    void preflightAllowsEveryHeaderOfApi() {
        String headers = String.join(",", ApiHeaders.ALL).toLowerCase(Locale.ROOT);
        given().header("Origin", "https://shop.example")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", headers)
                .options("/api/cart")
                .then()
                .statusCode(200)
                .header("Access-Control-Allow-Headers", equalToIgnoringCase(headers))
                .header("Access-Control-Allow-Credentials", equalTo("true"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "ws"})
    void ownHostIsAllowedInBothSchemes(String scheme) {
        connect(scheme + "://" + gateway.getAuthority()).statusCode(200);
    }

    @Test
    void configuredAppIsAllowedAndForeignHostIsNot() {
        connect("capacitor://localhost").statusCode(200);
        connect("wss://shop.example").statusCode(200);
        connect("ws://evil.example").statusCode(not(equalTo(200)));
        connect("capacitor://evil").statusCode(not(equalTo(200)));
    }

    private static ValidatableResponse connect(String origin) {
        return given().header("Origin", origin).get(HANDSHAKE).then();
    }
}
