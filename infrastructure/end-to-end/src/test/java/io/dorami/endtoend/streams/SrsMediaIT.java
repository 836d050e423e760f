package io.dorami.endtoend.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.contracts.Json;
import io.dorami.endtoend.streams.StreamReplicas.Show;
import io.dorami.testing.TestSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Encoders and viewers at a real SRS: {@code ./dorami test --media -Dit.test=SrsMediaIT}. It needs FFmpeg and the
 * executable of SRS 6, in the path or as {@code -Dsrs=/path/to/srs}.
 */
@EnabledIfSystemProperty(named = "media", matches = ".*")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SrsMediaIT {

    /** Starts of FFmpeg and SRS on a busy machine. */
    private static final Duration MEDIA_TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient http = HttpClient.newHttpClient();
    private SrsProcess srs;
    private StreamReplicas replicas;

    @BeforeAll
    void start() {
        Optional<Path> executable = SrsProcess.findExecutable();
        assumeTrue(executable.isPresent(), "SRS is not installed");
        srs = new SrsProcess(executable.get());
        replicas = new StreamReplicas(1, Map.of("DORAMI_SRS_API", srs.apiAddress()));
        srs.start(replicas.authority());
    }

    @AfterAll
    void end() throws Exception {
        http.close();
        if (replicas != null) {
            srs.close();
            replicas.close();
        }
    }

    @Test
    void silentEncoder_isReplacedWithinFiveSeconds() {
        Show show = replicas.newShow();
        try (Encoder older = publishAndAwaitMedia(show)) {
            String olderId = publisher(show);
            older.freeze();
            // The seller notices the interruption no sooner than SRS's next count of bytes.
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
            try (Encoder newer = publish(show)) {
                await().atMost(Duration.ofSeconds(5))
                        .until(() ->
                                !publisher(show).isEmpty() && !publisher(show).equals(olderId));
                awaitMedia(show);
                assertThat(newer.isPublishing()).isTrue();
                assertThat(replicas.status(show)).isEqualTo("LIVE");
                assertThat(replicas.publishedEvents(show)).containsExactly("stream:started");
            }
        }
    }

    @Test
    void secondSendingEncoder_isRejected() {
        Show show = replicas.newShow();
        try (Encoder first = publishAndAwaitMedia(show)) {
            String firstId = publisher(show);
            try (Encoder second = publish(show)) {
                await().atMost(MEDIA_TIMEOUT).until(() -> !second.isPublishing());
            }
            assertThat(first.isPublishing()).isTrue();
            assertThat(publisher(show)).isEqualTo(firstId);
            awaitMedia(show);
            assertThat(replicas.publishedEvents(show)).containsExactly("stream:started");
        }
    }

    @Test
    void keyPastedWithSpace_reachesViewers() {
        Show show = replicas.newShow();
        String serverAddress = srs.rtmpAddress("live") + "?token=" + show.token();
        try (Encoder encoder = Encoder.publish(serverAddress, show.key() + " ")) {
            awaitMedia(show);
            assertThat(encoder.isPublishing()).isTrue();
        }
    }

    @Test
    void otherApplication_isRejected() {
        Show show = replicas.newShow();
        try (Encoder encoder = Encoder.publish(address("other", show))) {
            await().atMost(MEDIA_TIMEOUT).until(() -> !encoder.isPublishing());
        }
        assertThat(replicas.status(show)).isEqualTo("PENDING");
    }

    private Encoder publishAndAwaitMedia(Show show) {
        Encoder encoder = publish(show);
        awaitMedia(show);
        return encoder;
    }

    private Encoder publish(Show show) {
        return Encoder.publish(address("live", show));
    }

    private String address(String application, Show show) {
        return srs.rtmpAddress(application) + "/" + show.key() + "?token=" + show.token();
    }

    /** Waits until a viewer who joins now gets a picture. */
    private void awaitMedia(Show show) {
        await("media of " + show.key()).atMost(MEDIA_TIMEOUT).until(() -> receivesMedia(show));
    }

    private boolean receivesMedia(Show show) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(srs.flvAddress(show.key())))
                .timeout(Duration.ofSeconds(2))
                .build();
        try (InputStream media =
                http.send(request, BodyHandlers.ofInputStream()).body()) {
            byte[] start = media.readNBytes(20_000);
            return new String(start, StandardCharsets.ISO_8859_1).startsWith("FLV") && start.length == 20_000;
        } catch (IOException e) {
            return false;
        }
    }

    /** SRS's id of the stream's publisher, empty without one. */
    private String publisher(Show show) {
        String credentials =
                Base64.getEncoder().encodeToString(("dorami:" + TestSecrets.SRS).getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(srs.apiAddress() + "/api/v1/streams/?start=0&count=1000"))
                .header("Authorization", "Basic " + credentials)
                .build();
        try {
            JsonNode streams =
                    Json.read(http.send(request, BodyHandlers.ofString()).body(), JsonNode.class);
            for (JsonNode stream : streams.path("streams")) {
                JsonNode publish = stream.path("publish");
                if (stream.path("name").asText().equals(show.key())
                        && publish.path("active").asBoolean()) {
                    return publish.path("cid").asText();
                }
            }
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
