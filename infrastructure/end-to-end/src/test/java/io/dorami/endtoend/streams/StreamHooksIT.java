package io.dorami.endtoend.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.HttpReply;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.endtoend.system.SrsCall;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lifecycle of a stream driven by SRS hooks, with calls captured from a real SRS. The grace period is 2 s here. */
@ExtendWith(RunningSystem.Resolver.class)
class StreamHooksIT {

    private static final String ACCEPTED = "{\"code\":0}";
    private static final String REJECTED = "{\"code\":1}";

    private final RunningSystem system;
    private final Show show;
    private final String publisher = newClientId();

    StreamHooksIT(RunningSystem system) {
        this.system = system;
        this.show = system.newShow(TestSecrets.userToken("seller", "Seller"), "Evening show");
    }

    static List<SrsCall> allCalls() {
        return SrsCall.all();
    }

    @ParameterizedTest
    @MethodSource("allCalls")
    void callForUnknownStream_changesNothing(SrsCall call) {
        JsonNode before = system.get("/api/streaming/active").data();
        String response = system.callHook(call);
        if (call.canBeRejected()) {
            assertThat(response).isEqualTo(REJECTED);
        }
        assertThat(system.get("/api/streaming/active").data()).isEqualTo(before);
    }

    @Test
    void streamIsLiveFromPublishUntilGraceEnds() {
        try (JsonTestClient guest = watch(show)) {
            assertThat(state()).isEqualTo("PENDING");
            assertThat(callHook("on_publish", show, publisher)).isEqualTo(ACCEPTED);
            assertThat(guest.await("stream:started").path("data").path("title").asText())
                    .isEqualTo("Evening show");
            assertThat(state()).isEqualTo("LIVE");
            assertThat(activeKeys()).contains(show.key());

            callHook("on_unpublish", show, publisher);
            callHook("on_close_publisher", show, publisher);
            assertThat(state()).as("during the grace period").isEqualTo("LIVE");
            assertThat(activeKeys()).contains(show.key());

            guest.await("stream:ended");
            assertThat(state()).isEqualTo("OFFLINE");
            assertThat(activeKeys()).doesNotContain(show.key());

            // A late repetition, then a new show with the same key: its start follows all events of the first show.
            callHook("on_unpublish", show, publisher);
            callHook("on_publish", show, newClientId());
            guest.await(frame -> guest.framesOf("stream:started").size() == 2, "the next show");
            assertThat(guest.framesOf("stream:ended")).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"on_play_flv", "on_play_rtmp", "on_play_hls", "on_play_flv_seed_mount"})
    void playingIsAllowedOnlyWhilePublished(String play) {
        assertThat(callHook(play, show, newClientId())).as("before the publish").isEqualTo(REJECTED);
        callHook("on_publish", show, publisher);
        assertThat(callHook(play, show, newClientId())).as("while live").isEqualTo(ACCEPTED);
        callHook("on_unpublish", show, publisher);
        assertThat(callHook(play, show, newClientId()))
                .as("after the unpublish")
                .isEqualTo(REJECTED);
    }

    @Test
    void secondPublisher_changesNothing() {
        try (JsonTestClient guest = watch(show)) {
            callHook("on_publish", show, publisher);
            JsonNode before = status();
            String second = newClientId();
            callHook("on_publish_busy_second", show, second);
            callHook("on_close_busy_second", show, second);
            callHook("on_unpublish", show, second);
            assertThat(status()).isEqualTo(before);

            callHook("on_unpublish", show, publisher);
            guest.await("stream:ended");
            assertThat(guest.framesOf("stream:started")).hasSize(1);
        }
    }

    @Test
    void publisherBackWithinGraceContinuesTheShow() {
        Show other = system.newShow(show.owner(), "Another show");
        try (JsonTestClient guest = watch(show);
                JsonTestClient marker = watch(other)) {
            callHook("on_publish", show, publisher);
            JsonNode before = status();
            callHook("on_unpublish", show, publisher);
            callHook("on_publish", show, newClientId());

            // The other show's grace period begins later, so this show's would have ended by then too.
            callHook("on_publish", other, publisher);
            callHook("on_unpublish", other, publisher);
            marker.await("stream:ended");
            assertThat(status()).isEqualTo(before);
            assertThat(guest.framesOf("stream:ended")).isEmpty();
            assertThat(guest.framesOf("stream:started")).hasSize(1);
        }
    }

    @Test
    void ownerEndsShowImmediately() {
        try (JsonTestClient guest = watch(show)) {
            callHook("on_publish", show, publisher);
            String id = null;
            for (JsonNode card : system.get("/api/streaming/active").data()) {
                id = card.path("streamKey").asText().equals(show.key())
                        ? card.path("id").asText()
                        : id;
            }
            String stop = "/api/streaming/" + id + "/stop";
            assertThat(system.call("PATCH", stop, TestSecrets.userToken("stranger", "Stranger"), null)
                            .errorCode())
                    .isEqualTo("FORBIDDEN");
            system.call("PATCH", stop, show.owner(), null).data();
            guest.await("stream:ended");
            assertThat(state()).isEqualTo("OFFLINE");
        }
    }

    @Test
    void otherApplication_isRejected() {
        SrsCall publish = SrsCall.of("on_publish").withStream(show, publisher);
        publish.body().put("app", "other");
        assertThat(system.callHook(publish)).isEqualTo(REJECTED);
        assertThat(state()).isEqualTo("PENDING");
    }

    @Test
    void tokenDoubledBySrs_isAccepted() {
        SrsCall doubled = SrsCall.of("on_publish_token_in_app").withStream(show, publisher);
        assertThat(doubled.body().path("param").asText())
                .isEqualTo("?token=" + show.token() + "?token=" + show.token());
        assertThat(system.callHook(doubled)).isEqualTo(ACCEPTED);
        assertThat(state()).isEqualTo("LIVE");
    }

