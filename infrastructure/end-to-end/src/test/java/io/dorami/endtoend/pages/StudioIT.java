package io.dorami.endtoend.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.endtoend.system.SrsCall;
import io.dorami.testing.TestSecrets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The studio on a phone, in a real browser. The encoder is played by the hooks that SRS sends for one. */
@ExtendWith({RunningSystem.Resolver.class, TestBrowser.Resolver.class})
class StudioIT {

    private static final Pattern SHOW_ADDRESS = Pattern.compile(".*/studio/([A-Za-z0-9_-]+)#on-air");

    private final RunningSystem system;
    private final TestBrowser browser;
    private final TestPage page;

    StudioIT(RunningSystem system, TestBrowser browser) {
        this.system = system;
        this.browser = browser;
        this.page = browser.open(system).onPhone();
    }

    @AfterEach
    void closePage() {
        page.close();
    }

    @Test
    void sellerRunsAShowFromItsPlanToItsRecord() {
        page.signedInAs("studio-seller", "Yuna");
        String seller = TestSecrets.userToken("studio-seller", "Yuna");
        open("/studio");
        Show show = plan("Handmade cups", seller);

        addProduct("Celadon cup", "12.90", "4");
        addProduct("Teapot", "20", "9");
        Locator cup = row("Celadon cup");
        page.button("One Celadon cup more in stock").click();
        assertThat(cup).containsText("5 left");
        page.button("Move Teapot up").click();
        await("the order in the shop")
                .untilAsserted(() -> assertThat(productNames(show)).containsExactly("Teapot", "Celadon cup"));
        page.button("Pin Celadon cup: show it over the picture").click();
        assertThat(page.button("Pinned: Celadon cup. Unpin")).isVisible();
        page.screenshot("studio-products");
        page.assertAccessible();

        system.callHook(SrsCall.of("on_publish").withStream(show, "studio-encoder"));
        assertThat(page.page().locator(".badge.live")).hasText("Live");
        startFlashPrice("Teapot", "15");

        openTab("On air");
        assertThat(page.byId("watching")).hasText("1");
        page.screenshot("studio-on-air");
        page.assertAccessible();

        String order = buy(show, "Celadon cup");
        openTab("Orders");
        Locator orders = page.byId("show-orders");
        assertThat(orders).containsText("Lee");
        assertThat(orders).containsText("Waits for payment");
        system.call(
                        "PATCH",
                        "/api/admin/orders/" + order + "/status",
                        TestSecrets.adminToken(),
                        Map.of("status", "PAYMENT_CONFIRMED"))
                .data();
        assertThat(orders).containsText("Paid");
        page.screenshot("studio-orders");
        page.assertAccessible();

        openTab("On air");
        page.button("End show").click();
        Locator question = page.sheet();
        assertThat(question).containsText("End the show?");
        page.screenshot("studio-end");
        question.getByText("End show").last().click();
        assertThat(page.button("Go live again")).isVisible();

        openTab("Record");
        assertThat(page.page().locator("[data-tab=record]")).isVisible();
        page.screenshot("studio-record");
        page.assertAccessible();
        page.page().goBack();
        assertThat(page.button("Go live again")).isVisible();
    }

    @Test
    void guestSignsInAndComesBackToTheStudio() {
        open("/studio");
        page.page().getByLabel("User id").fill("new-seller");
        page.page().getByLabel("Name in chat").fill("Mina");
        page.button("Sign in").click();
        assertThat(page.heading("No shows yet")).isVisible();
        page.screenshot("studio-empty");
        page.assertAccessible();
    }

