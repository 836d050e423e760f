package io.dorami.endtoend.edge;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.WebSocket;
import io.dorami.endtoend.clients.Chromium;
import io.dorami.endtoend.system.NginxProxy;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.testing.TestSecrets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** A show's page in Chromium, through HTTPS with HTTP/2. Writes {@code target/screenshots/edge.png}. */
@EnabledIfSystemProperty(named = "edge", matches = ".*")
@ExtendWith(RunningSystem.Resolver.class)
class EdgePageIT {

    private final RunningSystem system;

    EdgePageIT(RunningSystem system) {
        this.system = system;
    }

    @Test
    void pageAndSocketComeThroughTls() {
        assumeTrue(NginxProxy.isInstalled(), "Nginx is not installed");
        Optional<Path> chromium = Chromium.find();
        assumeTrue(chromium.isPresent(), "Chromium is not installed");
        Show show = system.newLiveShow(TestSecrets.userToken("seller", "Yuna"), "Handmade cups");
        String gateway = "127.0.0.1:" + system.url("/").getPort();
        try (NginxProxy nginx = new NginxProxy(Map.of(
                        "DORAMI_EDGE", "tls",
                        "DORAMI_GATEWAY", gateway,
                        "DORAMI_MEDIA", gateway,
                        "DORAMI_PLAY_GATE", gateway));
                Playwright playwright = Chromium.createPlaywright()) {
            Browser browser = Chromium.launch(playwright, chromium.get());
            // The certificate is the test's own.
            Page page = browser.newPage(new Browser.NewPageOptions().setIgnoreHTTPSErrors(true));
            WebSocket socket = page.waitForWebSocket(
                    () -> page.navigate(nginx.url("/live/" + show.key()).toString()));
            assertThat(page.getByText("Handmade cups").first()).isVisible();

            assertThat(page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol"))
                    .isEqualTo("h2");
            assertThat(socket.url()).startsWith("wss://");
            page.waitForCondition(() -> !socket.isClosed());
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "screenshots", "edge.png")));
        }
    }
}
