package io.dorami.endtoend.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.testing.JsonTestClient;
import io.dorami.testing.TestSecrets;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The studio's moderation, staff and record on a phone, in a real browser. */
@ExtendWith({RunningSystem.Resolver.class, TestBrowser.Resolver.class})
class StudioModerationIT {

    private final RunningSystem system;
    private final TestBrowser browser;
    private final Show show;
    private final TestPage host;

    StudioModerationIT(RunningSystem system, TestBrowser browser) {
        this.system = system;
        this.browser = browser;
        this.show = system.newLiveShow(TestSecrets.userToken("strict-seller", "Yuna"), "Handmade cups");
        this.host = browser.open(system).onPhone().signedInAs("strict-seller", "Yuna");
    }

    /** chat-service learns the owner of a stream by event. */
    @BeforeEach
    void awaitChatRoom() {
        await("the chat's owner")
                .until(() -> system.call("GET", "/api/chat/" + show.key(), show.owner(), null)
                                .status()
                        == 200);
    }

    @AfterEach
    void closePage() {
        host.close();
    }

    @Test
    void hostModeratesMessages_andWritesANotice() {
        try (TestPage kim = openShow("kim", "Kim");
                JsonTestClient lee = joinChat("lee", "Lee")) {
            openStudio("chat");
            write(lee, "Buy followers");
            assertThat(message(kim, "Buy followers")).isVisible();
            assertThat(kim.page().locator(".moderate")).hasCount(0);
            openMenu(host, "Buy followers");
            host.screenshot("studio-message-menu");
            host.assertAccessible();
            choose(host, "Delete message");
            assertThat(message(kim, "Buy followers")).hasCount(0);

            Locator composer = kim.page().getByLabel("Your message");
            composer.fill("Which colour is it?");
            composer.press("Enter");
            openMenu(host, "Which colour is it?");
            choose(host, "No messages for 10 min");
            assertThat(kim.page().getByText("You cannot write for now")).isVisible();
            openPart("Banned and timed out");
            host.button("Lift the restriction of kim").click();
            assertThat(composer).isVisible();

            write(lee, "Cheap watches");
            openMenu(host, "Cheap watches");
            choose(host, "Ban");
            Locator question = dialog("Ban Lee from this chat?");
            assertThat(question).containsText("All their messages are deleted");
            question.getByText("Ban", new Locator.GetByTextOptions().setExact(true))
                    .click();
            assertThat(message(kim, "Cheap watches")).hasCount(0);
            assertThat(host.page().locator(".moderation-row")).containsText("lee");

            openMenu(host, "Which colour is it?");
            choose(host, "Pin");
            assertThat(pinned(kim)).containsText("Which colour is it?");
            host.page().getByLabel("Notice to the room").fill("Free shipping until ten");
            host.button("Show notice").click();
            assertThat(pinned(kim)).containsText("Free shipping until ten");
            try (TestPage late = openShow("late", "Joon")) {
                assertThat(pinned(late)).containsText("Free shipping until ten");
            }

            openPart("Chat rules");
            host.page().getByLabel("Slow mode").selectOption("30");
            assertThat(kim.page().getByText("Slow mode: one message every 30 s"))
                    .isVisible();
            host.page().getByLabel("Blocked words").fill("watches\n\nwatches");
            host.button("Save words").click();
            assertThat(host.toast()).hasText("The words are blocked from now on.");
            assertThat(host.page().getByLabel("Blocked words")).hasValue("watches");
            host.screenshot("studio-chat");
            host.assertAccessible();
        }
    }

    @Test
    void moderatorActsOnTheLivePage_untilRemoved() {
        try (TestPage kim = openShow("kim", "Kim");
                JsonTestClient lee = joinChat("lee", "Lee")) {
            write(lee, "Buy followers");
            write(lee, "Which colour is it?");
            assertThat(message(kim, "Which colour is it?")).isVisible();
            assertThat(kim.page().locator(".moderate")).hasCount(0);

            openStudio("staff");
            host.page().getByLabel("User id").fill("kim");
            host.button("Add").click();
            assertThat(host.page().locator(".staff-member")).containsText("Moderator");
            host.screenshot("studio-staff");
            host.assertAccessible();
            openMenu(kim, "Buy followers");
            kim.onPhone().screenshot("live-message-menu");
            kim.assertAccessible();
            choose(kim, "Delete message");
            assertThat(message(kim, "Buy followers")).hasCount(0);
            assertThat(kim.page().locator(".moderate")).hasCount(1);

            host.page().locator(".staff-member button").click();
            host.sheet()
                    .getByText("Remove", new Locator.GetByTextOptions().setExact(true))
                    .click();
            assertThat(host.page().getByText("No one helps with this show yet."))
                    .isVisible();
            assertThat(kim.page().locator(".moderate")).hasCount(0);
        }
    }

