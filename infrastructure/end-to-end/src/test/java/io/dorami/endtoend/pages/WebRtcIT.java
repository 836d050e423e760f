package io.dorami.endtoend.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.local.media.LocalSrs;
import io.dorami.testing.TestSecrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A show from the browser's camera through a real SRS with WebRTC, seen with the lowest delay:
 * {@code ./dorami test --media -Dit.test=WebRtcIT}. The camera's picture has the clock of the launcher's TestPicture.
 */
@EnabledIfSystemProperty(named = "media", matches = ".*")
@ExtendWith(TestBrowser.Resolver.class)
class WebRtcIT {

    private static final String SELLER = "webrtc-seller";

    /** Encoding, sending and showing a picture of 720 × 1280, all on this machine. */
    private static final int MAX_DELAY_MILLIS = 1_000;

    private static final Duration MEDIA_TIMEOUT = Duration.ofSeconds(30);

    /** Replaces the camera's picture by a drawing with a clock. */
    private static final String CLOCK_CAMERA = """
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [720, 1280];
            const pen = canvas.getContext('2d');
            const draw = () => {
              const tenths = Math.floor(Date.now() / 100) % 65536;
              const fill = (color, ...area) => { pen.fillStyle = color; pen.fillRect(...area); };
              fill('#264653', 0, 0, 720, 1280);
              fill('#000', 0, 0, 720, 40);
              fill('#fff', 0, 0, 40, 40);
              for (let i = 0; i < 16; i++) if ((tenths >> (15 - i)) & 1) fill('#fff', (i + 1) * 40, 0, 40, 40);
              fill('#e9c46a', 280 + 220 * Math.sin(Date.now() / 500), 820, 160, 160);
            };
            setInterval(draw, 16);
            const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async (constraints) => {
              const stream = await open(constraints);
              for (const track of stream.getVideoTracks()) { track.stop(); stream.removeTrack(track); }
              stream.addTrack(canvas.captureStream(30).getVideoTracks()[0]);
              return stream;
            };
            """;

    /** The delays in milliseconds at which changes of the clock are seen; their median. */
    private static final String READ_DELAY = """
            async () => {
              const video = document.querySelector('.player-video');
              const canvas = document.createElement('canvas');
              [canvas.width, canvas.height] = [180, 8];
              const pen = canvas.getContext('2d', { willReadFrequently: true });
              const read = () => {
                pen.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 32, 0, 0, 180, 8);
                const { data } = pen.getImageData(0, 0, 180, 8);
                const bit = (square) => (data[4 * (4 * 180 + square * 10 + 5)] > 128 ? 1 : 0);
                if (!bit(0) || bit(17)) return null;
                return Array.from({ length: 16 }, (_, i) => bit(i + 1)).reduce((sum, value) => 2 * sum + value, 0);
              };
              const delays = [];
              let last = null;
              while (delays.length < 40) {
                await new Promise((done) => video.requestVideoFrameCallback(done));
                const tenths = read();
                if (tenths === null || tenths === last) continue;
                if (last !== null) delays.push((Date.now() - tenths * 100 + 6553600 * 1e6) % 6553600);
                last = tenths;
              }
              return delays.sort((a, b) => a - b)[20];
            }
            """;

    private final TestBrowser browser;

    WebRtcIT(TestBrowser browser) {
        this.browser = browser;
    }

    @Test
    void cameraIsSeenWithinASecondAndReturnsAfterKillOfSrs() throws Exception {
        Optional<Path> srs = LocalSrs.findExecutable(System.getProperty("srs"));
        assumeTrue(srs.isPresent(), "SRS is not installed");
        assumeTrue(isBuiltWith(srs.get(), "--rtc=on"), "SRS was built without WebRTC");
        try (RunningSystem system =
                        RunningSystem.start(Map.of("DORAMI_SRS", srs.get().toString(), "DORAMI_STREAM_GRACE", "45S"));
                TestPage seller = browser.open(system).onPhone().signedInAs(SELLER, "Yuna");
                TestPage viewer = browser.open(system).onPhone()) {
            Show show = system.newShow(TestSecrets.userToken(SELLER, "Yuna"), "From the camera");
            goOnAir(seller, system, show);
            await("the show")
                    .atMost(MEDIA_TIMEOUT)
                    .until(() -> status(system, show).path("status").asText().equals("LIVE"));
            String startedAt = status(system, show).path("startedAt").asText();

            viewer.page().addInitScript("localStorage.setItem('lowest-delay', 'true')");
            viewer.openShow(show);
            Locator player = viewer.page().locator(".player");
            assertThat(player).hasAttribute("data-status", "playing");
            viewer.page().keyboard().press("Shift+D");
            assertThat(viewer.page().locator(".player-kpis")).containsText("WebRTC");
            assertThat(((Number) viewer.page().evaluate(READ_DELAY)).doubleValue())
                    .isBetween(0.0, (double) MAX_DELAY_MILLIS);
            viewer.screenshot("webrtc-viewer");
            seller.screenshot("webrtc-seller");
            seller.assertAccessible();
            if (isBuiltWith(srs.get(), "--ffmpeg-opus=on")) {
                await("HLS")
                        .atMost(MEDIA_TIMEOUT)
                        .until(() -> system.get("/hls/" + show.key() + ".m3u8").status() == 200);
            }

            ProcessHandle.of(system.pid(LocalSrs.NAME)).orElseThrow().destroyForcibly();
            assertThat(state(seller)).hasAttribute("data-state", "reconnecting");
            assertThat(state(seller)).hasAttribute("data-state", "sending");
            assertThat(player).hasAttribute("data-status", "playing");
            assertThat(status(system, show).path("status").asText()).isEqualTo("LIVE");
            assertThat(status(system, show).path("startedAt").asText()).isEqualTo(startedAt);

            seller.button("Stop").click();
            seller.page()
                    .getByRole(AriaRole.DIALOG)
                    .getByText("Stop", new Locator.GetByTextOptions().setExact(true))
                    .click();
            assertThat(state(seller)).hasAttribute("data-state", "ready");
            await("the end of the session")
                    .atMost(MEDIA_TIMEOUT)
                    .until(() -> status(system, show).path("reconnecting").asBoolean());
        }
    }

    /** Starts the camera in the studio, as the seller does. */
    private static void goOnAir(TestPage seller, RunningSystem system, Show show) {
        Page page = seller.page();
        page.addInitScript(CLOCK_CAMERA);
        page.navigate(system.url("/studio/" + show.key() + "#on-air").toString());
        page.getByLabel("This camera").check();
        seller.button("Turn on the camera").click();
        assertThat(state(seller)).hasAttribute("data-state", "ready");
        page.locator(".camera-broadcast")
                .getByText(Pattern.compile("^Go live$"))
                .click();
        assertThat(state(seller)).hasAttribute("data-state", "sending");
    }

    private static Locator state(TestPage seller) {
        return seller.page().locator(".camera-broadcast");
    }

    private static JsonNode status(RunningSystem system, Show show) {
        return system.get("/api/streaming/key/" + show.key() + "/status").data();
    }

    /** Returns true if the executable was built with this option; it contains the options as a text. */
    private static boolean isBuiltWith(Path srs, String option) throws IOException {
        return Files.readString(srs, StandardCharsets.ISO_8859_1).contains(option);
    }
}
