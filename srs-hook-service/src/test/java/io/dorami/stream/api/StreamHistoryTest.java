package io.dorami.stream.api;

import static io.dorami.stream.api.ShowCalls.authorizedAs;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.Presence;
import io.dorami.presence.RunningShowStatistics;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The admin pages of today's web client. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(StreamResourceTest.ShortGrace.class)
class StreamHistoryTest {

    @Inject
    RunningShowStatistics statistics;

    @Inject
    Presence presence;

    @Inject
    DataSource database;

    @Test
    void historyContainsPendingLiveAndEndedStreams_newestFirst() {
        ShowCalls pending = new ShowCalls(Map.of(
                "title", "Spring", "freeShippingMode", "THRESHOLD", "freeShippingThreshold", 30, "isPrivate", true));
        ShowCalls ended = new ShowCalls();
        ShowCalls live = new ShowCalls();
        ShowCalls laterPending = new ShowCalls();
        ended.hook("on_publish", "p1");
        ended.stop();
        live.hook("on_publish", "p1");
        JsonPath page = history("?page=1&limit=4").extract().jsonPath();
        assertThat(page.getList("data.streams.id")).containsExactly(live.id, ended.id, laterPending.id, pending.id);
        assertThat(page.getList("data.streams.status")).containsExactly("LIVE", "OFFLINE", "PENDING", "PENDING");
        Map<String, Object> stream = page.getMap("data.streams[3]");
        assertThat(stream)
                .containsOnlyKeys(
                        "id",
                        "streamKey",
                        "title",
                        "description",
                        "status",
                        "userId",
                        "user",
                        "startedAt",
                        "endedAt",
                        "scheduledAt",
                        "totalDuration",
                        "peakViewers",
                        "freeShippingMode",
                        "freeShippingThreshold",
                        "thumbnailUrl",
                        "expiresAt",
                        "createdAt")
                .containsEntry("user", Map.of("id", "seller", "name", "Hana", "email", ""))
                .containsEntry("freeShippingMode", "THRESHOLD")
                .containsEntry("peakViewers", 0)
                .containsEntry("totalDuration", null)
                .containsEntry("startedAt", null);
        assertThat(stream.get("freeShippingThreshold")).hasToString("30.0");
        assertThat(page.getMap("data.streams[1]")).doesNotContainEntry("endedAt", null);
    }

    @Test
    void totalDuration_isThatOfAllShows() throws SQLException {
        ShowCalls show = new ShowCalls();
        for (String publisher : List.of("p1", "p2")) {
            show.hook("on_publish", publisher);
            show.stop();
        }
        execute("UPDATE stream.show SET ended_at = started_at + interval '90.7 seconds' WHERE stream_id = '%s'"
                .formatted(show.id));
        history("").body("data.streams[0].id", equalTo(show.id), "data.streams[0].totalDuration", equalTo(181));
    }

    @Test
    void peakViewersOutliveTheShow() {
        ShowCalls show = new ShowCalls();
        StreamKey key = new StreamKey(show.key);
        show.hook("on_publish", "p1");
        statistics
                .startShow(key, "seller", Instant.parse(show.get("startedAt")))
                .await()
                .indefinitely();
        presence.applyChanges(key, UUID.randomUUID().toString(), 0, List.of("+kim", "+lee", "+park"))
                .await()
                .indefinitely();
        history("").body("data.streams[0].id", equalTo(show.id), "data.streams[0].peakViewers", equalTo(3));
        show.hook("on_unpublish", "p1");
        await().until(() -> show.status().equals("OFFLINE"));
        statistics.endShow(key, Instant.now()).await().indefinitely();
        history("").body("data.streams[0].id", equalTo(show.id), "data.streams[0].peakViewers", equalTo(3));
        given().get("/api/streaming/recent?limit=1")
                .then()
                .body("data[0].id", equalTo(show.id), "data[0].peakViewers", equalTo(3));
    }

    @Test
    void pageOutsideItsBounds_takesTheNearestAllowed() {
        new ShowCalls();
        new ShowCalls();
        int total = history("?page=-5&limit=1")
                .body("data.page", equalTo(1), "data.limit", equalTo(1), "data.streams.size()", equalTo(1))
                .extract()
                .path("data.total");
        assertThat(total).isGreaterThanOrEqualTo(2);
        history("?page=99999999999&limit=1")
                .body(
                        "data.page", equalTo(total),
                        "data.totalPages", equalTo(total),
                        "data.streams.size()", equalTo(1));
        history("?limit=1000").body("data.limit", equalTo(100), "data.page", equalTo(1));
        history("?limit=0").body("data.limit", equalTo(1));
        history("").body("data.limit", equalTo(20), "data.total", equalTo(total));
    }