    @Test
    void recordAndItsFileHaveTheFiguresOfTheServices() throws IOException {
        openStudio("chat");
        assertThat(host.page().getByText("1 watching")).isVisible();
        String cup = newProduct("Celadon cup");
        String teapot = newProduct("=Teapot, \"large\"");
        ok("POST", "/api/streaming/" + show.key() + "/featured-product", show.owner(), Map.of("productId", cup));
        try (JsonTestClient lee = joinChat("lee", "Lee")) {
            write(lee, "Which colour is it?");
        }
        String paid = order("buyer-one", cup, 2).path("id").asText();
        order("buyer-two", teapot, 1);
        ok(
                "PATCH",
                "/api/admin/orders/" + paid + "/status",
                TestSecrets.adminToken(),
                Map.of("status", "PAYMENT_CONFIRMED"));
        String id = ok("GET", "/api/streaming/key/" + show.key() + "/role", show.owner(), null)
                .path("streamId")
                .asText();
        ok("PATCH", "/api/streaming/" + id + "/stop", show.owner(), Map.of());
        JsonNode past =
                ok("GET", "/api/streaming/" + id + "/shows", show.owner(), null).path(0);
        String start = "?startedAt=" + encode(past.path("startedAt").asText());
        String audiencePath = "/api/viewers/" + show.key() + start;
        awaitRecord(audiencePath, "\"peak\":1");
        awaitRecord("/api/chat/" + show.key() + "/statistics" + start, "\"messages\":1");

        openStudio("record");
        assertThat(figure("Messages")).hasText("1");
        assertThat(figure("Orders")).hasText("2");
        assertThat(figure("Paid orders")).hasText("1");
        assertThat(figure("Units sold")).hasText("2");
        assertThat(figure("Revenue")).hasText("$38,000.00");
        assertThat(figure("Not paid yet")).hasText("$19,000.00");
        assertThat(host.page().locator(".plot-marks")).containsText("Celadon cup · pinned");
        host.screenshot("studio-record-of-a-show");
        host.assertAccessible();

        JsonNode audience = ok("GET", audiencePath, show.owner(), null);
        assertThat(download("Figures (CSV)"))
                .contains(
                        "\uFEFFStart," + past.path("startedAt").asText(),
                        "Most at once," + audience.path("peak").asText(),
                        "Different viewers," + audience.path("unique").asText(),
                        "Watch time," + audience.path("watchSeconds").asText(),
                        "Messages,1",
                        "Orders,2",
                        "Revenue,38000",
                        "Not paid yet,19000");
        assertThat(download("Products (CSV)"))
                .containsExactly(
                        "\uFEFFProduct,Units sold,Units to pay,Revenue",
                        "Celadon cup,2,0,38000",
                        "\"'=Teapot, \"\"large\"\"\",0,1,0");
    }

    private TestPage openShow(String id, String name) {
        return browser.open(system).signedInAs(id, name).openShow(show);
    }

    private JsonTestClient joinChat(String id, String name) {
        return JsonTestClient.connect(system.socketUrl(), TestSecrets.userToken(id, name))
                .join("chat:" + show.key());
    }

    private void write(JsonTestClient client, String text) {
        client.sendMessage("chat:" + show.key(), text, null);
    }

    private void openStudio(String tab) {
        host.page().navigate(system.url("/studio/" + show.key()).toString() + "#" + tab);
        assertThat(host.page().locator("[data-tab=" + tab + "]")).isVisible();
    }

    private void openPart(String summary) {
        host.page()
                .locator("summary")
                .filter(new Locator.FilterOptions().setHasText(summary))
                .click();
    }

    private static Locator message(TestPage page, String text) {
        return page.page().locator(".message").filter(new Locator.FilterOptions().setHasText(text));
    }

    private static void openMenu(TestPage page, String text) {
        message(page, text).locator(".moderate").click();
        assertThat(page.page().locator(".message-menu")).containsText(text);
    }

    private static void choose(TestPage page, String action) {
        page.page()
                .locator(".message-menu")
                .getByText(action, new Locator.GetByTextOptions().setExact(true))
                .click();
    }

    private Locator dialog(String name) {
        return host.page().getByRole(AriaRole.DIALOG, new Page.GetByRoleOptions().setName(name));
    }

    private static Locator pinned(TestPage page) {
        return page.page().locator(".pinned");
    }

    private Locator figure(String name) {
        return host.page().locator("#record-figures dt:text-is('%s') + dd".formatted(name));
    }

    /** The lines of a file that the page saves. */
    private List<String> download(String button) throws IOException {
        Path file =
                host.page().waitForDownload(() -> host.button(button).click()).path();
        return Files.readString(file).lines().toList();
    }

    /** Each service stores the record of the show by itself. */
    private void awaitRecord(String path, String figure) {
        await("the record in " + path)
                .until(
                        () -> system.call("GET", path, show.owner(), null).body(),
                        body -> body.contains("\"endedAt\"") && body.contains(figure));
    }

    private String newProduct(String name) {
        return system.newProduct(show, name, 9).path("id").asText();
    }

    private JsonNode order(String buyer, String product, int quantity) {
        String token = TestSecrets.userToken(buyer, "Lee");
        ok("POST", "/api/cart", token, Map.of("productId", product, "quantity", quantity));
        return ok("POST", "/api/orders/from-cart", token, Map.of());
    }

    private JsonNode ok(String method, String path, String token, @Nullable Object body) {
        return system.call(method, path, token, body).data();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
