package io.dorami.stream.api;

import static io.dorami.stream.api.ShowCalls.authorizedAs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.stream.access.StreamTokens;
import io.dorami.testing.DoramiTestResource;
import io.dorami.testing.TestSecrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A seller copies the server address and the key from the admin page into the encoder. */
@QuarkusTest
@QuarkusTestResource(DoramiTestResource.class)
@TestProfile(StreamResourceTest.ShortGrace.class)
class GoingLiveTest {

    /** The pattern with which the web client inserts the port into the server address. */
    private static final Pattern CLIENT_PATTERN = Pattern.compile("^(rtmp://[^/]+)(/.*)?$");

    @Inject
    StreamTokens tokens;

    @Test
    void serverAddressAndStreamKeyPublish() {
        ShowCalls show = new ShowCalls();
        assertThat(show.rtmpUrl).isEqualTo("rtmp://localhost:1935/live" + show.param);
        assertThat(publishAt(show, show.rtmpUrl)).isZero();
        assertThat(show.status()).isEqualTo("LIVE");
    }

    @Test
    void tokenInTcUrlAloneIsAccepted() {
        ShowCalls show = new ShowCalls();
        Map<String, String> body = new HashMap<>(show.body("on_publish", "p1", ""));
        body.put("tcUrl", show.rtmpUrl);
        assertThat(show.hook("/api/srs/hooks", body)).isZero();
    }

    @Test
    void tokenOfAnotherStreamInServerAddress_isRejected() {
        ShowCalls show = new ShowCalls();
        assertThat(publishAt(show, new ShowCalls().rtmpUrl)).isEqualTo(1);
        assertThat(publishAt(show, "rtmp://localhost:1935/live")).isEqualTo(1);
        assertThat(show.status()).isEqualTo("PENDING");
    }

    @Test
    void webClientInsertsThePort() {
        String address = "rtmp://live.example.com/live" + new ShowCalls().param;
        Matcher parts = CLIENT_PATTERN.matcher(address);
        assertThat(parts.matches()).isTrue();
        assertThat(parts.group(1)).isEqualTo("rtmp://live.example.com");
        assertThat(address).hasSizeLessThan(100);
    }

    @Test
    void publishKeyFitsEncodersWith128Characters() {
        ShowCalls show = new ShowCalls(Map.of("title", "For friends", "isPrivate", true));
        assertThat(show.param).hasSize("?token=".length() + 32);
        assertThat(show.key + show.param).hasSizeLessThan(128);
    }

    @Test
    void onlyTheOwnerSeesTheToken() {
        ShowCalls show = new ShowCalls();
        String path = "/api/streaming/" + show.id + "/go-live";
        authorizedAs(TestSecrets.adminToken())
                .patch(path)
                .then()
                .statusCode(200)
                .body("data.rtmpUrl", equalTo("rtmp://localhost:1935/live"));
        authorizedAs(ShowCalls.SELLER).patch(path).then().body("data.rtmpUrl", equalTo(show.rtmpUrl));
    }

