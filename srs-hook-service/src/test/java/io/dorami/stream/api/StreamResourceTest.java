package io.dorami.stream.api;

import static io.dorami.stream.api.ShowCalls.authorizedAs;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.dorami.contracts.User;
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
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(StreamResourceTest.ShortGrace.class)
class StreamResourceTest {

    /** A grace period that ends within a test, and a hook timeout that a busy machine does not exceed. */
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
    MediaViewers mediaViewers;

    @Inject
    StreamStore store;

    @Inject
    PlayableStreams playableStreams;

    @Inject
    DataSource database;

    @Test
    void streamGoesLiveAndEndsOnceAfterItsGrace() {
        ShowCalls show = new ShowCalls();
        assertThat(show.status()).isEqualTo("PENDING");
        assertThat(show.play()).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1")).isZero();
        assertThat(show.status()).isEqualTo("LIVE");
        assertThat(show.isReconnecting()).isFalse();
        assertThat(show.play()).isZero();
        given().get("/api/streaming/active").then().body("data.streamKey", hasItem(show.key));
        assertThat(show.hook("on_unpublish", "p1")).isZero();
        assertThat(show.status()).isEqualTo("LIVE");
        assertThat(show.isReconnecting()).isTrue();
        assertThat(show.play()).isEqualTo(1);
        await().until(() -> show.status().equals("OFFLINE"));
        assertThat(show.isReconnecting()).isFalse();
        given().get("/api/streaming/active").then().body("data.streamKey", not(hasItem(show.key)));
        await().untilAsserted(() ->
                assertThat(roomEvents(show)).containsExactly("stream:started", "stream:interrupted", "stream:ended"));
    }

    @Test
    void reconnectWithinGrace_continuesTheShow() {
        ShowCalls show = new ShowCalls();
        show.hook("on_publish", "p1");
        String startedAt = show.get("startedAt");
        show.hook("on_unpublish", "p1");
        show.hook("on_publish", "p2");
        assertThat(show.get("startedAt")).isEqualTo(startedAt);
        show.stop();
        await().untilAsserted(() -> assertThat(roomEvents(show))
                .containsExactly("stream:started", "stream:interrupted", "stream:resumed", "stream:ended"));
    }

    @Test
    void publish_afterHookTimeout_updatesRedis() throws SQLException {
        ShowCalls show = new ShowCalls();
        StreamKey key = new StreamKey(show.key);
        try (Connection blocker = database.getConnection();
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("SELECT FROM stream.stream WHERE id = '" + show.id + "' FOR UPDATE");
            var publish = store.publish(key, new Publisher("p1", "run1"), 1)
                    .subscribe()
                    .with(changed -> {});
            await().until(() -> statement
                    .executeQuery("SELECT FROM pg_locks WHERE NOT granted")
                    .next());
            publish.cancel();
            blocker.rollback();
        }
        await().until(() -> playableStreams.isPlayable(key).await().indefinitely());
        assertThat(show.status()).isEqualTo("LIVE");
    }

    @Test
    void lifecycleEventsReachServiceInboxes() {
        ShowCalls show = new ShowCalls();
        show.hook("on_publish", "p1");
        show.stop();
        await().untilAsserted(() -> assertThat(
                        RedisSubscriber.inboxMessages(redis, ServiceName.PRODUCT, new StreamKey(show.key)))
                .satisfiesExactly(
                        first -> assertThat(first).contains("StreamRegistered", "\"ownerId\":\"seller\""),
                        second -> assertThat(second).contains("StreamWentLive"),
                        third -> assertThat(third).contains("StreamWentOffline")));
    }