    @Test
    void liveStatus_isTheNewestShowOrNulls() {
        ShowCalls.stopAll();
        liveStatus()
                .body(
                        "data.isLive",
                        equalTo(false),
                        "data.viewerCount",
                        equalTo(0),
                        "data.keySet()",
                        containsInAnyOrder(
                                "isLive",
                                "streamId",
                                "streamKey",
                                "title",
                                "duration",
                                "viewerCount",
                                "thumbnailUrl",
                                "startedAt"),
                        "data.streamKey",
                        nullValue());
        new ShowCalls().hook("on_publish", "p1");
        ShowCalls show = new ShowCalls(Map.of("title", "Spring", "thumbnailUrl", "/a.jpg"));
        show.hook("on_publish", "p1");
        liveStatus()
                .body(
                        "data.isLive", equalTo(true),
                        "data.streamId", equalTo(show.id),
                        "data.streamKey", equalTo(show.key),
                        "data.title", equalTo("Spring"),
                        "data.duration", matchesPattern("00:00:\\d\\d"),
                        "data.thumbnailUrl", equalTo("/a.jpg"),
                        "data.startedAt", equalTo(show.get("startedAt")));
    }

    @Test
    void bulkDeletion_skipsLiveAndUnknownStreams() {
        ShowCalls pending = new ShowCalls();
        ShowCalls ended = new ShowCalls();
        ShowCalls live = new ShowCalls();
        ended.hook("on_publish", "p1");
        ended.stop();
        live.hook("on_publish", "p1");
        String unknown = UUID.randomUUID().toString();
        bulkDelete(Map.of("streamIds", List.of(pending.id, live.id, pending.id, unknown, ended.id)))
                .statusCode(200)
                .body(
                        "data.requestedCount", equalTo(4),
                        "data.deletedCount", equalTo(2),
                        "data.skippedCount", equalTo(2),
                        "data.deletedIds", containsInAnyOrder(pending.id, ended.id),
                        "data.skippedIds", containsInAnyOrder(live.id, unknown));
        assertThat(pending.hook("on_publish", "p2")).isEqualTo(1);
        assertThat(live.status()).isEqualTo("LIVE");
        bulkDelete(Map.of("ids", List.of(pending.id)))
                .statusCode(200)
                .body("data.deletedCount", equalTo(0), "data.skippedIds", equalTo(List.of(pending.id)));
    }

    @Test
    void bulkDeletion_requiresOneListOfIds() {
        String id = new ShowCalls().id;
        bulkDelete(Map.of()).statusCode(400).body("message", containsString("ids or streamIds"));
        bulkDelete(Map.of("ids", List.of(id), "streamIds", List.of(id))).statusCode(400);
        bulkDelete(Map.of("ids", List.of())).statusCode(400);
        bulkDelete(Map.of("ids", List.of("not a UUID"))).statusCode(400);
        bulkDelete(Map.of("ids", Arrays.asList(id, null))).statusCode(400);
        bulkDelete(Map.of("ids", List.of(id), "force", true))
                .statusCode(400)
                .body("message", equalTo("body.force: unknown field"));
        authorizedAs(ShowCalls.SELLER)
                .body(Map.of("ids", List.of(id)))
                .post("/api/streaming/history/bulk-delete")
                .then()
                .statusCode(403);
    }

    private static ValidatableResponse history(String query) {
        return authorizedAs(TestSecrets.adminToken())
                .get("/api/streaming/history" + query)
                .then()
                .statusCode(200);
    }

    private static ValidatableResponse liveStatus() {
        return authorizedAs(TestSecrets.adminToken())
                .get("/api/streaming/live-status")
                .then()
                .statusCode(200);
    }

    private static ValidatableResponse bulkDelete(Map<String, ?> body) {
        return authorizedAs(TestSecrets.adminToken())
                .body(body)
                .post("/api/streaming/history/bulk-delete")
                .then();
    }

    private void execute(String statement) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement update = connection.createStatement()) {
            update.execute(statement);
        }
    }
}
