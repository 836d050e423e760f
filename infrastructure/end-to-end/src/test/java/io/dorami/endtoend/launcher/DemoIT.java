package io.dorami.endtoend.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.local.process.Executables;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningSystem.Resolver.class)
class DemoIT {

    private static final Pattern SHOW_URL = Pattern.compile("/live/([A-Za-z0-9_-]+)");

    private final RunningSystem system;

    DemoIT(RunningSystem system) {
        this.system = system;
    }

    @Test
    void demoRunsAShowWithChatAndSalesAndEndsIt() throws IOException, InterruptedException {
        Process demo =
                system.doramiCommand("demo", "--seconds", "8", "--viewers", "4").start();
        String output = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(demo.waitFor()).as(output).isZero();
        Matcher address = SHOW_URL.matcher(output);
        assertThat(address.find()).as(output).isTrue();
        String key = address.group(1);

        assertThat(system.get("/api/streaming/key/" + key + "/status")
                        .data()
                        .path("status")
                        .asText())
                .isEqualTo("OFFLINE");
        int stock = 0;
        JsonNode products = system.get("/api/products?streamKey=" + key).data();
        for (JsonNode product : products) {
            stock += product.path("stock").asInt();
        }
        assertThat(products).hasSize(4);
        assertThat(stock).as("stock left of 59").isLessThan(59);
        JsonNode orders = system.call(
                        "GET", "/api/admin/orders?status=PAYMENT_CONFIRMED&limit=200", TestSecrets.adminToken(), null)
                .data();
        assertThat(orders.path("items"))
                .as("paid orders of this show")
                .anySatisfy(order ->
                        assertThat(order.at("/items/0/streamKey").asText()).isEqualTo(key));
        try (JsonTestClient late = JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken("late", "Late"))) {
            late.join("chat:" + key);
            assertThat(late.framesOf("chat:history")).hasSize(1);
        }
    }

    @Test
    void pictureIsLiveUntilDemoIsStopped() throws IOException, InterruptedException {
        assumeTrue(Executables.find("ffmpeg").isPresent(), "FFmpeg is not installed, so the demo has no picture");
        try (RunningDemo demo = new RunningDemo(system)) {
            String playlist = demo.awaitPlaylist();
            assertThat(playlist).contains("#EXT-X-PROGRAM-DATE-TIME:");
            TestPictureReader segment = TestPictureReader.of(demo.newestSegment(playlist));
            assertThat(segment.codecs()).containsExactlyInAnyOrder("h264", "aac");
            assertThat(segment.age()).isBetween(Duration.ZERO, Duration.ofSeconds(10));
            List<ProcessHandle> encoders = demo.encoders();
            assertThat(encoders).isNotEmpty();

            demo.stop();
            assertThat(encoders).noneMatch(ProcessHandle::isAlive);
            assertThat(demo.playlistStatus()).isEqualTo(404);
            assertThat(demo.status()).isEqualTo("OFFLINE");
        }
    }
}
