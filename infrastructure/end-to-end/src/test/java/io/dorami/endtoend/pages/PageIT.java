package io.dorami.endtoend.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.endtoend.system.SrsCall;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pages in a real browser; screenshots are stored in {@code target/screenshots}. */
@ExtendWith(RunningSystem.Resolver.class)
class PageIT {

    private static final int TIMEOUT_MILLIS = 20_000;

    private static Playwright playwright;
    private static Browser browser;

    private final RunningSystem system;
    private final Show show;
    private final Page page;
    private final List<String> errors = new ArrayList<>();

    PageIT(RunningSystem system) {
        this.system = system;
        this.show = system.newShow(TestSecrets.userToken("seller", "Yuna"), "Handmade cups");
        system.callHook(SrsCall.of("on_publish").withStream(show, show.key()));
        this.page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1280, 800));
        page.setDefaultTimeout(TIMEOUT_MILLIS);
        page.onPageError(errors::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                errors.add(message.text());
            }
        });
    }

    @BeforeAll
    static void openBrowser() {
        Path chromium = chromium();
        PlaywrightAssertions.setDefaultAssertionTimeout(TIMEOUT_MILLIS);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium)
                        .setArgs(List.of(
                                "--no-sandbox", // required if Chromium runs as root
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    @AfterAll
    static void closeBrowser() {
        playwright.close();
    }

    @AfterEach
    void assertNoPageErrors() {
        page.close();
        assertThat(errors).isEmpty();
    }

    @Test
    void startPageLinksToLiveShow() {
        page.navigate(system.url("/").toString());
        Locator card = page.locator("a[href='/live/%s']".formatted(show.key()));
        assertThat(card).containsText("Handmade cups");
        assertThat(card).containsText("Yuna");
        screenshot("front");

        card.click();
        assertThat(heading("Handmade cups")).isVisible();
        assertThat(page).hasURL(system.url("/live/" + show.key()).toString());
    }

    @Test
    void livePageUpdatesStockViewersAndEnd() {
        String product = system.newProduct(show, "Celadon cup", 12).path("id").asText();
        openShow();
        Locator row = row("Celadon cup");
        assertThat(row).containsText("12 left");
        Locator viewers = page.locator("#viewer-count");
        assertThat(viewers).hasText("1");

        try (JsonTestClient kim = JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken("kim", "Kim"))) {
            kim.join("stream:" + show.key());
            assertThat(viewers).hasText("2");
        }
        assertThat(viewers).hasText("1");

        system.call("PATCH", "/api/products/" + product + "/stock", show.owner(), Map.of("quantity", -9))
                .data();
        assertThat(row).containsText("Only 3 left");
        system.call("PATCH", "/api/products/" + product + "/sold-out", show.owner(), Map.of())
                .data();
        assertThat(row.getByText("Sold out")).isVisible();
        screenshot("live");
        page.setViewportSize(390, 844);
        screenshot("live-phone");

        system.callHook(SrsCall.of("on_unpublish").withStream(show, show.key()));
        assertThat(page.getByText("This show has ended")).isVisible();
        screenshot("ended");
    }

    @Test
    void signedInUserCanChat() {
        try (JsonTestClient kim = JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken("kim", "Kim"))) {
            kim.join("chat:" + show.key()).sendMessage("chat:" + show.key(), "Is it still available?", null);

            openShow();
            Locator composer = page.getByLabel("Your message");
            assertThat(composer).isHidden();
            signIn("lee", "Lee");

            composer.fill("Hello from a browser");
            assertThat(chat()).containsText("Kim Is it still available?");
            button("Send").click();
            await().until(() -> kim.messages().contains("Hello from a browser"));
            kim.sendMessage("chat:" + show.key(), "Welcome & enjoy!", null);
            assertThat(chat()).containsText("Kim Welcome & enjoy!");
            screenshot("chat");
        }
    }

    @Test
    void doubleClickPutsOneItemIntoTheCart_whichIsOrderedAndCancelled() {
        newProduct("Celadon cup", 4, Map.of("price", 12.9, "colorOptions", List.of("Jade", "White")));
        openShow();
        signIn("buyer", "Lee");
        screenshot("before-buying");
        page.getByLabel("Color of Celadon cup").selectOption("White");
        button("Buy Celadon cup").dblclick();
        assertThat(page.locator("#cart-summary")).hasText("Cart · 1 · $12.90");
        assertThat(row("Celadon cup")).containsText("Only 3 left");
        button("Show Celadon cup in cart").click();
        button("One Celadon cup more").click();
        assertThat(page.locator("#order")).hasText("Order · $25.80");
        assertThat(row("Celadon cup")).containsText("Only 2 left");
        screenshot("cart");

        page.locator("#order").click();
        Locator cart = page.locator("#cart");
        assertThat(cart).containsText("To pay: $25.80");
        assertThat(cart).containsText("to pay within 29:");
        assertThat(button("Buy Celadon cup")).isEnabled();
        screenshot("ordered");
        JsonNode orders = system.call("GET", "/api/orders", TestSecrets.userToken("buyer", "Lee"), null)
                .data()
                .path("items");
        assertThat(orders).hasSize(1);
        assertThat(orders.at("/0/items")).hasSize(1);
        assertThat(orders.at("/0/items/0/quantity").asInt()).isEqualTo(2);
        assertThat(orders.at("/0/items/0/color").asText()).isEqualTo("White");

        button("Cancel order").click();
        assertThat(row("Celadon cup")).containsText("Only 4 left");
        assertThat(cart).isHidden();
    }

    @Test
    void cartShowsHoldTimeThatCanBeExtended() {
        newProduct("Celadon cup", 2, Map.of("timerEnabled", true, "timerDuration", 2));
        newProduct("Teapot", 7, Map.of());
        openShow();
        signIn("slow-buyer", "Lee");
        button("Buy Celadon cup").click();
        button("Buy Teapot").click();
        button("Show Teapot in cart").click();
        Locator cup = cartRow("Celadon cup");
        assertThat(cup).containsText("held for 1:");
        assertThat(cartRow("Teapot")).not().containsText("held for");
        button("Hold Celadon cup longer").click();
        assertThat(cup).containsText("held for 3:");
        assertThat(button("Hold Celadon cup longer")).isHidden();
        screenshot("timer");
        page.setViewportSize(390, 844);
        screenshot("timer-phone");

        button("Remove Celadon cup").click();
        assertThat(cup).isHidden();
        assertThat(row("Celadon cup")).containsText("Only 2 left");
        button("Remove Teapot").click();
        assertThat(page.locator("#cart")).isHidden();
    }

    @Test
    void soldOutProductIsWaitedForAndArrivesInTheCart() {
        String cup = newProduct("Celadon cup", 1, Map.of());
        String kim = TestSecrets.userToken("holder", "Kim");
        String held = system.call("POST", "/api/cart", kim, Map.of("productId", cup, "quantity", 1))
                .data()
                .path("id")
                .asText();
        openShow();
        signIn("waiting-buyer", "Lee");
        assertThat(row("Celadon cup").getByText("Sold out")).isVisible();
        button("Tell me when Celadon cup is back").dblclick();
        assertThat(toast()).containsText("You are number 1 for Celadon cup");
        assertThat(button("Stop waiting for Celadon cup, number 1")).hasText("No. 1");
        screenshot("waiting");
        button("Stop waiting for Celadon cup").click();
        button("Tell me when Celadon cup is back").click();
        assertThat(button("Stop waiting for Celadon cup")).isEnabled();

        system.call("DELETE", "/api/cart/" + held, kim, null).data();
        assertThat(toast()).containsText("Celadon cup is back, and in your cart");
        assertThat(cartRow("Celadon cup")).containsText("held for 9:");
        assertThat(button("Show Celadon cup in cart")).isVisible();
        screenshot("promoted");
    }

    @Test
    void hostPinsProductAndSeesBothViewerCounts() {
        system.newProduct(show, "Celadon cup", 12);
        system.newProduct(show, "Teapot", 7);
        try (JsonTestClient kim = JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken("kim", "Kim"))) {
            kim.join("stream:" + show.key()).join("shop:" + show.key());
            openShow();
            Locator players = page.locator("#players");
            assertThat(button("Buy Teapot")).isVisible();
            assertThat(button("Pin Teapot")).isHidden();
            assertThat(players).isHidden();

            signIn("seller", "Yuna");
            assertThat(page.locator("#viewer-count")).hasText("2");
            assertThat(players).hasText("0 playing");
            system.callHook(SrsCall.of("on_play_flv").withStream(show, "player-1"));
            assertThat(players).hasText("1 playing");
            assertThat(page.locator("#viewer-count")).hasText("2");
            assertThat(button("Buy Teapot")).isHidden();

            button("Pin Teapot").click();
            kim.await(
                    frame -> frame.path("event").asText().equals("stream:featured-product:updated")
                            && frame.at("/data/product/name").asText().equals("Teapot"),
                    "the pinned product");
            assertThat(row("Teapot")).hasClass(Pattern.compile("featured"));
            screenshot("host");
            page.setViewportSize(390, 844);
            screenshot("host-phone");
            button("Pin Teapot").click();
            kim.await(
                    frame -> frame.path("event").asText().equals("stream:featured-product:updated")
                            && frame.at("/data/product").isNull(),
                    "no pinned product");
            assertThat(row("Teapot")).not().hasClass(Pattern.compile("featured"));
        }
    }

    private void signIn(String id, String name) {
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Sign in to chat"))
                .click();
        screenshot("sign-in");
        page.getByLabel("User id").fill(id);
        page.getByLabel("Name in chat").fill(name);
        button("Sign in").click();
        assertThat(page.getByLabel("Your message")).isVisible();
    }

    private String newProduct(String name, int stock, Map<String, Object> settings) {
        String id = system.newProduct(show, name, stock).path("id").asText();
        system.call("PATCH", "/api/products/" + id, show.owner(), settings).data();
        return id;
    }

    private Locator row(String product) {
        return page.locator("#products li").filter(new Locator.FilterOptions().setHasText(product));
    }

    private Locator cartRow(String product) {
        return page.locator("#cart-items li").filter(new Locator.FilterOptions().setHasText(product));
    }

    private Locator toast() {
        return page.locator("#toast");
    }

    private void openShow() {
        page.navigate(system.url("/live/" + show.key()).toString());
        assertThat(heading("Handmade cups")).isVisible();
    }

    private Locator heading(String name) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(name));
    }

    private Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name));
    }

    private Locator chat() {
        return page.getByRole(AriaRole.LOG);
    }

    private void screenshot(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "screenshots", name + ".png")));
    }

    private static Path chromium() {
        Stream<Path> onPath = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(folder, name)));
        return Stream.concat(Optional.ofNullable(System.getenv("DORAMI_CHROMIUM")).map(Path::of).stream(), onPath)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("These tests need Chromium: apt install chromium"
                        + " (./dorami test installs it), or set DORAMI_CHROMIUM to its path"));
    }
}
