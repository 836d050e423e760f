package io.dorami.product.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.Json;
import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.events.RoomEvent.ProductAdded;
import io.dorami.contracts.events.RoomEvent.ProductAddedFlat;
import io.dorami.contracts.events.RoomEvent.ProductDeleted;
import io.dorami.contracts.events.RoomEvent.ProductLowStock;
import io.dorami.contracts.events.RoomEvent.ProductSoldOut;
import io.dorami.contracts.events.RoomEvent.ProductUpdated;
import io.dorami.product.catalog.ProductRules.ProductState;
import io.dorami.product.catalog.ProductRules.ProductTransition;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ProductRulesTest {

    private static final Instant NOW = Instant.parse("2026-02-28T12:00:00Z");
    private final ProductRules rules = new ProductRules(5, amount -> amount.setScale(2));

    @Test
    void newProductPublishesAddedEvents() {
        ProductTransition transition = create(10);
        assertThat(transition.state().product().version()).isEqualTo(1);
        assertThat(transition.state().product().status()).isEqualTo(Status.AVAILABLE);
        assertThat(transition.events()).hasExactlyElementsOfTypes(ProductAdded.class, ProductAddedFlat.class);
    }

    @Test
    void lastUnitSellsOut() {
        ProductTransition transition = rules.adjustStock(create(2).state(), -2, NOW);
        assertThat(transition.state().product().status()).isEqualTo(Status.SOLD_OUT);
        assertThat(transition.events()).hasAtLeastOneElementOfType(ProductSoldOut.class);
        assertThat(transition.state().product().version()).isEqualTo(2);
    }

    @Test
    void stockCannotGoBelowZero() {
        ProductState twoUnits = create(2).state();
        assertThatThrownBy(() -> rules.adjustStock(twoUnits, -3, NOW))
                .isInstanceOfSatisfying(
                        DoramiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    @Test
    void returnedStockMakesProductAvailable() {
        ProductState noUnits = rules.adjustStock(create(1).state(), -1, NOW).state();
        assertThat(rules.adjustStock(noUnits, 1, NOW).state().product().status())
                .isEqualTo(Status.AVAILABLE);
    }

    @Test
    void productMarkedSoldOutStaysSoldOut() {
        ProductTransition markedSoldOut = rules.markSoldOut(create(10).state(), NOW);
        assertThat(markedSoldOut.events()).hasAtLeastOneElementOfType(ProductSoldOut.class);
        assertThat(rules.adjustStock(markedSoldOut.state(), 5, NOW)
                        .state()
                        .product()
                        .status())
                .isEqualTo(Status.SOLD_OUT);
        ProductChange makeAvailable = ProductChange.of(null, Status.AVAILABLE);
        assertThat(rules.change(markedSoldOut.state(), makeAvailable, NOW)
                        .state()
                        .product()
                        .status())
                .isEqualTo(Status.AVAILABLE);
    }

    @Test
    void soldOutIsPublishedOnce() {
        ProductState soldOut = rules.markSoldOut(create(10).state(), NOW).state();
        assertThat(rules.markSoldOut(soldOut, NOW).events()).noneMatch(ProductSoldOut.class::isInstance);
    }

    @Test
    void stockBelowFivePublishesLowStock() {
        assertThat(rules.adjustStock(create(10).state(), -5, NOW).events())
                .singleElement()
                .isInstanceOf(ProductUpdated.class);
        assertThat(rules.adjustStock(create(10).state(), -6, NOW).events())
                .hasAtLeastOneElementOfType(ProductLowStock.class);
    }

    @Test
    void risingStockPublishesNoLowStock() {
        assertThat(rules.adjustStock(create(2).state(), 1, NOW).events()).noneMatch(ProductLowStock.class::isInstance);
    }

    @Test
    void hiddenProductIsAddedToRoomByItsRelease() {
        ProductState hidden = rules.change(create(10).state(), hide(), NOW).state();
        assertThat(rules.change(create(10).state(), hide(), NOW).events())
                .hasExactlyElementsOfTypes(ProductDeleted.class);
        assertThat(rules.adjustStock(hidden, -10, NOW).events()).isEmpty();
        ProductTransition released = rules.change(hidden, ProductChange.of(null, Status.AVAILABLE), NOW);
        assertThat(released.events()).hasExactlyElementsOfTypes(ProductAdded.class, ProductAddedFlat.class);
        assertThat(released.state().product().excludeFromStore()).isFalse();
    }

    @Test
    void changeOfOldVersionIsRejected() {
        ProductState second = rules.adjustStock(create(10).state(), -1, NOW).state();
        ProductChange change = ProductChange.of(10, null);
        assertThat(rules.change(second, change.withVersion(2), NOW)
                        .state()
                        .product()
                        .stock())
                .isEqualTo(10);
        assertThatThrownBy(() -> rules.change(second, change.withVersion(1), NOW))
                .isInstanceOfSatisfying(
                        DoramiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    private static ProductChange hide() {
        return Json.read("{\"excludeFromStore\":true}", ProductChange.class);
    }

    private ProductTransition create(int stock) {
        NewProduct request = Json.read(
                "{\"streamKey\":\"KEYA\",\"name\":\"Cup\",\"price\":29.9,\"stock\":" + stock + "}", NewProduct.class);
        return rules.create(UUID.randomUUID(), request, NOW);
    }
}
