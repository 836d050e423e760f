package io.dorami.endtoend.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dorami.endtoend.system.RunningSystem;
import io.dorami.local.media.LocalSrs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The launcher with a real SRS: {@code ./dorami test --media -Dit.test=SrsDemoIT}. It needs FFmpeg and the executable of
 * SRS 6, installed or as {@code -Dsrs=/path/to/srs}.
 */
@EnabledIfSystemProperty(named = "media", matches = ".*")
class SrsDemoIT {

    private static final Duration RESTART_TIMEOUT = Duration.ofSeconds(30);

    /** About a second of the picture; the first frame is a key frame. */
    private static final int FLV_BYTES = 30_000;

    @Test
    void encoderIsLiveThroughSrsAndReturnsAfterKill() throws Exception {
        Optional<Path> srs = LocalSrs.findExecutable(System.getProperty("srs"));
        assumeTrue(srs.isPresent(), "SRS is not installed");
        try (RunningSystem system =
                        RunningSystem.start(Map.of("DORAMI_SRS", srs.get().toString()));
                RunningDemo demo = new RunningDemo(system)) {
            assertThat(demo.status()).isEqualTo("LIVE");
            assertPictureArrives(demo);

            long killed = system.pid(LocalSrs.NAME);
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            await("another SRS").atMost(RESTART_TIMEOUT).until(() -> system.pid(LocalSrs.NAME) != killed);
            assertPictureArrives(demo);
            assertThat(demo.status()).isEqualTo("LIVE");

            List<ProcessHandle> encoders = demo.encoders();
            demo.stop();
            assertThat(encoders).isNotEmpty().noneMatch(ProcessHandle::isAlive);
            assertThat(demo.status()).isEqualTo("OFFLINE");
        }
    }

    private static void assertPictureArrives(RunningDemo demo) throws Exception {
        byte[] flv = demo.awaitFlv(FLV_BYTES);
        assertThat(new String(Arrays.copyOf(flv, 3), StandardCharsets.US_ASCII)).isEqualTo("FLV");
        assertThat(TestPictureReader.of(flv).codecs()).containsExactlyInAnyOrder("h264", "aac");
        assertThat(TestPictureReader.of(flv).age()).isLessThan(Duration.ofSeconds(10));
        byte[] segment = demo.newestSegment(demo.awaitPlaylist());
        assertThat(TestPictureReader.of(segment).codecs()).containsExactlyInAnyOrder("h264", "aac");
    }
}