    @Test
    void moderatorSeesTheChatAlone_untilTheRoleIsTaken() {
        String owner = TestSecrets.userToken("staff-owner", "Yuna");
        Show show = system.newLiveShow(owner, "Show with staff");
        String member = "/api/streaming/" + idOf(show) + "/staff/helper";
        system.call("PUT", member, owner, Map.of("role", "MODERATOR")).data();

        page.signedInAs("helper", "Joon");
        open("/studio");
        page.page().locator("#my-shows a").click();
        assertThat(page.heading("Show with staff")).isVisible();
        assertThat(page.page().locator("[data-tab=chat]")).isVisible();
        assertThat(page.link("Products")).isHidden();

        system.call("PUT", member, owner, Map.of("role", "COHOST")).data();
        page.link("On air").click();
        assertThat(page.byId("watching")).isVisible();
        assertThat(page.link("Staff")).isHidden();
        assertThat(page.button("Copy Stream key")).isHidden();
        assertThat(page.button("End show")).isHidden();
        openTab("Orders");
        assertThat(page.heading("No orders yet")).isVisible();

        system.call("DELETE", member, owner, null).data();
        assertThat(page.heading("This is not your show")).isVisible();
    }

    @Test
    void viewerDoesNotSeeTheStudioOfAShow() {
        Show show = system.newShow(TestSecrets.userToken("other-seller", "Yuna"), "Not yours");
        page.signedInAs("curious", "Kim");
        open("/studio/" + show.key());
        assertThat(page.heading("This is not your show")).isVisible();
    }

    private void open(String path) {
        page.page().navigate(system.url(path).toString());
    }

    private void openTab(String name) {
        page.link(name).click();
    }

    /** Fills the form, and reads the key from the page as a seller does. */
    private Show plan(String title, String owner) {
        page.link("New show").click();
        page.page().getByLabel("Title").fill(title);
        page.screenshot("studio-new");
        page.button("Create show").dblclick();
        page.page().waitForURL(SHOW_ADDRESS);
        page.button("Show Stream key").click();
        Locator keys = page.page().locator(".copy-value");
        assertThat(keys.nth(1)).containsText("?token=");
        String[] parts = keys.nth(1).innerText().split("\\?token=", 2);
        page.screenshot("studio-planned");
        page.assertAccessible();
        assertThat(streamsOf(owner)).as("streams after a double click").hasSize(1);
        return new Show(owner, parts[0], parts[1]);
    }

    private void addProduct(String name, String price, String stock) {
        openTab("Products");
        page.link("Add product").click();
        page.page().getByLabel("Name").fill(name);
        page.page().getByLabel("Price (USD)").fill(price);
        page.page().getByLabel("Units in stock").fill(stock);
        page.button("Add product").dblclick();
        assertThat(row(name)).hasCount(1);
    }

    private void startFlashPrice(String name, String price) {
        page.link("Edit " + name).click();
        page.page().getByLabel("Price for now").fill(price);
        page.button("Start flash price").click();
        assertThat(page.page().locator(".flash-price")).containsText("Flash price for 4:");
        page.screenshot("studio-product");
        page.assertAccessible();
        page.button("End flash price now").click();
        assertThat(page.button("Start flash price")).isVisible();
    }

    /** A purchase by another user; returns the order's id. */
    private String buy(Show show, String name) {
        String buyer = TestSecrets.userToken("studio-buyer", "Lee");
        String product = products(show).findParents("name").stream()
                .filter(found -> found.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asText();
        system.call("POST", "/api/cart", buyer, Map.of("productId", product, "quantity", 1))
                .data();
        return system.call("POST", "/api/orders/from-cart", buyer, Map.of())
                .data()
                .path("id")
                .asText();
    }

    private Locator row(String name) {
        return page.page().locator("#studio-products > li").filter(new Locator.FilterOptions().setHasText(name));
    }

    private JsonNode products(Show show) {
        return system.get("/api/products?streamKey=" + show.key()).data();
    }

    private List<String> productNames(Show show) {
        return products(show).findValuesAsText("name");
    }

    private JsonNode streamsOf(String user) {
        return system.call("GET", "/api/streaming/mine", user, null).data().path("streams");
    }

    private String idOf(Show show) {
        return streamsOf(show.owner()).findParents("id").stream()
                .filter(stream -> stream.path("streamKey").asText().equals(show.key()))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asText();
    }
}