    @Test
    void publish_withoutTokenOfThisStream_isRejected() {
        ShowCalls show = new ShowCalls();
        ShowCalls other = new ShowCalls();
        assertThat(show.hook("on_publish", "p1", "")).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1", "?token=nonsense")).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1", other.param)).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1", "?token=" + ShowCalls.SELLER)).isEqualTo(1);
        assertThat(show.status()).isEqualTo("PENDING");
    }

    @Test
    void publishToken_asAccessToken_isRejected() {
        ShowCalls show = new ShowCalls();
        authorizedAs(show.param.substring("?token=".length()))
                .body(Map.of("title", "Mine now"))
                .post("/api/streaming/generate-key")
                .then()
                .statusCode(401);
    }

    @Test
    void legacyHookPaths_handleTheSameHooks() {
        ShowCalls show = new ShowCalls();
        assertThat(show.hookAt("/api/streaming/srs-auth", "on_publish")).isZero();
        assertThat(show.status()).isEqualTo("LIVE");
        assertThat(show.hookAt("/api/streaming/srs-done", "on_unpublish")).isZero();
        await().until(() -> show.status().equals("OFFLINE"));
    }

    @Test
    void publish_withDoubledTokenParameter_isAccepted() {
        ShowCalls show = new ShowCalls();
        assertThat(show.hook("on_publish", "p1", show.param + show.param)).isZero();
    }

    @Test
    void hook_withoutSecret_isRejected() {
        ShowCalls show = new ShowCalls();
        for (String secret : List.of("", "wrong", TestSecrets.SRS + "x", TestSecrets.FORMER_SRS + "x")) {
            assertThat(show.hookWithSecret(secret, "on_publish")).isEqualTo(1);
            assertThat(heartbeatWithSecret(secret)).isEqualTo(1);
        }
        given().contentType(ContentType.JSON)
                .body("{}")
                .post("/api/srs/hooks")
                .then()
                .body(equalTo("{\"code\":1}"));
        assertThat(show.status()).isEqualTo("PENDING");
    }

    @Test
    void hook_withFormerSecret_isAccepted() {
        for (String secret : List.of(TestSecrets.SRS, TestSecrets.FORMER_SRS)) {
            ShowCalls show = new ShowCalls();
            assertThat(show.hookWithSecret(secret, "on_publish")).isZero();
            assertThat(show.status()).isEqualTo("LIVE");
            assertThat(heartbeatWithSecret(secret)).isZero();
        }
    }

    /** Sends the secret in device_id, because SRS drops the query of the heartbeat's address. */
    private static int heartbeatWithSecret(String secret) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("device_id", secret))
                .post("/api/streaming/srs-heartbeat")
                .then()
                .statusCode(200)
                .extract()
                .path("code");
    }

    @Test
    void stop_byOtherUser_isForbidden() {
        ShowCalls show = new ShowCalls();
        show.hook("on_publish", "p1");
        authorizedAs(TestSecrets.userToken("u2", "Lee"))
                .patch("/api/streaming/" + show.id + "/stop")
                .then()
                .statusCode(403);
        assertThat(show.status()).isEqualTo("LIVE");
        authorizedAs(TestSecrets.adminToken())
                .patch("/api/streaming/" + show.id + "/stop")
                .then()
                .statusCode(200);
        assertThat(show.status()).isEqualTo("OFFLINE");
    }

    @Test
    void status_ofUnknownKey_isOffline() {
        given().get("/api/streaming/key/unknown/status").then().statusCode(200).body("data.status", equalTo("OFFLINE"));
    }

    @Test
    void expiredAccessToken_isRejectedAsUnauthorized() {
        String expired = AccessToken.of(new User("u1", "Kim", User.Role.USER), Duration.ofHours(-1))
                .sign(TestSecrets.JWT);
        authorizedAs(expired)
                .body(Map.of("title", "x"))
                .post("/api/streaming/generate-key")
                .then()
                .statusCode(401)
                .body("errorCode", equalTo("UNAUTHORIZED"));
    }

    @Test
    void rotateKey_revokesThePreviousKey() {
        ShowCalls show = new ShowCalls();
        String rotatedKey = authorizedAs(ShowCalls.SELLER)
                .post("/api/streaming/" + show.id + "/rotate-key")
                .then()
                .statusCode(200)
                .extract()
                .path("data.publishKey");
        assertThat(show.hook("on_publish", "p1")).isEqualTo(1);
        assertThat(show.hook("on_publish", "p2", rotatedKey.substring(show.key.length())))
                .isZero();
        authorizedAs(TestSecrets.userToken("u2", "Lee"))
                .post("/api/streaming/" + show.id + "/rotate-key")
                .then()
                .statusCode(403);
    }

    @Test
    void publishKey_isReturnedToOwnerOnly() {
        ShowCalls show = new ShowCalls();
        String path = "/api/streaming/" + show.id + "/go-live";
        authorizedAs(ShowCalls.SELLER)
                .patch(path)
                .then()
                .statusCode(200)
                .body("data.publishKey", containsString(show.key));
        authorizedAs(TestSecrets.adminToken())
                .patch(path)
                .then()
                .statusCode(200)
                .body("data.publishKey", nullValue())
                .body("data.whipUrl", nullValue());
    }

    @Test
    void goLive_isLiveForReadersButNotPlayable() {
        ShowCalls show = new ShowCalls();
        authorizedAs(ShowCalls.SELLER)
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
        await().untilAsserted(() ->
                assertThat(roomEvents(show)).containsExactly("stream:started", "stream:resumed", "stream:ended"));
    }

    @Test
    void stop_byAdmin_revokesThePublishKey() {
        ShowCalls show = new ShowCalls();
        show.hook("on_publish", "p1");
        authorizedAs(TestSecrets.adminToken())
                .patch("/api/streaming/" + show.id + "/stop")
                .then()
                .statusCode(200);
        assertThat(show.hook("on_publish", "p2")).as("OBS reconnects by itself").isEqualTo(1);
        ShowCalls own = new ShowCalls();
        own.hook("on_publish", "p1");
        own.stop();
        assertThat(own.hook("on_publish", "p1")).as("a late duplicate").isZero();
        assertThat(own.status()).isEqualTo("OFFLINE");
        assertThat(own.hook("on_publish", "p2")).isZero();
        assertThat(own.status()).as("the next show").isEqualTo("LIVE");
    }

    @Test
    void publish_afterItsUnpublish_startsNothing() {
        ShowCalls show = new ShowCalls();
        assertThat(show.hook("on_unpublish", "p1")).isZero();
        assertThat(show.hook("on_publish", "p1")).isZero();
        assertThat(show.status()).isEqualTo("PENDING");
    }

    @Test
    void privateStream_needsInvitationAndIsNotListed() {
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
                .as("publishing with an invitation")
                .isEqualTo(1);
        authorizedAs(TestSecrets.userToken("u2", "Lee"))
                .post("/api/streaming/" + show.id + "/invitations")
                .then()
                .statusCode(403);
        authorizedAs(ShowCalls.SELLER)
                .post("/api/streaming/" + new ShowCalls().id + "/invitations")
                .then()
                .statusCode(409);
    }

    @Test
    void playGate_acceptsInvitationByTokenAndByCookie() {
        ShowCalls show = new ShowCalls(Map.of("title", "For friends", "isPrivate", true));
        String token = invitation(show);
        Response response =
                given().queryParam("key", show.key).queryParam("token", token).get("/api/srs/play-gate");
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.header("Set-Cookie"))
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
    void publishGate_acceptsNewestKeyOnly() {
        ShowCalls show = new ShowCalls();
        String token = show.param.substring("?token=".length());
        assertThat(publishGate(show.key, token)).isEqualTo(204);
        assertThat(publishGate(new ShowCalls().key, token)).isEqualTo(403);
        assertThat(publishGate(show.key, "x" + token.substring(1))).isEqualTo(403);
        assertThat(given().queryParam("key", show.key)
                        .get("/api/srs/publish-gate")
                        .statusCode())
                .isEqualTo(403);
        String rotatedPath = authorizedAs(ShowCalls.SELLER)
                .post("/api/streaming/" + show.id + "/rotate-key")
                .then()
                .body("data.whepUrl", equalTo("/rtc/v1/whep/?app=live&stream=" + show.key))
                .extract()
                .path("data.whipUrl");
        assertThat(publishGate(show.key, token)).isEqualTo(403);
        String prefix = "/rtc/v1/whip/?app=live&stream=" + show.key + "&token=";
        assertThat(rotatedPath).startsWith(prefix);
        assertThat(publishGate(show.key, rotatedPath.substring(prefix.length())))
                .isEqualTo(204);
    }

    private static int publishGate(String key, String token) {
        return given().queryParam("key", key)
                .queryParam("token", token)
                .get("/api/srs/publish-gate")
                .statusCode();
    }

    @Test
    void mediaViewers_areCountedByConnection() {
        ShowCalls show = new ShowCalls();
        StreamKey key = new StreamKey(show.key);
        show.hook("on_publish", "p1");
        show.hook("on_play", "v1", "");
        show.hook("on_play", "v1", "");
        show.hook("on_play", "v2", "");
        show.hook("/api/srs/hooks", Map.of("action", "on_play", "client_id", "h1", "stream", show.key + ".m3u8"));
        await().untilAsserted(() -> assertThat(mediaViewers(key)).isEqualTo(2));
        show.hook("on_stop", "v1", "");
        show.hook("on_stop", "unknown", "");
        await().untilAsserted(() -> assertThat(mediaViewers(key)).isEqualTo(1));
        authorizedAs(ShowCalls.SELLER)
                .get("/api/streaming/" + show.id + "/media")
                .then()
                .statusCode(200)
                .body("data.mediaViewers", equalTo(1));
        show.stop();
        await().untilAsserted(() -> assertThat(mediaViewers(key)).isZero());
    }

    @Test
    void adminPaths_rejectOtherUsers() {
        for (String path : List.of("history", "live-status", "srs")) {
            given().get("/api/streaming/" + path).then().statusCode(401);
            authorizedAs(ShowCalls.SELLER).get("/api/streaming/" + path).then().statusCode(403);
            authorizedAs(TestSecrets.adminToken())
                    .get("/api/streaming/" + path)
                    .then()
                    .statusCode(200);
        }
    }

    @Test
    void srsStatus_reflectsTheLastHeartbeat() {
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
        authorizedAs(TestSecrets.adminToken())
                .get("/api/streaming/srs")
                .then()
                .body(
                        "data.alive", equalTo(true),
                        "data.run", equalTo("run1"),
                        "data.load.version", equalTo("6.0.157"),
                        "data.load.connections", equalTo(3));
    }

    @Test
    void cookieRequest_withoutCsrfToken_isForbidden() {
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
        return mediaViewers.counts(List.of(key)).await().indefinitely().getFirst();
    }

    private static String invitation(ShowCalls show) {
        return authorizedAs(ShowCalls.SELLER)
                .post("/api/streaming/" + show.id + "/invitations")
                .then()
                .statusCode(201)
                .extract()
                .path("data.token");
    }

    /** The names of the events in the log of the show's room. */
    private List<String> roomEvents(ShowCalls show) {
        return RedisSubscriber.loggedEventNames(redis, RoomId.parse("stream:" + show.key));
    }
}
