package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.endtoend.RunningSystem.HttpReply;
import io.dorami.endtoend.RunningSystem.Show;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream's life as SRS tells it, with the calls of a real one. The grace is 2 s here. */
@ExtendWith(RunningSystem.Running.class)
class StreamHooksIT {

    private static final String ACCEPTED = "{\"code\":0}";
    private static final String REFUSED = "{\"code\":1}";

    private final RunningSystem suite;
    private final Show show;
    private final String publisher = client();

    StreamHooksIT(RunningSystem suite) {
        this.suite = suite;
        this.show = suite.newShow(TestSecrets.user("seller", "Seller"), "Evening show");
    }

    static List<SrsCall> everyCall() {
        return SrsCall.all();
    }

    @ParameterizedTest
    @MethodSource("everyCall")
    void aCallAboutAStreamThatIsNotOursChangesNothing(SrsCall call) {
        JsonNode before = suite.get("/api/streaming/active").data();
        String answer = suite.hook(call);
        if (call.asks()) {
            assertThat(answer).isEqualTo(REFUSED);
        }
        assertThat(suite.get("/api/streaming/active").data()).isEqualTo(before);
    }

    @Test
    void aStreamIsLiveFromItsFirstPublishUntilItsGraceIsOver() {
        try (JsonTestClient guest = watch(show)) {
            assertThat(state()).isEqualTo("PENDING");
            assertThat(say("on_publish", show, publisher)).isEqualTo(ACCEPTED);
            assertThat(guest.await("stream:started").path("data").path("title").asText())
                    .isEqualTo("Evening show");
            assertThat(state()).isEqualTo("LIVE");
            assertThat(active()).contains(show.key());

            say("on_unpublish", show, publisher);
            say("on_close_publisher", show, publisher);
            assertThat(state()).as("during its grace").isEqualTo("LIVE");
            assertThat(active()).contains(show.key());

            guest.await("stream:ended");
            assertThat(state()).isEqualTo("OFFLINE");
            assertThat(active()).doesNotContain(show.key());

            // A late repeat, and a next show with the same key: then all that was said of the first has been heard.
            say("on_unpublish", show, publisher);
            say("on_publish", show, client());
            guest.await(frame -> guest.heard("stream:started").size() == 2, "the next show");
            assertThat(guest.heard("stream:ended")).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"on_play_flv", "on_play_rtmp", "on_play_hls", "on_play_flv_seed_mount"})
    void playingIsAllowedOnlyWhileSomebodyPublishes(String play) {
        assertThat(say(play, show, client())).as("before").isEqualTo(REFUSED);
        say("on_publish", show, publisher);
        assertThat(say(play, show, client())).as("while it is live").isEqualTo(ACCEPTED);
        say("on_unpublish", show, publisher);
        assertThat(say(play, show, client())).as("afterwards").isEqualTo(REFUSED);
    }

    @Test
    void aSecondPublisherOfALiveStreamChangesNothing() {
        try (JsonTestClient guest = watch(show)) {
            say("on_publish", show, publisher);
            JsonNode before = status();
            String second = client();
            say("on_publish_busy_second", show, second);
            say("on_close_busy_second", show, second);
            say("on_unpublish", show, second);
            assertThat(status()).isEqualTo(before);

            say("on_unpublish", show, publisher);
            guest.await("stream:ended");
            assertThat(guest.heard("stream:started")).hasSize(1);
        }
    }

    @Test
    void aPublisherWhoComesBackWithinTheGraceIsTheSameShow() {
        Show other = suite.newShow(show.owner(), "Another show");
        try (JsonTestClient guest = watch(show);
                JsonTestClient marker = watch(other)) {
            say("on_publish", show, publisher);
            JsonNode before = status();
            say("on_unpublish", show, publisher);
            say("on_publish", show, client());

            // The other one's grace begins later, so at its end this one's would be over too.
            say("on_publish", other, publisher);
            say("on_unpublish", other, publisher);
            marker.await("stream:ended");
            assertThat(status()).isEqualTo(before);
            assertThat(guest.heard("stream:ended")).isEmpty();
            assertThat(guest.heard("stream:started")).hasSize(1);
        }
    }

    @Test
    void theOwnerEndsTheShowAtOnce() {
        try (JsonTestClient guest = watch(show)) {
            say("on_publish", show, publisher);
            String id = null;
            for (JsonNode card : suite.get("/api/streaming/active").data()) {
                id = card.path("streamKey").asText().equals(show.key())
                        ? card.path("id").asText()
                        : id;
            }
            String stop = "/api/streaming/" + id + "/stop";
            assertThat(suite.call("PATCH", stop, TestSecrets.user("stranger", "Stranger"), null)
                            .errorCode())
                    .isEqualTo("FORBIDDEN");
            suite.call("PATCH", stop, show.owner(), null).data();
            guest.await("stream:ended");
            assertThat(state()).isEqualTo("OFFLINE");
        }
    }