    /** The admin page shows rtmpUrl and streamKey; a seller copies both into the encoder. */
    @Test
    void serverAddressAndKeyOfTheAdminPagePublish() {
        JsonNode session = system.call(
                        "POST", "/api/streaming/generate-key", show.owner(), Map.of("title", "Copied by hand"))
                .data();
        String key = session.path("streamKey").asText();
        String address = session.path("rtmpUrl").asText();
        assertThat(address).matches("rtmp://[^/?]+/live\\?token=[\\w-]{32}");
        Show copied = new Show(show.owner(), key, address.substring(address.indexOf('=') + 1));
        SrsCall publish = SrsCall.of("on_publish_token_in_app").withStream(copied, publisher);
        publish.body().put("tcUrl", address);
        assertThat(system.callHook(publish)).isEqualTo(ACCEPTED);
        assertThat(system.get("/api/streaming/key/" + key + "/status")
                        .data()
                        .path("status")
                        .asText())
                .isEqualTo("LIVE");
    }

    /** viewer-service moves the statistics out of Redis at the show's end, when the peak must be stored already. */
    @Test
    void historyKeepsThePeakOfViewers() {
        callHook("on_publish", show, publisher);
        try (JsonTestClient guest = watch(show)) {
            await("the viewer is counted")
                    .until(() -> historyEntry().path("peakViewers").asInt() == 1);
            callHook("on_unpublish", show, publisher);
            guest.await("stream:ended");
        }
        assertThat(historyEntry().path("status").asText()).isEqualTo("OFFLINE");
        assertThat(historyEntry().path("peakViewers").asInt()).isEqualTo(1);
    }

    @Test
    void onlyTheStreamsOwnTokenPublishes() {
        Show other = system.newShow(show.owner(), "Another show");
        for (String token : List.of(other.token(), show.owner(), show.key(), "")) {
            Show wrong = new Show(show.owner(), show.key(), token);
            assertThat(callHook("on_publish", wrong, newClientId())).as(token).isEqualTo(REJECTED);
        }
        assertThat(state()).isEqualTo("PENDING");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?secret=", "?secret=srs-secret", "?secret=" + TestSecrets.SRS + "x"})
    void missingOrWrongSecret_isRejected(String query) {
        ObjectNode publish =
                SrsCall.of("on_publish").withStream(show, publisher).body();
        for (String path : List.of("/api/srs/hooks", "/api/streaming/srs-auth", "/api/streaming/srs-done")) {
            assertThat(system.callHook(path + query, publish).body()).as(path).isEqualTo(REJECTED);
        }
        assertThat(state()).isEqualTo("PENDING");
    }

    @Test
    void legacyHookPathsWork() {
        String secret = "?secret=" + TestSecrets.SRS;
        ObjectNode publish =
                SrsCall.of("on_publish").withStream(show, publisher).body();
        assertThat(system.callHook("/api/streaming/srs-auth" + secret, publish).body())
                .isEqualTo(ACCEPTED);
        assertThat(state()).isEqualTo("LIVE");
        ObjectNode unpublish =
                SrsCall.of("on_unpublish").withStream(show, publisher).body();
        assertThat(system.callHook("/api/streaming/srs-done" + secret, unpublish)
                        .body())
                .isEqualTo(ACCEPTED);
        assertThat(callHook("on_play_flv", show, newClientId())).isEqualTo(REJECTED);
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
    void hooksAreNotReachableThroughTheGateway(String path) {
        ObjectNode publish =
                SrsCall.of("on_publish").withStream(show, publisher).body();
        HttpReply reply = system.call("POST", path + "?secret=" + TestSecrets.SRS, null, publish);
        assertThat(reply.status()).as(reply.body()).isEqualTo(404);
        assertThat(state()).isEqualTo("PENDING");
    }

    @Test
    void heartbeatCarriesSecretAsDeviceId() {
        SrsCall heartbeat = SrsCall.of("heartbeat_summaries_ports");
        assertThat(system.callHook(heartbeat.path(), heartbeat.body()).body()).isEqualTo(REJECTED);
        heartbeat.body().put("device_id", TestSecrets.SRS);
        assertThat(system.callHook(heartbeat.path(), heartbeat.body()).body()).isEqualTo(ACCEPTED);
    }

    private String callHook(String name, Show stream, String client) {
        return system.callHook(SrsCall.of(name).withStream(stream, client));
    }

    private JsonTestClient watch(Show stream) {
        return JsonTestClient.connect(system.socketUrl(), null).join("stream:" + stream.key());
    }

    private String state() {
        return status().path("status").asText();
    }

    /** Status as the page of a viewer gets it, without the viewer count. */
    private JsonNode status() {
        ObjectNode status = (ObjectNode)
                system.get("/api/streaming/key/" + show.key() + "/status").data();
        return status.without("viewerCount");
    }

    /** The show in the history, whose first page has it because no later show has started. */
    private JsonNode historyEntry() {
        String history = "/api/streaming/history?limit=100";
        for (JsonNode entry : system.call("GET", history, TestSecrets.adminToken(), null)
                .data()
                .path("streams")) {
            if (entry.path("streamKey").asText().equals(show.key())) {
                return entry;
            }
        }
        throw new AssertionError("The history has no " + show.key());
    }

    private List<String> activeKeys() {
        return system.get("/api/streaming/active").data().findValuesAsText("streamKey");
    }

    /** Creates a client id in the format of SRS. */
    private static String newClientId() {
        return UUID.randomUUID().toString().substring(0, 8);
    }
}
