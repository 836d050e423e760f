package io.dorami.stream.api;

import static io.dorami.stream.api.ShowCalls.as;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.dorami.contracts.User;
import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.ServiceName;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.MediaViewers;
import io.dorami.signing.AccessToken;
import io.dorami.stream.state.PlayableStreams;
import io.dorami.stream.state.Publisher;
import io.dorami.stream.state.StreamStore;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(StreamResourceTest.ShortGrace.class)
class StreamResourceTest {

    /** So that a test sees the end of it; and a busy machine is not taken for a slow database. */
    public static final class ShortGrace implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "dorami.stream.grace", "1S",
                    "dorami.stream.hook-patience", "5S",
                    "dorami.former-srs-secret", TestSecrets.FORMER_SRS);
        }
    }

    @Inject
    Redis redis;

    @Inject
    MediaViewers media;

    @Inject
    StreamStore store;

    @Inject
    PlayableStreams playable;

    @Inject
    DataSource database;

    @Test
    void aStreamGoesLiveAndEndsAfterItsGraceOnce() {
        ShowCalls show = new ShowCalls();
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
        await().untilAsserted(() -> assertThat(told(show)).containsExactly("stream:started", "stream:ended"));
    }

    @Test
    void aPublisherThatComesBackIsTheSameShow() {
        ShowCalls show = new ShowCalls();
        show.hook("on_publish", "p1");
        String startedAt = show.get("startedAt");
        show.hook("on_unpublish", "p1");
        show.hook("on_publish", "p2");
        assertThat(show.get("startedAt")).isEqualTo(startedAt);
        show.stop();
        await().untilAsserted(() -> assertThat(told(show)).containsExactly("stream:started", "stream:ended"));
    }

    @Test
    void aChangeThatItsHookDidNotWaitForIsKnownInRedisToo() throws SQLException {
        ShowCalls show = new ShowCalls();
        StreamKey key = new StreamKey(show.key);
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT FROM stream.stream WHERE id = '" + show.id + "' FOR UPDATE");
            var publish = store.publish(key, new Publisher("p1", "run1"), 1)
                    .subscribe()
                    .with(changed -> {});
            await().until(() -> statement
                    .executeQuery("SELECT FROM pg_locks WHERE NOT granted")
                    .next());
            publish.cancel();
            other.rollback();
        }
        await().until(() -> playable.ask(key).await().indefinitely());
        assertThat(show.status()).isEqualTo("LIVE");
    }

    @Test
    void theServicesHearOfEachStep() {
        ShowCalls show = new ShowCalls();
        show.hook("on_publish", "p1");
        show.stop();
        await().untilAsserted(() -> assertThat(
                        RedisSubscriber.inbox(redis, ServiceName.PRODUCT, new StreamKey(show.key)))
                .satisfiesExactly(
                        first -> assertThat(first).contains("StreamRegistered", "\"ownerId\":\"seller\""),
                        second -> assertThat(second).contains("StreamWentLive"),
                        third -> assertThat(third).contains("StreamWentOffline")));
    }

    @Test
    void whoHasNoTokenOfThisStreamCannotPublish() {
        ShowCalls show = new ShowCalls();
        ShowCalls other = new ShowCalls();
        assertThat(show.hook("on_publish", "p1", "")).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1", "?token=nonsense")).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1", other.param)).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1", "?token=" + ShowCalls.SELLER)).isEqualTo(1);
        assertThat(show.status()).isEqualTo("PENDING");
    }

    @Test
    void aPublishTokenIsNoAccessToken() {
        ShowCalls show = new ShowCalls();
        as(show.param.substring("?token=".length()))
                .body(Map.of("title", "Mine now"))
                .post("/api/streaming/generate-key")
                .then()
                .statusCode(401);
    }

    @Test
    void theAddressesOfTodaysConfigurationDoTheSame() {
        ShowCalls show = new ShowCalls();
        assertThat(show.hookAt("/api/streaming/srs-auth", "on_publish")).isZero();
        assertThat(show.status()).isEqualTo("LIVE");
        assertThat(show.hookAt("/api/streaming/srs-done", "on_unpublish")).isZero();
        await().until(() -> show.status().equals("OFFLINE"));
    }

    @Test
    void theDoubledParameterOfSrsIsUnderstood() {
        ShowCalls show = new ShowCalls();
        assertThat(show.hook("on_publish", "p1", show.param + show.param)).isZero();
    }

    @Test
    void aCallWithoutTheSecretIsRefused() {
        ShowCalls show = new ShowCalls();
        for (String secret : List.of("", "wrong", TestSecrets.SRS + "x", TestSecrets.FORMER_SRS + "x")) {
            assertThat(show.hookSaying(secret, "on_publish")).isEqualTo(1);
            assertThat(heartbeatSaying(secret)).isEqualTo(1);
        }
        given().contentType(ContentType.JSON)
                .body("{}")
                .post("/api/srs/hooks")
                .then()
                .body(equalTo("{\"code\":1}"));
        assertThat(show.status()).isEqualTo("PENDING");
    }

    @Test
    void whileTheSecretIsChangedTheFormerOneIsValidToo() {
        for (String secret : List.of(TestSecrets.SRS, TestSecrets.FORMER_SRS)) {
            ShowCalls show = new ShowCalls();
            assertThat(show.hookSaying(secret, "on_publish")).isZero();
            assertThat(show.status()).isEqualTo("LIVE");
            assertThat(heartbeatSaying(secret)).isZero();
        }
    }

    /** In the device, for SRS drops the query of that address. */
    private static int heartbeatSaying(String secret) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("device_id", secret))
                .post("/api/streaming/srs-heartbeat")
                .then()
                .statusCode(200)
                .extract()
                .path("code");
    }

    @Test
    void onlyTheOwnerAndAdminsStop() {
        ShowCalls show = new ShowCalls();
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

    @Test
    void aRotatedKeyVoidsTheOneBefore() {
        ShowCalls show = new ShowCalls();
        String next = as(ShowCalls.SELLER)
                .post("/api/streaming/" + show.id + "/rotate-key")
                .then()
                .statusCode(200)
                .extract()
                .path("data.publishKey");
        assertThat(show.hook("on_publish", "p1")).isEqualTo(1);
        assertThat(show.hook("on_publish", "p2", next.substring(show.key.length())))
                .isZero();
        as(TestSecrets.user("u2", "Lee"))
                .post("/api/streaming/" + show.id + "/rotate-key")
                .then()
                .statusCode(403);
    }

    @Test
    void thePublishKeyIsForItsOwnersEyesAlone() {
        ShowCalls show = new ShowCalls();
        String path = "/api/streaming/" + show.id + "/go-live";
        as(ShowCalls.SELLER).patch(path).then().statusCode(200).body("data.publishKey", containsString(show.key));
        as(TestSecrets.admin()).patch(path).then().statusCode(200).body("data.publishKey", nullValue());
    }

    @Test
    void aShowThatIsAnnouncedIsLiveForReadersAndNotYetForPlayers() {
        ShowCalls show = new ShowCalls();
        as(ShowCalls.SELLER)
                .patch("/api/streaming/" + show.id + "/go-live")
                .then()
                .statusCode(200)
                .body("data.status", equalTo("LIVE"));
        assertThat(show.play()).isEqualTo(1);
        String startedAt = show.get("startedAt");
        assertThat(show.hook("on_publish", "p1")).isZero();
        assertThat(show.play()).isZero();
        assertThat(show.get("startedAt")).isEqualTo(startedAt);
        show.stop();
        await().untilAsserted(() -> assertThat(told(show)).containsExactly("stream:started", "stream:ended"));
    }

    @Test
    void anAdminWhoEndsAShowKeepsItsEncoderOut() {
        ShowCalls show = new ShowCalls();
        show.hook("on_publish", "p1");
        as(TestSecrets.admin())
                .patch("/api/streaming/" + show.id + "/stop")
                .then()
                .statusCode(200);
        assertThat(show.hook("on_publish", "p2")).as("OBS comes back by itself").isEqualTo(1);
        ShowCalls own = new ShowCalls();
        own.hook("on_publish", "p1");
        own.stop();
        assertThat(own.hook("on_publish", "p1")).as("a late repeat").isZero();
        assertThat(own.status()).isEqualTo("OFFLINE");
        assertThat(own.hook("on_publish", "p2")).isZero();
        assertThat(own.status()).as("the next show").isEqualTo("LIVE");
    }

    @Test
    void anUnpublishThatOvertakesItsPublishStartsNothing() {
        ShowCalls show = new ShowCalls();
        assertThat(show.hook("on_unpublish", "p1")).isZero();
        assertThat(show.hook("on_publish", "p1")).isZero();
        assertThat(show.status()).isEqualTo("PENDING");
    }

    @Test
    void aPrivateStreamPlaysOnlyByInvitationAndIsInNoList() {
        ShowCalls show = new ShowCalls(Map.of("title", "For friends", "isPrivate", true));
        ShowCalls other = new ShowCalls(Map.of("title", "For others", "isPrivate", true));
        show.hook("on_publish", "p1");
        given().get("/api/streaming/active").then().body("data.streamKey", not(hasItem(show.key)));
        String invitation = "?token=" + invitation(show);
        assertThat(show.play()).isEqualTo(1);
        assertThat(show.hook("on_play", "v1", "?token=" + invitation(other))).isEqualTo(1);
        assertThat(show.hook("on_play", "v1", show.param)).as("a publish key").isEqualTo(1);
        assertThat(show.hook("on_play", "v1", invitation)).isZero();
        assertThat(show.hook("on_publish", "p2", invitation))
                .as("publishing by it")
                .isEqualTo(1);
        as(TestSecrets.user("u2", "Lee"))
                .post("/api/streaming/" + show.id + "/invitations")
                .then()
                .statusCode(403);
        as(ShowCalls.SELLER)
                .post("/api/streaming/" + new ShowCalls().id + "/invitations")
                .then()
                .statusCode(409);
    }

    @Test
    void theGateOfNginxKnowsTheInvitationByTokenAndByCookie() {
        ShowCalls show = new ShowCalls(Map.of("title", "For friends", "isPrivate", true));
        String token = invitation(show);
        Response granted =
                given().queryParam("key", show.key).queryParam("token", token).get("/api/srs/play-gate");
        assertThat(granted.statusCode()).isEqualTo(204);
        assertThat(granted.header("Set-Cookie"))
                .startsWith("play-" + show.key + "=" + token)
                .contains("Path=/hls/", "HttpOnly", "SameSite=Lax");
        given().queryParam("key", show.key)
                .cookie("play-" + show.key, token)
                .get("/api/srs/play-gate")
                .then()
                .statusCode(204);
        given().queryParam("key", show.key)
                .queryParam("token", show.param.substring("?token=".length()))
                .get("/api/srs/play-gate")
                .then()
                .statusCode(403);
        given().queryParam("key", show.key).get("/api/srs/play-gate").then().statusCode(403);
    }

    @Test
    void whoPlaysTheMediaIsCountedByConnection() {
        ShowCalls show = new ShowCalls();
        StreamKey key = new StreamKey(show.key);
        show.hook("on_publish", "p1");
        show.hook("on_play", "v1", "");
        show.hook("on_play", "v1", "");
        show.hook("on_play", "v2", "");
        show.hook("/api/srs/hooks", Map.of("action", "on_play", "client_id", "h1", "stream", show.key + ".m3u8"));
        await().untilAsserted(() -> assertThat(mediaViewers(key)).isEqualTo(2));
        show.hook("on_stop", "v1", "");
        show.hook("on_stop", "never came", "");
        await().untilAsserted(() -> assertThat(mediaViewers(key)).isEqualTo(1));
        as(TestSecrets.admin())
                .get("/api/streaming/live-status")
                .then()
                .statusCode(200)
                .body(
                        "data.find { it.stream.streamKey == '" + show.key + "' }.mediaViewers",
                        equalTo(1),
                        "data.find { it.stream.streamKey == '" + show.key + "' }.publishing",
                        equalTo(true));
        show.stop();
        await().untilAsserted(() -> assertThat(mediaViewers(key)).isZero());
    }

    @Test
    void everyShowOfAKeyIsInTheHistory() {
        ShowCalls show = new ShowCalls();
        show.hook("on_publish", "p1");
        show.stop();
        show.hook("on_publish", "p2");
        List<Map<String, Object>> shows = as(TestSecrets.admin())
                .get("/api/streaming/history?take=100")
                .then()
                .statusCode(200)
                .extract()
                .path("data.findAll { it.streamKey == '" + show.key + "' }");
        assertThat(shows).hasSize(2);
        assertThat(shows.getFirst()).doesNotContainKey("endedAt");
        assertThat(shows.getLast()).containsKey("endedAt");
    }

    @Test
    void adminsAloneReadHistoryLiveStatusAndSrs() {
        for (String path : List.of("history", "live-status", "srs")) {
            given().get("/api/streaming/" + path).then().statusCode(401);
            as(ShowCalls.SELLER).get("/api/streaming/" + path).then().statusCode(403);
            as(TestSecrets.admin()).get("/api/streaming/" + path).then().statusCode(200);
        }
    }

    @Test
    void theNoticeIsWrittenByAdminsAndToldToEverybody() {
        String text = "Sale at nine " + UUID.randomUUID();
        Map<String, Object> notice = Map.of("text", text, "fontSize", 16, "fontFamily", "Pretendard");
        as(ShowCalls.SELLER).body(notice).put("/api/notices").then().statusCode(403);
        as(TestSecrets.admin()).body(notice).put("/api/notices").then().statusCode(200);
        given().get("/api/notices/current").then().body("data.text", equalTo(text), "data.fontSize", equalTo(16));
        await().untilAsserted(() -> assertThat(RedisSubscriber.log(redis, RoomId.EVERYBODY))
                .anySatisfy(event -> {
                    assertThat(event.name()).isEqualTo("notice:updated");
                    assertThat(event.flat()).isTrue();
                    assertThat(event.data()).contains(text);
                }));
        as(TestSecrets.admin())
                .body(Map.of("text", text, "fontSize", 16, "fontFamily", "x; background: red"))
                .put("/api/notices")
                .then()
                .statusCode(400)
                .body("errorCode", equalTo("VALIDATION_ERROR"));
        as(TestSecrets.admin()).body("{}").put("/api/notices").then().statusCode(400);
    }

    @Test
    void theListOfTheNextShowsIsToldWhenItChanges() {
        ShowCalls show = new ShowCalls(
                Map.of("title", "Tomorrow", "scheduledAt", Instant.now().plus(Duration.ofHours(1))));
        given().get("/api/streaming/upcoming?limit=50").then().body("data.streamKey", hasItem(show.key));
        show.hook("on_publish", "p1");
        await().untilAsserted(() -> assertThat(RedisSubscriber.log(redis, RoomId.EVERYBODY).stream()
                        .filter(event -> event.name().equals("upcoming:updated"))
                        .map(EventFrame::data))
                .anySatisfy(data -> assertThat(data)
                        .startsWith("{\"streams\":[{\"id\":\"" + show.id)
                        .contains("\"isLive\":true")));
    }

    @Test
    void theStateOfSrsIsItsLastHeartbeat() {
        Map<String, Object> heartbeat = Map.of(
                "device_id",
                TestSecrets.SRS,
                "service",
                "run1",
                "summaries",
                Map.of(
                        "data",
                        Map.of(
                                "self", Map.of("version", "6.0.157", "srs_uptime", 9, "cpu_percent", 0.3),
                                "system", Map.of("load_1m", 9.13, "conn_srs", 3))));
        given().contentType(ContentType.JSON).body(heartbeat).post("/api/streaming/srs-heartbeat");
        as(TestSecrets.admin())
                .get("/api/streaming/srs")
                .then()
                .body(
                        "data.alive", equalTo(true),
                        "data.run", equalTo("run1"),
                        "data.load.version", equalTo("6.0.157"),
                        "data.load.connections", equalTo(3));
    }

    @Test
    void aChangeByCookieNeedsTheCsrfToken() {
        given().contentType(ContentType.JSON)
                .cookie("accessToken", ShowCalls.SELLER)
                .body(Map.of("title", "x"))
                .post("/api/streaming/generate-key")
                .then()
                .statusCode(403)
                .body("errorCode", equalTo("CSRF_TOKEN_MISSING"));
        given().contentType(ContentType.JSON)
                .cookie("accessToken", ShowCalls.SELLER)
                .cookie("csrf-token", "a")
                .header("X-CSRF-Token", "b")
                .body(Map.of("title", "x"))
                .post("/api/streaming/generate-key")
                .then()
                .statusCode(403)
                .body("errorCode", equalTo("CSRF_TOKEN_INVALID"));
        given().contentType(ContentType.JSON)
                .cookie("accessToken", ShowCalls.SELLER)
                .cookie("csrf-token", "a")
                .header("X-CSRF-Token", "a")
                .body(Map.of("title", "x"))
                .post("/api/streaming/generate-key")
                .then()
                .statusCode(201);
    }

    private long mediaViewers(StreamKey key) {
        return media.counts(List.of(key)).await().indefinitely().getFirst();
    }

    private static String invitation(ShowCalls show) {
        return as(ShowCalls.SELLER)
                .post("/api/streaming/" + show.id + "/invitations")
                .then()
                .statusCode(201)
                .extract()
                .path("data.token");
    }

    /** What its room heard. */
    private List<String> told(ShowCalls show) {
        return RedisSubscriber.logged(redis, RoomId.parse("stream:" + show.key));
    }
}
