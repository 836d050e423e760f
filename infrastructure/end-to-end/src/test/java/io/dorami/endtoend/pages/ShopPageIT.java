package io.dorami.endtoend.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import io.dorami.endtoend.system.RunningSystem;
import io.dorami.endtoend.system.RunningSystem.Show;
import io.dorami.testing.TestSecrets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Purchases in the room of a show, in a real browser. */
@ExtendWith({RunningSystem.Resolver.class, TestBrowser.Resolver.class})
class ShopPageIT {

    private final RunningSystem system;
    private final TestBrowser browser;
    private final Show show;
    private final TestPage page;

    ShopPageIT(RunningSystem system, TestBrowser browser) {
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
    void doubleClicksMakeOneOrder_whichIsCancelled() {
        newProduct("Celadon cup", 4, Map.of("price", 12.9, "colorOptions", List.of("Jade", "White")));
        page.signedInAs("buyer", "Lee").openShow(show);
        page.button("Buy Celadon cup").dblclick();
        Locator sheet = page.sheet();
        sheet.getByLabel("White").check();
        sheet.getByText("Buy").dblclick();
        assertThat(sheet.getByText("Order · $12.90")).isVisible();
        page.screenshot("sheet");
        page.page().keyboard().press("Escape");
        assertThat(sheet).isHidden();
        assertThat(page.byId("cart-summary")).hasText("Cart · 1 · $12.90");
        assertThat(page.product("Celadon cup")).containsText("Only 3 left");

        page.button("In cart: show Celadon cup").click();
        page.button("One Celadon cup more").click();
        assertThat(page.byId("order")).hasText("Order · $25.80");
        assertThat(page.product("Celadon cup")).containsText("Only 2 left");
        page.screenshot("cart");

        page.byId("order").dblclick();
        Locator cart = page.byId("cart");
        assertThat(cart).containsText("To pay: $25.80");
        assertThat(cart).containsText("to pay within 29:");
        assertThat(page.button("Buy Celadon cup")).isEnabled();
        page.screenshot("ordered");
        JsonNode orders = ordersOf("buyer");
        assertThat(orders).hasSize(1);
        assertThat(orders.at("/0/items")).hasSize(1);
        assertThat(orders.at("/0/items/0/quantity").asInt()).isEqualTo(2);
        assertThat(orders.at("/0/items/0/color").asText()).isEqualTo("White");

        page.button("Cancel order").click();
        assertThat(page.product("Celadon cup")).containsText("Only 4 left");
        assertThat(cart).isHidden();
    }

    @Test
    void twoTapsOrderAtTheFlashPrice_andThePageTellsThePayment() {
        newProduct(
                "Teapot",
                9,
                Map.of(
                        "price",
                        20,
                        "flashPrice",
                        15,
                        "flashEndsAt",
                        Instant.now().plus(Duration.ofMinutes(2)).toString()));
        page.signedInAs("payer", "Lee").onPhone().openShow(show);
        assertThat(page.product("Teapot")).containsText("Flash price for 1:");
        assertThat(page.product("Teapot")).containsText("$15.00");
        page.screenshot("flash-price-phone");
        page.button("Buy Teapot").click();
        assertThat(page.byId("order")).hasText("Order · $15.00");
        page.byId("order").click();
        Locator cart = page.byId("cart");
        assertThat(cart).containsText("To pay: $15.00");

        String order = ordersOf("payer").at("/0/id").asText();
        system.call(
                        "PATCH",
                        "/api/admin/orders/" + order + "/status",
                        TestSecrets.adminToken(),
                        Map.of("status", "PAYMENT_CONFIRMED"))
                .data();
        assertThat(cart).containsText("Paid. Thank you!");
        page.screenshot("paid-phone");
    }

    @Test
    void buyerSeesTheStockFallAsAnotherBuys() {
        newProduct("Celadon cup", 6, Map.of());
        try (TestPage other =
                browser.open(system).signedInAs("other-buyer", "Kim").openShow(show)) {
            page.signedInAs("watching-buyer", "Lee").openShow(show);
            page.product("Celadon cup").getByText("Celadon cup").click();
            assertThat(page.sheet()).containsText("6 left");
            page.assertAccessible();

            other.button("Buy Celadon cup").click();
            assertThat(page.sheet()).containsText("5 left");
            other.button("In cart: show Celadon cup").click();
            other.button("One Celadon cup more").click();
            assertThat(page.sheet()).containsText("Only 4 left");
            assertThat(page.product("Celadon cup")).containsText("Only 4 left");
        }
    }

    @Test
    void cartShowsHoldTimeThatCanBeExtended() {
        newProduct("Celadon cup", 2, Map.of("timerEnabled", true, "timerDuration", 2));
        newProduct("Teapot", 7, Map.of());
        page.signedInAs("slow-buyer", "Lee").openShow(show);
        page.button("Buy Celadon cup").click();
        page.button("Buy Teapot").click();
        page.button("In cart: show Teapot").click();
        Locator cup = page.cartItem("Celadon cup");
        assertThat(cup).containsText("held for 1:");
        assertThat(page.cartItem("Teapot")).not().containsText("held for");
        page.button("Extend the hold of Celadon cup").click();
        assertThat(cup).containsText("held for 3:");
        assertThat(page.button("Extend the hold of Celadon cup")).isHidden();
        page.screenshot("timer");
        page.assertAccessible();
        page.onPhone().screenshot("timer-phone");

        page.button("Remove Celadon cup").click();
        assertThat(cup).isHidden();
        assertThat(page.product("Celadon cup")).containsText("Only 2 left");
        page.button("Remove Teapot").click();
        assertThat(page.byId("cart")).isHidden();
    }

    @Test
    void soldOutProductIsWaitedForAndArrivesInTheCart() {
        String cup = newProduct("Celadon cup", 1, Map.of());
        String kim = TestSecrets.userToken("holder", "Kim");
        String held = system.call("POST", "/api/cart", kim, Map.of("productId", cup, "quantity", 1))
                .data()
                .path("id")
                .asText();
        page.signedInAs("waiting-buyer", "Lee").openShow(show);
        assertThat(page.product("Celadon cup").getByText("Sold out")).isVisible();
        page.button("Tell me when Celadon cup is back").dblclick();
        assertThat(page.toast()).containsText("You are number 1 for Celadon cup");
        assertThat(page.button("No. 1: stop waiting for Celadon cup")).hasText("No. 1");
        page.screenshot("waiting");
        page.button("No. 1: stop waiting for Celadon cup").click();
        page.button("Tell me when Celadon cup is back").click();
        assertThat(page.button("No. 1: stop waiting for Celadon cup")).isEnabled();

        system.call("DELETE", "/api/cart/" + held, kim, null).data();
        assertThat(page.toast()).containsText("Celadon cup is back, and in your cart");
        assertThat(page.cartItem("Celadon cup")).containsText("held for 9:");
        assertThat(page.button("In cart: show Celadon cup")).isVisible();
        page.screenshot("promoted");
    }

    @Test
    void guestIsAskedToSignInToBuy() {
        newProduct("Celadon cup", 2, Map.of());
        page.openShow(show);
        page.button("Buy Celadon cup").click();
        assertThat(page.page().getByLabel("User id")).isVisible();
        page.page().getByLabel("User id").fill("new-buyer");
        page.page().getByLabel("Name in chat").fill("Lee");
        page.button("Sign in").click();
        page.button("Buy Celadon cup").click();
        assertThat(page.byId("order")).isVisible();
    }

    private JsonNode ordersOf(String buyer) {
        return system.call("GET", "/api/orders", TestSecrets.userToken(buyer, "Lee"), null)
                .data()
                .path("items");
    }

    private String newProduct(String name, int stock, Map<String, Object> settings) {
        String id = system.newProduct(show, name, stock).path("id").asText();
        system.call("PATCH", "/api/products/" + id, show.owner(), settings).data();
        return id;
    }
}
