package io.dorami.viewer;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dorami.contracts.Json;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentLive;
import io.dorami.contracts.commands.StreamLifecycle.StreamWentOffline;
import io.dorami.contracts.events.RoomEvent.ViewerCountChanged;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.MediaViewers;
import io.dorami.presence.Presence;
import io.dorami.presence.Presence.MoveResult;
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

@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
class ViewerResourceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

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
    private final String owner = TestSecrets.user("seller", "Hana");
    private String set = "first";
    private long batches;

    @Test
    void theHostSeesBothNumbersAndWhatTheyAddUpTo() {
        goLive(start);
        move("+kim", "+lee", "+park");
        move("-park");
        done(media.came(key, "srs-1", Instant.now()));

        JsonPath audience = audience(owner);
        assertThat(audience.getLong("data.connected")).isEqualTo(2);
        assertThat(audience.getLong("data.media")).isEqualTo(1);
        assertThat(audience.getLong("data.peak")).isEqualTo(3);
        assertThat(audience.getLong("data.unique")).isEqualTo(3);
        assertThat(Instant.parse(audience.getString("data.startedAt"))).isEqualTo(start);
        assertThat(audience.getString("data.endedAt")).isNull();
        assertThat(audience(TestSecrets.admin()).getLong("data.peak")).isEqualTo(3);
    }

    @Test
    void everybodyElseSeesHowManyWatch() {
        goLive(start);
        move("+kim");
        for (String token : new @Nullable String[] {null, TestSecrets.user("kim", "Kim"), "no token"}) {
            assertThat(audience(token).getMap("data").keySet()).as(token).isEqualTo(Set.of("streamKey", "connected"));
            assertThat(audience(token).getLong("data.connected")).isEqualTo(1);
        }
    }

    @Test
    void theHistoryIsForTheHost() {
        goLive(start);
        move("+kim");
        history(null).statusCode(401);
        history(TestSecrets.user("kim", "Kim")).statusCode(403);
        given().get("/api/viewers/" + key + "/history?minutes=1441").then().statusCode(401);
        given().auth()
                .oauth2(owner)
                .get("/api/viewers/" + key + "/history?minutes=1441")
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
    void theEndWritesTheRecordAndClearsTheRoom() {
        try (RedisSubscriber room = RedisSubscriber.of(redis, RoomId.parse("stream:" + key))) {
            goLive(start);
            move("+kim", "+lee");
            await().until(() -> last(room) == 2);
            end(Instant.now());
            await().until(() -> last(room) == 0);
            await().until(() -> written() == 1);
        }
        assertThat(done(presence.move(key, set, batches, List.of()))).isEqualTo(new MoveResult.ShowEnded());
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
    void eachShowOfAStreamHasItsRecord() {
        goLive(start);
        end(start.plusMillis(1));
        goLive(start.plusMillis(2));
        move("+kim");
        end(Instant.now());
        await().until(() -> written() == 2);
        assertThat(audience(owner).getLong("data.peak")).as("of the last").isEqualTo(1);
    }

    @Test
    void aRecordWaitsForPostgres() throws SQLException {
        goLive(start);
        move("+kim");
        try (Connection other = postgres.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE show_record IN ACCESS EXCLUSIVE MODE");
            end(Instant.now());
            // Longer than a bulk statement may take: it is given up at least once.
            await().during(Duration.ofSeconds(5))
                    .atMost(PATIENCE)
                    .until(() -> done(shows.ended(key.partition())).stream()
                            .anyMatch(show -> show.stream().equals(key)));
            other.rollback();
        }
        await().atMost(PATIENCE).until(() -> written() == 1);
        await().until(() -> done(shows.ended(key.partition())).isEmpty());
    }

    private void goLive(Instant at) {
        done(bus.tell(new StreamWentLive(key, "seller", at)));
        await().until(() -> done(shows.onAir(key))
                .filter(show -> show.startedAt().equals(at))
                .isPresent());
    }

    private void end(Instant at) {
        done(bus.tell(new StreamWentOffline(key, "seller", at)));
        await().until(() -> done(shows.onAir(key)).isEmpty());
    }

    private void move(String... moves) {
        if (done(presence.move(key, set, batches++, List.of(moves))) instanceof MoveResult.SetLost) {
            throw new IllegalStateException("The set is lost");
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

    private long written() throws SQLException {
        try (Connection connection = postgres.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT count(*) FROM show_record WHERE stream_key = '" + key + "'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static long last(RedisSubscriber room) {
        return room.events().isEmpty()
                ? -1
                : Json.read(room.events().getLast().data(), ViewerCountChanged.class)
                        .viewerCount();
    }

    private static <T> T done(Uni<T> work) {
        return work.await().atMost(PATIENCE);
    }
}
