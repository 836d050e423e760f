package io.dorami.stream.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.dorami.contracts.events.EventFrame;
import io.dorami.contracts.keys.RoomId;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.RedisSubscriber;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.vertx.mutiny.redis.client.Redis;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The lists that every page requests every few seconds. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(StreamResourceTest.ShortGrace.class)
class StreamListTest {

    @Inject
    Redis redis;

    @Inject
    DataSource database;

    @Test
    void upcomingShows_arePublishedWhenTheyChange() {
        ShowCalls show = new ShowCalls(Map.of("title", "Tomorrow", "scheduledAt", inFuture(Duration.ofHours(1))));
        given().get("/api/streaming/upcoming?limit=100").then().body("data.streamKey", hasItem(show.key));
        show.hook("on_publish", "p1");
        await().untilAsserted(() -> assertThat(RedisSubscriber.loggedEvents(redis, RoomId.PLATFORM).stream()
                        .filter(event -> event.name().equals("upcoming:updated"))
                        .map(EventFrame::data))
                .anySatisfy(data -> assertThat(data)
                        .startsWith("{\"streams\":[{\"id\":\"" + show.id)
                        .contains("\"isLive\":true")));
    }

    @Test
    void recentShows_areThePublicOnesThatHaveEnded() {
        ShowCalls first = new ShowCalls(Map.of("title", "First", "thumbnailUrl", "https://shop.example/first.jpg"));
        ShowCalls invited = new ShowCalls(Map.of("title", "For friends", "isPrivate", true));
        ShowCalls onAir = new ShowCalls();
        ShowCalls neverOnAir = new ShowCalls();
        List.of(first, invited, onAir).forEach(show -> show.hook("on_publish", "p1"));
        List.of(first, invited, neverOnAir).forEach(ShowCalls::stop);
        ShowCalls last = new ShowCalls();
        last.hook("on_publish", "p1");
        last.stop();

        JsonPath recent = given().get("/api/streaming/recent?limit=2")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(recent.getList("data.streamKey")).containsExactly(last.key, first.key);
        assertThat(recent.getMap("data[1]"))
                .containsEntry("title", "First")
                .containsEntry("thumbnailUrl", "https://shop.example/first.jpg")
                .containsEntry("host", Map.of("id", "seller", "name", "Hana"))
                .containsKeys("startedAt", "endedAt");
        assertThat(given().get("/api/streaming/recent?limit=100").jsonPath().getList("data.streamKey"))
                .doesNotContain(invited.key, onAir.key, neverOnAir.key);

        last.hook("on_publish", "p2");
        given().get("/api/streaming/recent").then().body("data.streamKey", not(hasItem(last.key)));
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 1", "1, 1", "2, 2", "100, 2", "99999999999999999999, 2"})
    void limitOutsideItsBounds_takesTheNearestAllowed(String limit, int expected) {
        ShowCalls.stopAll();
        List<ShowCalls> shows = List.of(new ShowCalls(), new ShowCalls());
        shows.forEach(show -> show.hook("on_publish", "p1"));
        List<Boolean> live = given().get("/api/streaming/upcoming?limit=" + limit)
                .then()
                .statusCode(200)
                .extract()
                .path("data.isLive");
        assertThat(live.stream().filter(isLive -> isLive)).hasSize(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"three", "1.5", "%20"})
    void limitThatIsNoInteger_isRejected(String limit) {
        given().get("/api/streaming/upcoming?limit=" + limit)
                .then()
                .statusCode(400)
                .body("errorCode", equalTo("VALIDATION_ERROR"));
    }

    /** The first time is what today's platform stored; the others are rows that this version cannot read. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "scheduled_at = '58861-01-01'",
                "scheduled_at = 'infinity'",
                "state = 'LIVE', started_at = now(), publisher = 'no slash'",
                "free_shipping = 'LATER_MODE', scheduled_at = now() + interval '1 minute'"
            })
    void badStoredStream_doesNotBreakTheLists(String change) throws SQLException {
        String scheduledAt = inFuture(Duration.ofMinutes(5));
        ShowCalls bad = new ShowCalls(Map.of("title", "Bad", "scheduledAt", scheduledAt));
        ShowCalls good = new ShowCalls(Map.of("title", "Good", "scheduledAt", scheduledAt));
        execute("UPDATE stream.stream SET " + change + " WHERE id = '" + bad.id + "'");
        try {
            List<String> listed = given().get("/api/streaming/upcoming?limit=100")
                    .then()
                    .statusCode(200)
                    .extract()
                    .path("data.id");
            assertThat(listed).contains(good.id).doesNotContain(bad.id);
            given().get("/api/streaming/active").then().statusCode(200);
        } finally {
            execute("DELETE FROM stream.stream WHERE id = '" + bad.id + "'");
        }
    }

    private void execute(String statement) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement update = connection.createStatement()) {
            update.execute(statement);
        }
    }

    private static String inFuture(Duration delay) {
        return Instant.now().plus(delay).toString();
    }
}