    @Test
    void aTokenThatSrsDoublesIsUnderstood() {
        SrsCall doubled = SrsCall.of("on_publish_token_in_app").about(show, publisher);
        assertThat(doubled.body().path("param").asText())
                .isEqualTo("?token=" + show.token() + "?token=" + show.token());
        assertThat(suite.hook(doubled)).isEqualTo(ACCEPTED);
        assertThat(state()).isEqualTo("LIVE");
    }

    @Test
    void onlyTheStreamsOwnTokenPublishes() {
        Show other = suite.newShow(show.owner(), "Another show");
        for (String token : List.of(other.token(), show.owner(), show.key(), "")) {
            Show wrong = new Show(show.owner(), show.key(), token);
            assertThat(say("on_publish", wrong, client())).as(token).isEqualTo(REFUSED);
        }
        assertThat(state()).isEqualTo("PENDING");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?secret=", "?secret=srs-secret", "?secret=" + TestSecrets.SRS + "x"})
    void whoDoesNotSayTheSecretIsRefused(String query) {
        ObjectNode publish = SrsCall.of("on_publish").about(show, publisher).body();
        for (String path : List.of("/api/srs/hooks", "/api/streaming/srs-auth", "/api/streaming/srs-done")) {
            assertThat(suite.hook(path + query, publish).text()).as(path).isEqualTo(REFUSED);
        }
        assertThat(state()).isEqualTo("PENDING");
    }

    @Test
    void todaysAddressesWorkToo() {
        String secret = "?secret=" + TestSecrets.SRS;
        ObjectNode publish = SrsCall.of("on_publish").about(show, publisher).body();
        assertThat(suite.hook("/api/streaming/srs-auth" + secret, publish).text())
                .isEqualTo(ACCEPTED);
        assertThat(state()).isEqualTo("LIVE");
        ObjectNode unpublish = SrsCall.of("on_unpublish").about(show, publisher).body();
        assertThat(suite.hook("/api/streaming/srs-done" + secret, unpublish).text())
                .isEqualTo(ACCEPTED);
        assertThat(say("on_play_flv", show, client())).isEqualTo(REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/srs/hooks",
                "/api/srs/hooks/",
                "/api/srs/hooks;x",
                "/api/srs;x/hooks",
                "/api/srs/hooks%3bx",
                "/api/srs/hooks%3Bx",
                "//api/srs/hooks",
                "/api//srs/hooks",
                "/api/srs//hooks",
                "/api/srs/%2e/hooks",
                "/api/products/%2e%2e/srs/hooks",
                "/api/products/../srs/hooks",
                "/api/products/..%2fsrs/hooks",
                "/api/%73rs/hooks",
                "/api/srs%2fhooks",
                "/api/streaming/srs-auth",
                "/api/streaming/srs-auth/",
                "/api/streaming/srs-auth;x",
                "/api/streaming;x/srs-auth",
                "/api/streaming//srs-auth",
                "/api/streaming/./srs-auth",
                "/api/streaming/%2e/srs-auth",
                "/api/streaming/key/%2E%2E/srs-auth",
                "/api/streaming/%73rs-auth",
                "/api/streaming/srs-done",
                "/api/streaming/srs-heartbeat"
            })
    void theFrontDoorDoesNotKnowTheHooks(String path) {
        ObjectNode publish = SrsCall.of("on_publish").about(show, publisher).body();
        HttpReply reply = suite.call("POST", path + "?secret=" + TestSecrets.SRS, null, publish);
        assertThat(reply.status()).as(reply.text()).isEqualTo(404);
        assertThat(state()).isEqualTo("PENDING");
    }

    @Test
    void aHeartbeatSaysTheSecretAsItsDevice() {
        SrsCall heartbeat = SrsCall.of("heartbeat_summaries_ports");
        assertThat(suite.hook(heartbeat.path(), heartbeat.body()).text()).isEqualTo(REFUSED);
        heartbeat.body().put("device_id", TestSecrets.SRS);
        assertThat(suite.hook(heartbeat.path(), heartbeat.body()).text()).isEqualTo(ACCEPTED);
    }

    private String say(String name, Show about, String client) {
        return suite.hook(SrsCall.of(name).about(about, client));
    }

    private JsonTestClient watch(Show watched) {
        return JsonTestClient.connect(suite.socket(), null).join("stream:" + watched.key());
    }

    private String state() {
        return status().path("status").asText();
    }

    /** What a viewer's page is told, but for the number of viewers. */
    private JsonNode status() {
        ObjectNode status = (ObjectNode)
                suite.get("/api/streaming/key/" + show.key() + "/status").data();
        return status.without("viewerCount");
    }

    private List<String> active() {
        return suite.get("/api/streaming/active").data().findValuesAsText("streamKey");
    }

    /** A client id like SRS's. */
    private static String client() {
        return UUID.randomUUID().toString().substring(0, 8);
    }
}
