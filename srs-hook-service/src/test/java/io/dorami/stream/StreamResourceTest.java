package io.dorami.stream;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.dorami.contracts.AccessToken;
import io.dorami.contracts.RoomId;
import io.dorami.contracts.ServiceName;
import io.dorami.contracts.StreamKey;
import io.dorami.contracts.Topics;
import io.dorami.contracts.User;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisEar;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import io.vertx.mutiny.redis.client.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(StreamResourceTest.ShortGrace.class)
class StreamResourceTest {

    /** So that a test sees the end of it. */
    public static final class ShortGrace implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("dorami.stream.grace", "1S");
        }
    }

    @Inject
    Redis redis;

    private final String seller = TestSecrets.user("seller", "Hana");

    @Test
    void aStreamGoesLiveAndEndsAfterItsGraceOnce() {
        Show show = new Show();
        assertThat(show.status()).isEqualTo("PENDING");
        assertThat(show.play()).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1")).isZero();
        assertThat(show.status()).isEqualTo("LIVE");
        assertThat(show.play()).isZero();
        given().get("/api/streaming/active").then().body("data.streamKey", hasItem(show.key));
        assertThat(show.hook("on_unpublish", "p1")).isZero();
        assertThat(show.status()).isEqualTo("LIVE");
        assertThat(show.play()).isEqualTo(1);
        await().until(() -> show.status().equals("OFFLINE"));
        given().get("/api/streaming/active").then().body("data.streamKey", not(hasItem(show.key)));
        await().untilAsserted(() -> assertThat(show.told()).containsExactly("stream:started", "stream:ended"));
    }

    @Test
    void aPublisherThatComesBackIsTheSameShow() {
        Show show = new Show();
        show.hook("on_publish", "p1");
        String startedAt = show.get("startedAt");
        show.hook("on_unpublish", "p1");
        show.hook("on_publish", "p2");
        assertThat(show.get("startedAt")).isEqualTo(startedAt);
        show.stop();
        await().untilAsserted(() -> assertThat(show.told()).containsExactly("stream:started", "stream:ended"));
    }

    @Test
    void theServicesHearOfEachStep() {
        Show show = new Show();
        show.hook("on_publish", "p1");
        show.stop();
        await().untilAsserted(() -> assertThat(inbox(new StreamKey(show.key)))
                .filteredOn(message -> message.contains(show.key))
                .satisfiesExactly(
                        first -> assertThat(first).contains("StreamRegistered", "\"ownerId\":\"seller\""),
                        second -> assertThat(second).contains("StreamWentLive"),
                        third -> assertThat(third).contains("StreamWentOffline")));
    }

    @Test
    void whoHasNoTokenOfThisStreamCannotPublish() {
        Show show = new Show();
        Show other = new Show();
        assertThat(show.hook("on_publish", "p1", "")).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1", "?token=nonsense")).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1", other.param)).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1", "?token=" + seller)).isEqualTo(1);
        assertThat(show.status()).isEqualTo("PENDING");
    }

    @Test
    void aPublishTokenIsNoAccessToken() {
        Show show = new Show();
        as(show.param.substring("?token=".length()))
                .body(Map.of("title", "Mine now"))
                .post("/api/streaming/generate-key")
                .then()
                .statusCode(401);
    }

    @Test
    void theAddressesOfTodaysConfigurationDoTheSame() {
        Show show = new Show();
        assertThat(show.hookAt("/api/streaming/srs-auth", "on_publish")).isZero();
        assertThat(show.status()).isEqualTo("LIVE");
        assertThat(show.hookAt("/api/streaming/srs-done", "on_unpublish")).isZero();
        await().until(() -> show.status().equals("OFFLINE"));
    }

    @Test
    void theDoubledParameterOfSrsIsUnderstood() {
        Show show = new Show();
        assertThat(show.hook("on_publish", "p1", show.param + show.param)).isZero();
    }

    @Test
    void aCallWithoutTheSecretIsRefused() {
        Show show = new Show();
        for (String secret : List.of("", "wrong", TestSecrets.SRS + "x")) {
            given().contentType(ContentType.JSON)
                    .queryParam("secret", secret)
                    .body(show.body("on_publish", "p1", show.param))
                    .post("/api/srs/hooks")
                    .then()
                    .statusCode(200)
                    .body(equalTo("{\"code\":1}"));
        }
        given().contentType(ContentType.JSON)
                .body("{}")
                .post("/api/srs/hooks")
                .then()
                .body(equalTo("{\"code\":1}"));
        assertThat(show.status()).isEqualTo("PENDING");
    }

    @Test
    void aHeartbeatCarriesTheSecretInItsDevice() {
        given().contentType(ContentType.JSON)
                .body(Map.of("device_id", TestSecrets.SRS))
                .post("/api/streaming/srs-heartbeat")
                .then()
                .body(equalTo("{\"code\":0}"));
        given().contentType(ContentType.JSON)
                .body(Map.of("device_id", "srs-1"))
                .post("/api/streaming/srs-heartbeat")
                .then()
                .body(equalTo("{\"code\":1}"));
    }

    @Test
    void onlyTheOwnerAndAdminsStop() {
        Show show = new Show();
        show.hook("on_publish", "p1");
        as(TestSecrets.user("u2", "Lee"))
                .patch("/api/streaming/" + show.id + "/stop")
                .then()
                .statusCode(403);
        assertThat(show.status()).isEqualTo("LIVE");
        as(TestSecrets.admin())
                .patch("/api/streaming/" + show.id + "/stop")
                .then()
                .statusCode(200);
        assertThat(show.status()).isEqualTo("OFFLINE");
    }

    @Test
    void anUnknownKeyIsOffline() {
        given().get("/api/streaming/key/nobody/status").then().statusCode(200).body("data.status", equalTo("OFFLINE"));
    }

    @Test
    void anExpiredTokenIsRefusedInTheWordsTheClientKnows() {
        String expired = AccessToken.of(new User("u1", "Kim", User.Role.USER), Duration.ofHours(-1))
                .sign(TestSecrets.JWT);
        as(expired)
                .body(Map.of("title", "x"))
                .post("/api/streaming/generate-key")
                .then()
                .statusCode(401)
                .body("errorCode", equalTo("UNAUTHORIZED"));
    }

    private List<String> inbox(StreamKey key) {
        String inbox = Topics.inbox(ServiceName.PRODUCT, key.partition());
        Response entries = redis.sendAndAwait(
                Request.cmd(Command.XRANGE).arg(inbox).arg("-").arg("+"));
        return StreamSupport.stream(entries.spliterator(), false)
                .map(entry -> entry.get(1).get(1).toString())
                .toList();
    }

    private static RequestSpecification as(String token) {
        return given().contentType(ContentType.JSON).header("Authorization", "Bearer " + token);
    }

    /** A stream of the seller, with its key and token. */
    private final class Show {
        final String id;
        final String key;
        final String param;

        Show() {
            JsonPath session = as(seller)
                    .body(Map.of("title", "Spring " + UUID.randomUUID()))
                    .post("/api/streaming/generate-key")
                    .then()
                    .statusCode(201)
                    .extract()
                    .jsonPath();
            id = session.getString("data.id");
            key = session.getString("data.streamKey");
            param = session.getString("data.publishKey").substring(key.length());
        }

        int hook(String action, String client) {
            return hook(action, client, param);
        }

        int hook(String action, String client, String said) {
            return hook("/api/srs/hooks", body(action, client, said));
        }

        int hookAt(String address, String action) {
            return hook(address, body(action, "p1", param));
        }

        private int hook(String address, Map<String, String> body) {
            return given().contentType(ContentType.JSON)
                    .queryParam("secret", TestSecrets.SRS)
                    .body(body)
                    .post(address)
                    .then()
                    .statusCode(200)
                    .extract()
                    .path("code");
        }

        Map<String, String> body(String action, String client, String said) {
            return Map.of("action", action, "client_id", client, "service_id", "run1", "stream", key, "param", said);
        }

        int play() {
            return hook("on_play", "v1", "");
        }

        void stop() {
            as(seller).patch("/api/streaming/" + id + "/stop").then().statusCode(200);
        }

        String status() {
            return get("status");
        }

        String get(String field) {
            return given().get("/api/streaming/key/" + key + "/status")
                    .then()
                    .statusCode(200)
                    .extract()
                    .path("data." + field);
        }

        List<String> told() {
            return RedisEar.logged(redis, RoomId.parse("stream:" + key));
        }
    }
}
