package io.dorami.endtoend.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.endtoend.system.SrsCall;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The front page and the room of a show in a real browser. */
@ExtendWith({RunningSystem.Resolver.class, TestBrowser.Resolver.class})
class PageIT {

    private final RunningSystem system;
    private final TestBrowser browser;
    private final Show show;
    private final TestPage page;

    PageIT(RunningSystem system, TestBrowser browser) {
        this.system = system;
        this.browser = browser;
        this.show = system.newLiveShow(TestSecrets.userToken("seller", "Yuna"), "Handmade cups");
        this.page = browser.open(system);
    }

    @AfterEach
    void closePage() {
        page.close();
    }

    @Test
    void frontPageLinksToLiveShow() {
        page.openFrontPage();
        Locator card = page.page().locator("a[href='/live/%s']".formatted(show.key()));
        assertThat(card).containsText("Handmade cups");
        assertThat(card).containsText("Yuna");
        page.screenshot("front");
        page.assertAccessible();

        card.click();
        assertThat(page.heading("Handmade cups")).isVisible();
        assertThat(page.page()).hasURL(system.url("/live/" + show.key()).toString());
    }

    @Test
    void koreanBrowserGetsKoreanPages_untilTheLanguageIsSwitched() {
        system.newProduct(show, "Celadon cup", 12);
        try (TestPage korean = browser.open(system, "ko-KR")) {
            korean.openFrontPage();
            assertThat(korean.heading("지금 라이브 중")).isVisible();
            assertThat(korean.page().locator("html")).hasAttribute("lang", "ko");
            korean.openShow(show);
            assertThat(korean.product("Celadon cup")).containsText("12개 남음");
            assertThat(korean.link("로그인하고 채팅하기")).isVisible();
            korean.screenshot("live-korean");

            korean.button("English").click();
            assertThat(korean.product("Celadon cup")).containsText("12 left");
            assertThat(korean.page().locator("html")).hasAttribute("lang", "en");
        }
    }

    @Test
    void livePageUpdatesStockViewersAndEnd() {
        String product = system.newProduct(show, "Celadon cup", 12).path("id").asText();
        page.openShow(show);
        Locator row = page.product("Celadon cup");
        assertThat(row).containsText("12 left");
        Locator viewers = page.byId("viewer-count");
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
        page.screenshot("live");
        page.assertAccessible();
        page.onPhone().screenshot("live-phone");

        system.callHook(SrsCall.of("on_unpublish").withStream(show, show.key()));
        assertThat(page.page().getByText("This show has ended")).isVisible();
        page.screenshot("ended");
    }

    @Test
    void guestReadsTheChat_andSignsInToWrite() {
        try (JsonTestClient kim = JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken("kim", "Kim"))) {
            kim.join("chat:" + show.key()).sendMessage("chat:" + show.key(), "Is it still available?", null);

            page.openShow(show);
            Locator composer = page.page().getByLabel("Your message");
            assertThat(page.chat()).containsText("Is it still available?");
            assertThat(composer).isHidden();
            kim.sendMessage("chat:" + show.key(), "Anyone here?", null);
            assertThat(page.chat()).containsText("Anyone here?");

            page.link("Sign in to chat").click();
            page.screenshot("sign-in");
            page.assertAccessible();
            page.page().getByLabel("User id").fill("lee");
            page.page().getByLabel("Name in chat").fill("Lee");
            page.button("Sign in").click();

            composer.fill("Hello from a browser");
            assertThat(page.chat()).containsText("Is it still available?");
            page.button("Send").click();
            await().until(() -> kim.messages().contains("Hello from a browser"));
            kim.sendMessage("chat:" + show.key(), "Welcome & enjoy!", null);
            assertThat(page.chat()).containsText("Welcome & enjoy!");
            page.screenshot("chat");
        }
    }

    @Test
    void hostPinsProductAndSeesBothViewerCounts() {
        system.newProduct(show, "Celadon cup", 12);
        system.newProduct(show, "Teapot", 7);
        try (JsonTestClient kim = JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken("kim", "Kim"));
                TestPage viewer = browser.open(system).openShow(show)) {
            kim.join("stream:" + show.key()).join("shop:" + show.key());
            assertThat(viewer.button("Buy Teapot")).isVisible();
            assertThat(viewer.button("Pin Teapot")).isHidden();
            assertThat(viewer.byId("players")).isHidden();

            page.signedInAs("seller", "Yuna").openShow(show);
            Locator players = page.byId("players");
            assertThat(page.byId("viewer-count")).hasText("3");
            assertThat(players).hasText("0 playing");
            system.callHook(SrsCall.of("on_play_flv").withStream(show, "player-1"));
            assertThat(players).hasText("1 playing");
            assertThat(page.byId("viewer-count")).hasText("3");
            assertThat(page.button("Buy Teapot")).isHidden();

            page.product("Teapot").getByText("Pin").click();
            Locator featured = viewer.page().getByLabel("Featured now");
            assertThat(featured).containsText("Teapot");
            assertThat(page.product("Teapot")).hasClass(Pattern.compile("featured"));
            kim.await(
                    frame -> frame.path("event").asText().equals("stream:featured-product:updated")
                            && frame.at("/data/product/name").asText().equals("Teapot"),
                    "the pinned product");
            page.screenshot("host");
            page.onPhone().screenshot("host-phone");
            page.product("Teapot").getByText("Pinned").click();
            kim.await(
                    frame -> frame.path("event").asText().equals("stream:featured-product:updated")
                            && frame.at("/data/product").isNull(),
                    "no pinned product");
            assertThat(featured).isHidden();
            assertThat(page.product("Teapot")).not().hasClass(Pattern.compile("featured"));
        }
    }
}
