package io.dorami.stream.api;

import static io.restassured.RestAssured.given;

import io.dorami.testing.TestSecrets;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A stream of the seller, with the REST calls and hooks for it. */
final class ShowCalls {

    static final String SELLER = TestSecrets.userToken("seller", "Hana");

    final String id;
    final String key;
    final String param;
    final String rtmpUrl;

    ShowCalls() {
        this(Map.of("title", "Spring " + UUID.randomUUID()));
    }

    ShowCalls(Map<String, ?> request) {
        JsonPath session = authorizedAs(SELLER)
                .body(request)
                .post("/api/streaming/generate-key")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath();
        id = session.getString("data.id");
        key = session.getString("data.streamKey");
        param = session.getString("data.publishKey").substring(key.length());
        rtmpUrl = session.getString("data.rtmpUrl");
    }

    /** Ends the shows that other tests have left on air. */
    static void stopAll() {
        List<String> ids = authorizedAs(TestSecrets.adminToken())
                .get("/api/streaming/srs")
                .then()
                .statusCode(200)
                .extract()
                .path("data.streams.id");
        ids.forEach(id -> authorizedAs(TestSecrets.adminToken())
                .patch("/api/streaming/" + id + "/stop")
                .then()
                .statusCode(200));
    }

    static RequestSpecification authorizedAs(String token) {
        return given().contentType(ContentType.JSON).header("Authorization", "Bearer " + token);
    }

    String token() {
        return param.substring("?token=".length());
    }

    int hook(String action, String client) {
        return hook(action, client, param);
    }

    int hook(String action, String client, String query) {
        return hook("/api/srs/hooks", body(action, client, query));
    }

    int hookAt(String address, String action) {
        return hook(address, body(action, "p1", param));
    }

    int hookWithSecret(String secret, String action) {
        return hook(secret, "/api/srs/hooks", body(action, "p1", param));
    }

    int hook(String address, Map<String, String> body) {
        return hook(TestSecrets.SRS, address, body);
    }

    private static int hook(String secret, String address, Map<String, String> body) {
        return given().contentType(ContentType.JSON)
                .queryParam("secret", secret)
                .body(body)
                .post(address)
                .then()
                .statusCode(200)
                .extract()
                .path("code");
    }

    Map<String, String> body(String action, String client, String query) {
        return Map.of(
                "action", action,
                "client_id", client,
                "service_id", "run1",
                "app", "live",
                "stream", key,
                "param", query);
    }

    /** Sends a request of the seller about this stream. */
    Response patch(Map<String, ?> change) {
        return authorizedAs(SELLER).body(change).patch("/api/streaming/" + id);
    }

    Response delete() {
        return authorizedAs(SELLER).delete("/api/streaming/" + id);
    }

    int play() {
        return hook("on_play", "v1", "");
    }

    void stop() {
        authorizedAs(SELLER).patch("/api/streaming/" + id + "/stop").then().statusCode(200);
    }

    String status() {
        return get("status");
    }

    boolean isReconnecting() {
        return readStatus("reconnecting");
    }

    String get(String field) {
        return readStatus(field);
    }

    private <T> T readStatus(String field) {
        return given().get("/api/streaming/key/" + key + "/status")
                .then()
                .statusCode(200)
                .extract()
                .path("data." + field);
    }
}
