package io.dorami.viewer;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.dorami.contracts.Json;
import io.dorami.contracts.Staff;
import io.dorami.contracts.commands.StreamLifecycle.StaffChanged;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentLive;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentOffline;
import io.dorami.contracts.events.RoomEvent.ViewerCountChanged;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.MediaViewers;
import io.dorami.presence.Presence;
import io.dorami.presence.Presence.ChangeResult;
import io.dorami.presence.RunningShowStatistics;
import io.dorami.service.messaging.EventBus;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Viewer counts and show statistics over REST, with real Redis and PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ViewerResourceTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Inject
    EventBus bus;

    @Inject
    Presence presence;

    @Inject
    MediaViewers media;

    @Inject
    RunningShowStatistics shows;

    @Inject
    Redis redis;

    @Inject
    DataSource postgres;

    private final StreamKey key = new StreamKey(UUID.randomUUID().toString());
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final String owner = TestSecrets.userToken("seller", "Hana");
    private String setId = "first";
    private long nextBatch;

    @Test
    void hostGetsCountsAndStatistics() {
        goLive(start);
        applyChanges("+kim", "+lee", "+park");
        applyChanges("-park");
        get(media.add(key, "srs-1", Instant.now()));

        JsonPath audience = audience(owner);
        assertThat(audience.getLong("data.connected")).isEqualTo(2);
        assertThat(audience.getLong("data.media")).isEqualTo(1);
        assertThat(audience.getLong("data.peak")).isEqualTo(3);
        assertThat(audience.getLong("data.unique")).isEqualTo(3);
        assertThat(Instant.parse(audience.getString("data.startedAt"))).isEqualTo(start);
        assertThat(audience.getString("data.endedAt")).isNull();
        assertThat(audience(TestSecrets.adminToken()).getLong("data.peak")).isEqualTo(3);
    }

    @Test
    void othersGetConnectedCountOnly() {
        goLive(start);
        applyChanges("+kim");
        for (String token : new @Nullable String[] {null, TestSecrets.userToken("kim", "Kim"), "no token"}) {
            assertThat(audience(token).getMap("data").keySet()).as(token).isEqualTo(Set.of("streamKey", "connected"));
            assertThat(audience(token).getLong("data.connected")).isEqualTo(1);
        }
    }

    @Test
    void historyRequiresHost() {
        goLive(start);
        applyChanges("+kim");
        history(null).statusCode(401);
        history(TestSecrets.userToken("kim", "Kim")).statusCode(403);
        given().get("/api/viewers/" + key + "/history?minutes=1441").then().statusCode(401);
        for (String minutes : List.of("-1", "0", "1441", "99999999999")) {
            given().auth()
                    .oauth2(owner)
                    .get("/api/viewers/" + key + "/history?minutes=" + minutes)
                    .then()
                    .statusCode(200)
                    .body("data.minutes.size()", equalTo(1));
        }
        given().auth()
                .oauth2(owner)
                .get("/api/viewers/" + key + "/history?minutes=all")
                .then()
                .statusCode(400);
        given().auth()
                .oauth2(owner)
                .get("/api/viewers/" + UUID.randomUUID() + "/history")
                .then()
                .statusCode(404);
        given().auth().oauth2(owner).get("/api/viewers/not a key").then().statusCode(400);

        JsonPath history = history(owner).statusCode(200).extract().jsonPath();
        assertThat(history.getList("data.minutes")).hasSize(1);
        assertThat(history.getLong("data.minutes[0].peak")).isEqualTo(1);
        assertThat(history.getLong("data.minutes[0].unique")).isEqualTo(1);
    }

    @Test
    void cohostReadsStatisticsUntilRemoved() {
        goLive(start);
        applyChanges("+kim");
        String kim = TestSecrets.userToken("kim", "Kim");
        String lee = TestSecrets.userToken("lee", "Lee");
        publishStaff(2, new Staff.Member("kim", Staff.Role.COHOST), new Staff.Member("lee", Staff.Role.MODERATOR));
        await().untilAsserted(() -> history(kim).statusCode(200));
        assertThat(audience(kim).getLong("data.peak")).isEqualTo(1);
        history(lee).statusCode(403);

        publishStaff(1, new Staff.Member("lee", Staff.Role.COHOST));
        publishStaff(3);
        await().untilAsserted(() -> history(kim).statusCode(403));
        history(lee).statusCode(403);
        assertThat(audience(kim).getMap("data").keySet()).isEqualTo(Set.of("streamKey", "connected"));
    }

    @Test
    void endOfShowWritesRecordAndClearsRoom() {
        try (RedisSubscriber room = RedisSubscriber.toRoom(redis, RoomId.parse("stream:" + key))) {
            goLive(start);
            applyChanges("+kim", "+lee");
            await().until(() -> lastCount(room) == 2);
            end(Instant.now());
            await().until(() -> lastCount(room) == 0);
            await().until(() -> countRecords() == 1);
        }
        assertThat(get(presence.applyChanges(key, setId, nextBatch, List.of())))
                .isEqualTo(new ChangeResult.ShowEnded());
        JsonPath audience = audience(owner);
        assertThat(audience.getLong("data.connected")).isZero();
        assertThat(audience.getLong("data.peak")).isEqualTo(2);
        assertThat(audience.getLong("data.unique")).isEqualTo(2);
        assertThat(audience.getString("data.endedAt")).isNotNull();
        JsonPath history = history(owner).statusCode(200).extract().jsonPath();
        assertThat(history.getList("data.minutes")).hasSize(1);
        assertThat(history.getLong("data.minutes[0].peak")).isEqualTo(2);
    }

    @Test
    void eachShowOfStreamHasOwnRecord() {
        goLive(start);
        end(start.plusMillis(1));
        goLive(start.plusMillis(2));
        applyChanges("+kim");
        end(Instant.now());
        await().until(() -> countRecords() == 2);
        assertThat(audience(owner).getLong("data.peak"))
                .as("peak of the last show")
                .isEqualTo(1);

        String first = "?startedAt=" + start;
        given().auth()
                .oauth2(owner)
                .get("/api/viewers/" + key + first)
                .then()
                .statusCode(200)
                .body("data.startedAt", equalTo(start.toString()))
                .body("data.peak", equalTo(0));
        given().auth()
                .oauth2(owner)
                .get("/api/viewers/" + key + "/history" + first)
                .then()
                .statusCode(200)
                .body("data.startedAt", equalTo(start.toString()));
        given().auth()
                .oauth2(owner)
                .get("/api/viewers/" + key + "/history?startedAt=" + start.minusMillis(1))
                .then()
                .statusCode(404);
    }

    @Test
    void endedShowIsKeptUntilPostgresIsAvailable() throws SQLException {
        goLive(start);
        applyChanges("+kim");
        try (Connection lockingConnection = postgres.getConnection();
                Statement statement = lockingConnection.createStatement()) {
            lockingConnection.setAutoCommit(false);
            statement.execute("LOCK TABLE show_record IN ACCESS EXCLUSIVE MODE");
            end(Instant.now());
            // Longer than the timeout of a bulk statement, so that at least one attempt fails.
            await().during(Duration.ofSeconds(5))
                    .atMost(TIMEOUT)
                    .until(() -> get(shows.findEnded(key.partition())).stream()
                            .anyMatch(show -> show.stream().equals(key)));
            lockingConnection.rollback();
        }
        await().atMost(TIMEOUT).until(() -> countRecords() == 1);
        await().until(() -> get(shows.findEnded(key.partition())).isEmpty());
    }

    private void publishStaff(long version, Staff.Member... members) {
        get(bus.publish(new StaffChanged(key, "seller", Instant.now(), new Staff(version, List.of(members)))));
    }

    private void goLive(Instant at) {
        get(bus.publish(new StreamWentLive(key, "seller", at)));
        await().until(() -> get(shows.findRunning(key))
                .filter(show -> show.startedAt().equals(at))
                .isPresent());
    }

    private void end(Instant at) {
        get(bus.publish(new StreamWentOffline(key, "seller", at)));
        await().until(() -> get(shows.findRunning(key)).isEmpty());
    }

    private void applyChanges(String... changes) {
        if (get(presence.applyChanges(key, setId, nextBatch++, List.of(changes))) instanceof ChangeResult.SetLost) {
            throw new IllegalStateException("Participant set not found");
        }
    }

    private JsonPath audience(@Nullable String token) {
        return (token == null ? given() : given().auth().oauth2(token))
                .get("/api/viewers/" + key)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private ValidatableResponse history(@Nullable String token) {
        return (token == null ? given() : given().auth().oauth2(token))
                .get("/api/viewers/" + key + "/history")
                .then();
    }

    private long countRecords() throws SQLException {
        try (Connection connection = postgres.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT count(*) FROM show_record WHERE stream_key = '" + key + "'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static long lastCount(RedisSubscriber room) {
        return room.events().isEmpty()
                ? -1
                : Json.read(room.events().getLast().data(), ViewerCountChanged.class)
                        .viewerCount();
    }

    private static <T> T get(Uni<T> work) {
        return work.await().atMost(TIMEOUT);
    }
}
