package io.dorami.stream.api;

import static io.dorami.stream.api.ShowCalls.authorizedAs;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.comparesEqualTo;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Creating, changing and deleting a stream. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(StreamResourceTest.ShortGrace.class)
class StreamChangeTest {

    @Inject
    Redis redis;

    @Test
    void absentFieldsKeepTheirValues() {
        String scheduledAt = tomorrow();
        ShowCalls show = new ShowCalls(Map.of(
                "title", "Spring", "description", "Knitwear", "thumbnailUrl", "/a.jpg", "scheduledAt", scheduledAt));
        show.patch(Map.of("title", "  Summer\u200b ")).then().statusCode(200).body("data.title", equalTo("Summer"));
        show.patch(Map.of())
                .then()
                .statusCode(200)
                .body(
                        "data.title", equalTo("Summer"),
                        "data.description", equalTo("Knitwear"),
                        "data.thumbnailUrl", equalTo("/a.jpg"),
                        "data.scheduledAt", equalTo(scheduledAt),
                        "data.freeShippingMode", equalTo("DISABLED"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud83d", "\\ude00", "\\ud83d\\ud83d", "\\ufdd0", "\\u202e", "\\u0007"})
    void brokenCharacter_isReplacedOrRemoved(String character) {
        String text = "\"a" + character + "b\"";
        String details = "{\"title\": %1$s, \"description\": %1$s, \"thumbnailUrl\": %1$s}".formatted(text);
        String created = authorizedAs(ShowCalls.SELLER)
                .body(details)
                .post("/api/streaming/generate-key")
                .then()
                .statusCode(201)
                .extract()
                .path("data.id");
        JsonPath changed = authorizedAs(ShowCalls.SELLER)
                .body(details)
                .patch("/api/streaming/" + created)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        for (String field : List.of("title", "description", "thumbnailUrl")) {
            assertThat(changed.getString("data." + field)).as(field).matches("a\ufffd{0,2}b");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"\\ud83d\": 1}", "{\"freeShippingMode\": \"\\ud83d\"}", "{\"scheduledAt\": \"\\ud83dT\"}"})
    void brokenCharacter_inOtherFields_isRejected(String body) {
        ShowCalls show = new ShowCalls();
        authorizedAs(ShowCalls.SELLER)
                .body(body)
                .patch("/api/streaming/" + show.id)
                .then()
                .statusCode(400)
                .body("errorCode", equalTo("VALIDATION_ERROR"));
    }

    @Test
    void nullClearsOptionalFields() {
        ShowCalls show = new ShowCalls(Map.of(
                "title", "Spring", "description", "Knitwear", "thumbnailUrl", "/a.jpg", "scheduledAt", tomorrow()));
        show.patch(nulls("description", "thumbnailUrl", "scheduledAt", "title", "freeShippingThreshold"))
                .then()
                .statusCode(200)
                .body(
                        "data.title", equalTo("Spring"),
                        "data.description", nullValue(),
                        "data.thumbnailUrl", nullValue(),
                        "data.scheduledAt", nullValue());
    }

    @Test
    void webClientsEditForm_isAccepted() {
        ShowCalls show = new ShowCalls(Map.of("title", "Spring", "description", "Knitwear"));
        Map<String, Object> form = nulls("description");
        form.put("freeShippingMode", "THRESHOLD");
        form.put("freeShippingThreshold", 150);
        ValidatableResponse response = show.patch(form).then().statusCode(200);
        response.body("data.description", nullValue(), "data.freeShippingMode", equalTo("THRESHOLD"));
        assertThat(response.extract().asString()).contains("\"freeShippingThreshold\":150.00");
        show.patch(Map.of("freeShippingMode", "DISABLED"))
                .then()
                .statusCode(200)
                .body("data.freeShippingThreshold", nullValue());
    }

    @Test
    void change_byOtherUser_isForbidden() {
        ShowCalls show = new ShowCalls();
        String path = "/api/streaming/" + show.id;
        Map<String, String> change = Map.of("title", "Mine now");
        given().contentType("application/json").body(change).patch(path).then().statusCode(401);
        authorizedAs(TestSecrets.userToken("u2", "Lee"))
                .body(change)
                .patch(path)
                .then()
                .statusCode(403);
        authorizedAs(TestSecrets.userToken("u2", "Lee")).delete(path).then().statusCode(403);
        authorizedAs(TestSecrets.adminToken())
                .body(change)
                .patch(path)
                .then()
                .statusCode(200)
                .body("data.title", equalTo("Mine now"), "data.publishKey", nullValue());
        authorizedAs(TestSecrets.adminToken())
                .body(change)
                .patch("/api/streaming/" + UUID.randomUUID())
                .then()
                .statusCode(404)
                .body("errorCode", equalTo("STREAM_NOT_FOUND"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    scheduledAt           | {"title": "x", "scheduledAt": 1795330265125}
                    scheduledAt           | {"title": "x", "scheduledAt": "2020-01-01T00:00:00Z"}
                    scheduledAt           | {"title": "x", "scheduledAt": "+58861-01-01T00:00:00Z"}
                    freeShippingThreshold | {"title": "x", "freeShippingMode": "THRESHOLD"}
                    freeShippingThreshold | {"title": "x", "freeShippingMode": "DISABLED", "freeShippingThreshold": 1}
                    freeShippingThreshold | {"title": "x", "freeShippingThreshold": 1}
                    freeShippingThreshold | {"title": "x", "freeShippingMode": "THRESHOLD", "freeShippingThreshold": 1.005}
                    freeShippingThreshold | {"title": "x", "freeShippingMode": "THRESHOLD", "freeShippingThreshold": -1}
                    freeShippingMode      | {"title": "x", "freeShippingMode": "SOMETIMES"}
                    expiresAt             | {"title": "x", "expiresAt": "2027-01-01T00:00:00Z"}
                    title                 | {"title": "\\u200b"}
                    """)
    void fieldThatCannotAct_isRejectedByName(String field, String body) {
        ShowCalls show = new ShowCalls();
        for (Response response : List.of(
                authorizedAs(ShowCalls.SELLER).body(body).post("/api/streaming/generate-key"),
                authorizedAs(ShowCalls.SELLER).body(body).patch("/api/streaming/" + show.id))) {
            response.then()
                    .statusCode(400)
                    .body("errorCode", equalTo("VALIDATION_ERROR"), "message", startsWith("body." + field + ": "));
        }
    }

    @Test
    void freeShipping_isStoredAndSentToServices() {
        ShowCalls show = new ShowCalls(
                Map.of("title", "Spring", "freeShippingMode", "THRESHOLD", "freeShippingThreshold", 29.9));
        show.patch(nulls("freeShippingThreshold")).then().body("data.freeShippingThreshold", comparesEqualTo(29.9f));
        show.patch(Map.of("description", "Not sent again")).then().statusCode(200);
        show.patch(Map.of("freeShippingMode", "UNCONDITIONAL")).then().statusCode(200);
        show.patch(Map.of("title", "Summer")).then().statusCode(200);
        await().untilAsserted(() -> assertThat(
                        RedisSubscriber.inboxMessages(redis, ServiceName.PRODUCT, new StreamKey(show.key)))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .contains("StreamRegistered", "\"title\":\"Spring\"", "THRESHOLD", "29.90"),
                        second -> assertThat(second)
                                .contains("StreamRegistered", "\"title\":\"Spring\"", "UNCONDITIONAL"),
                        third -> assertThat(third)
                                .contains("StreamRegistered", "\"title\":\"Summer\"", "UNCONDITIONAL")));
    }

    @Test
    void change_ofAnUpcomingShow_isPublishedToAllPages() {
        ShowCalls.stopAll();
        ShowCalls show = new ShowCalls(Map.of("title", "Spring", "scheduledAt", soon()));
        String title = "Renamed " + show.id;
        show.patch(Map.of("title", title)).then().statusCode(200);
        await().untilAsserted(
                        () -> assertThat(upcomingEvents()).last().asString().contains(title));
        show.delete().then().statusCode(200);
        await().untilAsserted(
                        () -> assertThat(upcomingEvents()).last().asString().doesNotContain(title));
    }

    @Test
    void laterSchedule_extendsThePublishKey() {
        ShowCalls show = new ShowCalls();
        Instant scheduledAt = Instant.now().plus(Duration.ofDays(30)).truncatedTo(ChronoUnit.MILLIS);
        show.patch(Map.of("scheduledAt", scheduledAt.toString()))
                .then()
                .body(
                        "data.expiresAt",
                                equalTo(scheduledAt.plus(Duration.ofHours(24)).toString()),
                        "data.rtmpUrl", not(equalTo(show.rtmpUrl)));
        assertThat(show.hook("on_publish", "p1")).as("the former token").isZero();
    }

    @Test
    void deletedStream_cannotBePublishedAndIsInNoList() {
        ShowCalls show = new ShowCalls(Map.of("title", "Spring", "scheduledAt", soon()));
        show.hook("on_publish", "p1");
        show.delete().then().statusCode(409).body("errorCode", equalTo("CONFLICT"));
        assertThat(show.status()).isEqualTo("LIVE");
        show.stop();
        show.delete().then().statusCode(200).body("data", equalTo(show.id));
        show.delete().then().statusCode(404).body("errorCode", equalTo("STREAM_NOT_FOUND"));
        assertThat(show.hook("on_publish", "p2")).isEqualTo(1);
        assertThat(show.status()).isEqualTo("OFFLINE");
        List<String> listed = given().get("/api/streaming/upcoming?limit=100").path("data.id");
        List<String> history = authorizedAs(TestSecrets.adminToken())
                .get("/api/streaming/history?limit=100")
                .path("data.streams.id");
        assertThat(listed).doesNotContain(show.id);
        assertThat(history).doesNotContain(show.id);
    }

    private List<String> upcomingEvents() {
        return RedisSubscriber.loggedEvents(redis, RoomId.PLATFORM).stream()
                .filter(event -> event.name().equals("upcoming:updated"))
                .map(EventFrame::data)
                .toList();
    }

    private static Map<String, Object> nulls(String... fields) {
        Map<String, Object> body = new HashMap<>();
        Arrays.stream(fields).forEach(field -> body.put(field, null));
        return body;
    }

    /** Before the scheduled shows of all other tests, so that the show is among the first three. */
    private static String soon() {
        return Instant.now().plus(Duration.ofMinutes(10)).toString();
    }

    private static String tomorrow() {
        return Instant.now()
                .plus(Duration.ofDays(1))
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }
}