    @Test
    void otherApplication_isRejected() {
        for (ShowCalls show : List.of(new ShowCalls(), new ShowCalls(Map.of("title", "x", "isPrivate", true)))) {
            for (String app : List.of("other", "Live", "live/live", "live ", "")) {
                assertThat(publishIn(show, app)).as(app).isEqualTo(1);
            }
            assertThat(show.status()).isEqualTo("PENDING");
            assertThat(publishIn(show, "live")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s ", " %s\n", "%s/", "%s/?token=%s", "%s?token=%s "})
    void keyPastedWithMore_isAccepted(String name) {
        ShowCalls show = new ShowCalls();
        Map<String, String> body = new HashMap<>(show.body("on_publish", "p1", show.param));
        body.put("stream", name.formatted(show.key, show.token()));
        assertThat(show.hook("/api/srs/hooks", body)).isZero();
        assertThat(show.status()).isEqualTo("LIVE");
    }

    @Test
    void keyOfThePreviousVersion_isAcceptedUntilItExpires() {
        ShowCalls show = new ShowCalls();
        ShowCalls other = new ShowCalls();
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
        String former = FormerTokens.publishToken(show.key, 0, tomorrow);
        String expired = FormerTokens.publishToken(show.key, 0, Instant.now().minus(Duration.ofHours(1)));
        assertThat(show.hook("on_publish", "p1", "?token=" + expired)).isEqualTo(1);
        assertThat(other.hook("on_publish", "p1", "?token=" + former)).isEqualTo(1);
        assertThat(show.hook("on_publish", "p1", "?token=" + FormerTokens.playToken(show.key, tomorrow)))
                .isEqualTo(1);
        assertThat(show.hook("on_publish", "p1", "?token=" + former)).isZero();
        authorizedAs(ShowCalls.SELLER)
                .post("/api/streaming/" + show.id + "/rotate-key")
                .then()
                .statusCode(200);
        assertThat(show.hook("on_publish", "p2", "?token=" + former))
                .as("revoked")
                .isEqualTo(1);
    }

    @Test
    void invitationOfThePreviousVersion_isAcceptedUntilItExpires() {
        ShowCalls show = new ShowCalls(Map.of("title", "For friends", "isPrivate", true));
        show.hook("on_publish", "p1");
        String former = FormerTokens.playToken(show.key, Instant.now().plus(Duration.ofHours(1)));
        String expired = FormerTokens.playToken(show.key, Instant.now().minus(Duration.ofHours(1)));
        assertThat(show.hook("on_play", "v1", "?token=" + expired)).isEqualTo(1);
        assertThat(show.hook("on_play", "v1", "?token=" + former)).isZero();
    }

    @Test
    void changedToken_isRejected() {
        StreamKey key = new StreamKey("show");
        Instant expires = Instant.now().plusSeconds(60);
        String token = tokens.publishToken(key, 7, expires);
        assertThat(tokens.verifyPublishToken(token, key)).hasValue(7);
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= 1;
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(changed);
            assertThat(tokens.verifyPublishToken(text, key)).as("byte %d", i).isEmpty();
        }
        assertThat(tokens.verifyPublishToken(token, new StreamKey("Show"))).isEmpty();
        for (String invalid : List.of("", "?", token.substring(1), token + "AAAA", token + "=")) {
            assertThat(tokens.verifyPublishToken(invalid, key)).as(invalid).isEmpty();
        }
    }

    @Test
    void tokensOfOneTypeAreNotValidAsTheOther() {
        StreamKey key = new StreamKey("private-show");
        Instant expires = Instant.now().plusSeconds(60);
        assertThat(tokens.isValidPlayToken(tokens.playToken(key, expires), key)).isTrue();
        assertThat(tokens.verifyPublishToken(tokens.playToken(key, expires), key))
                .isEmpty();
        assertThat(tokens.isValidPlayToken(tokens.publishToken(key, 0, expires), key))
                .isFalse();
    }

    @Test
    void expiredToken_isRejected() {
        ShowCalls show = new ShowCalls();
        StreamKey key = new StreamKey(show.key);
        String expired = tokens.publishToken(key, 0, Instant.now().minusSeconds(1));
        assertThat(show.hook("on_publish", "p1", "?token=" + expired)).isEqualTo(1);
        String valid = tokens.publishToken(key, 0, Instant.now().plusSeconds(60));
        assertThat(show.hook("on_publish", "p1", "?token=" + valid)).isZero();
    }

    private static int publishIn(ShowCalls show, String app) {
        Map<String, String> body = new HashMap<>(show.body("on_publish", "p1", show.param));
        body.put("app", app);
        return show.hook("/api/srs/hooks", body);
    }

    /** Sends the hook as SRS does if the query precedes the stream's name: it doubles the query in param. */
    private static int publishAt(ShowCalls show, String serverAddress) {
        int query = serverAddress.indexOf('?');
        String token = query < 0 ? "" : serverAddress.substring(query);
        Map<String, String> body = new HashMap<>(show.body("on_publish", "p1", token + token));
        body.put("tcUrl", serverAddress);
        return show.hook("/api/srs/hooks", body);
    }
}
