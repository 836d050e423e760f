package io.dorami.endtoend.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import io.dorami.endtoend.system.Repository;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.testing.TestSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A page in the browser, whose errors fail the test. Screenshots are stored in {@code target/screenshots}. */
final class TestPage implements AutoCloseable {

    private static final Path AXE = Repository.ROOT.resolve("gateway/web/node_modules/axe-core/axe.min.js");

    /** The rules of axe that are broken in a way that keeps people from using the page. */
    private static final String SERIOUS_FINDINGS = """
        async () => (await axe.run()).violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, nodes }) => `${id}: ${nodes[0].html}`)
        """;

    private final RunningSystem system;
    private final Page page;
    private final List<String> errors = new ArrayList<>();

    TestPage(RunningSystem system, Page page) {
        this.system = system;
        this.page = page;
        page.setDefaultTimeout(TestBrowser.TIMEOUT_MILLIS);
        page.onPageError(errors::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !isMissingMedia(message) && !isRefusedGuest(message)) {
                errors.add(message.text() + " " + message.location());
            }
        });
    }

    /** The shows of these tests are live without an encoder, so that the player finds nothing to play. */
    private static boolean isMissingMedia(ConsoleMessage message) {
        return message.location().matches("https?://[^/]+/(hls|live/live|rtc)/.*");
    }

    /** The studio learns from its first call that the user has not signed in. */
    private static boolean isRefusedGuest(ConsoleMessage message) {
        return message.location().matches("https?://[^/]+/api/streaming/mine.*")
                && message.text().contains("401");
    }

    Page page() {
        return page;
    }

    TestPage openFrontPage() {
        page.navigate(system.url("/").toString());
        return this;
    }

    TestPage openShow(Show show) {
        page.navigate(system.url("/live/" + show.key()).toString());
        return this;
    }

    /** Signs in without the form, as the web platform does. */
    TestPage signedInAs(String id, String name) {
        String site = system.url("/").toString();
        page.context()
                .addCookies(List.of(
                        new Cookie("accessToken", TestSecrets.userToken(id, name)).setUrl(site),
                        new Cookie("csrf-token", "csrf-" + id).setUrl(site)));
        return this;
    }

    TestPage onPhone() {
        page.setViewportSize(390, 844);
        return this;
    }

    Locator byId(String id) {
        return page.locator("#" + id);
    }

    Locator heading(String name) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(name));
    }

    Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
    }

    Locator link(String name) {
        return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name));
    }

    /** The row of a product in the list of products. */
    Locator product(String name) {
        return page.locator("#products li").filter(new Locator.FilterOptions().setHasText(name));
    }

    /** The row of a product in the cart. */
    Locator cartItem(String name) {
        return page.locator("#cart-items li").filter(new Locator.FilterOptions().setHasText(name));
    }

    Locator sheet() {
        return page.getByRole(AriaRole.DIALOG);
    }

    Locator chat() {
        return page.getByRole(AriaRole.LOG);
    }

    Locator toast() {
        return byId("toast");
    }

    void screenshot(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "screenshots", name + ".png")));
    }

    /** Fails if axe finds something serious. Skips the test if axe-core is not installed. */
    void assertAccessible() {
        assumeThat(Files.exists(AXE))
                .as("axe-core is installed; the build of the gateway installs it if it finds npm: " + AXE)
                .isTrue();
        try {
            page.evaluate(Files.readString(AXE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat((List<?>) page.evaluate(SERIOUS_FINDINGS))
                .as("serious findings")
                .isEmpty();
    }

    @Override
    public void close() {
        page.close();
        assertThat(errors).as("errors of the page").isEmpty();
    }
}
