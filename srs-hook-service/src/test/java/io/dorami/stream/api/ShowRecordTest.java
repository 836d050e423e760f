package io.dorami.stream.api;

import static io.dorami.stream.api.ShowCalls.SELLER;
import static io.dorami.stream.api.ShowCalls.authorizedAs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.FakeSrsApi;
import io.dorami.testing.FakeSrsApiResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The encoder and the shows of a stream as its sellers see them, with a fake of SRS's API. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@QuarkusTestResource(value = FakeSrsApiResource.class, restrictToAnnotatedClass = true)
class ShowRecordTest {

    @SuppressWarnings("NullAway.Init") // the test resource sets it
    FakeSrsApi srs;

    private ShowCalls show;

    /** After the start of this class's own service, whose port the calls need. */
    @BeforeEach
    void create() {
        show = new ShowCalls();
    }

    @AfterEach
    void stop() {
        srs.setUnresponsive(false);
        srs.removePublisher(show.key);
        show.stop();
    }

    @Test
    void encoderIsReportedWithMediaAndBitrate() {
        assertThat(encoder().getString("data.srs")).isEqualTo("UP");
        assertThat(encoder().getBoolean("data.connected")).isFalse();

        srs.addPublisher(show.key, "p1");
        await().until(() -> encoder().get("data.bitrateKbps") != null);
        JsonPath report = encoder();
        assertThat(report.getBoolean("data.connected")).isTrue();
        assertThat(report.getString("data.protocol")).isEqualTo("RTMP");
        assertThat(report.getLong("data.bitrateKbps")).isEqualTo(8);
        assertThat(report.getLong("data.bytesReceived")).isPositive();
        assertThat(report.getMap("data.video"))
                .isEqualTo(Map.of("codec", "H264", "profile", "Baseline", "width", 640, "height", 360));
        assertThat(report.getMap("data.audio")).isEqualTo(Map.of("codec", "AAC", "sampleRate", 44_100, "channels", 2));
        Instant connectedAt = Instant.parse(report.getString("data.connectedAt"));
        assertThat(connectedAt)
                .isBetween(Instant.now().minusSeconds(60), Instant.now().minusSeconds(2));
        assertThat(Instant.parse(encoder().getString("data.connectedAt"))).isEqualTo(connectedAt);

        srs.removePublisher(show.key);
        await().until(() -> !encoder().getBoolean("data.connected"));
    }

    @Test
    void srsIsAskedOnceForManyCallers() {
        srs.addPublisher(show.key, "p2");
        await().until(() -> encoder().getBoolean("data.connected"));
        long before = srs.streamListRequests();
        long start = System.nanoTime();
        IntStream.range(0, 50).forEach(i -> encoder());
        long elapsedSeconds = (System.nanoTime() - start) / 1_000_000_000;
        // A list that SRS's count interrupts is requested twice; the reconciliation may request one more.
        assertThat(srs.streamListRequests() - before).isLessThanOrEqualTo(2 * (elapsedSeconds / 2 + 1) + 1);
    }

    @Test
    void unreachableSrsIsReportedWithStateOfHooks() {
        assertThat(show.hook("on_publish", "p3")).isZero();
        srs.setUnresponsive(true);
        await().until(() -> encoder().getString("data.srs").equals("UNREACHABLE"));
        JsonPath report = encoder();
        assertThat(report.getMap("data").keySet()).containsExactlyInAnyOrder("srs", "connected", "checkedAt");
        assertThat(report.getBoolean("data.connected")).isTrue();
        srs.setUnresponsive(false);
        await().until(() -> encoder().getString("data.srs").equals("UP"));
    }

    @Test
    void showsAreListedNewestFirst() {
        shows(SELLER).statusCode(200).body("data.size()", equalTo(0));
        show.hook("on_publish", "p4");
        show.stop();
        show.hook("on_publish", "p5");
        JsonPath shows = shows(SELLER)
                .statusCode(200)
                .body("data.size()", equalTo(2))
                .body("data[0].endedAt", nullValue())
                .extract()
                .jsonPath();
        assertThat(Instant.parse(shows.getString("data[1].endedAt")))
                .isBetween(
                        Instant.parse(shows.getString("data[1].startedAt")),
                        Instant.parse(shows.getString("data[0].startedAt")));
    }

    @Test
    void recordIsForTheSellers() {
        String kim = TestSecrets.userToken("kim", "Kim");
        for (String path : new String[] {"/encoder", "/shows"}) {
            get(kim, path).statusCode(403).body("errorCode", equalTo("FORBIDDEN"));
            putStaff("MODERATOR");
            get(kim, path).statusCode(403);
            putStaff("COHOST");
            get(kim, path).statusCode(200);
            get(TestSecrets.adminToken(), path).statusCode(200);
            authorizedAs(SELLER)
                    .delete("/api/streaming/" + show.id + "/staff/kim")
                    .then()
                    .statusCode(200);
            authorizedAs(SELLER)
                    .get("/api/streaming/" + UUID.randomUUID() + path)
                    .then()
                    .statusCode(404);
        }
    }

    private void putStaff(String role) {
        authorizedAs(SELLER)
                .body(Map.of("role", role))
                .put("/api/streaming/" + show.id + "/staff/kim")
                .then()
                .statusCode(200);
    }

    private JsonPath encoder() {
        return get(SELLER, "/encoder").statusCode(200).extract().jsonPath();
    }

    private ValidatableResponse shows(String token) {
        return get(token, "/shows");
    }

    private ValidatableResponse get(String token, String path) {
        return authorizedAs(token).get("/api/streaming/" + show.id + path).then();
    }
}
