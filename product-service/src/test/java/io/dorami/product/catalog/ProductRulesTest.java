package io.dorami.product.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.events.RoomEvent.ProductAdded;
import io.dorami.contracts.events.RoomEvent.ProductAddedFlat;
import io.dorami.contracts.events.RoomEvent.ProductLowStock;
import io.dorami.contracts.events.RoomEvent.ProductSoldOut;
import io.dorami.contracts.events.RoomEvent.ProductUpdated;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.catalog.ProductRules.Item;
import io.dorami.product.catalog.ProductRules.ProductTransition;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ProductRulesTest {

    private static final Instant NOW = Instant.parse("2026-02-28T12:00:00Z");
    private final ProductRules rules = new ProductRules(5);

    @Test
    void aNewProductIsAnnounced() {
        ProductTransition outcome = create(10);
        assertThat(outcome.item().product().version()).isEqualTo(1);
        assertThat(outcome.item().product().status()).isEqualTo(Status.AVAILABLE);
        assertThat(outcome.events()).hasExactlyElementsOfTypes(ProductAdded.class, ProductAddedFlat.class);
    }

    @Test
    void theLastUnitSellsOut() {
        ProductTransition outcome = rules.stock(create(2).item(), -2, NOW);
        assertThat(outcome.item().product().status()).isEqualTo(Status.SOLD_OUT);
        assertThat(outcome.events()).hasAtLeastOneElementOfType(ProductSoldOut.class);
        assertThat(outcome.item().product().version()).isEqualTo(2);
    }

    @Test
    void moreThanThereIsCannotBeTaken() {
        Item two = create(2).item();
        assertThatThrownBy(() -> rules.stock(two, -3, NOW))
                .isInstanceOfSatisfying(
                        DoramiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    @Test
    void stockThatComesBackOpensAgain() {
        Item none = rules.stock(create(1).item(), -1, NOW).item();
        assertThat(rules.stock(none, 1, NOW).item().product().status()).isEqualTo(Status.AVAILABLE);
    }

    @Test
    void whatWasSoldOutByHandStaysSoldOut() {
        ProductTransition byHand = rules.soldOut(create(10).item(), NOW);
        assertThat(byHand.events()).hasAtLeastOneElementOfType(ProductSoldOut.class);
        assertThat(rules.stock(byHand.item(), 5, NOW).item().product().status()).isEqualTo(Status.SOLD_OUT);
        ProductChange open = ProductChange.of(null, Status.AVAILABLE);
        assertThat(rules.change(byHand.item(), open, NOW).item().product().status())
                .isEqualTo(Status.AVAILABLE);
    }

    @Test
    void sellingOutIsToldOnce() {
        Item soldOut = rules.soldOut(create(10).item(), NOW).item();
        assertThat(rules.soldOut(soldOut, NOW).events()).noneMatch(ProductSoldOut.class::isInstance);
    }

    @Test
    void fewerThanFiveAreLowStock() {
        assertThat(rules.stock(create(10).item(), -5, NOW).events())
                .singleElement()
                .isInstanceOf(ProductUpdated.class);
        assertThat(rules.stock(create(10).item(), -6, NOW).events()).hasAtLeastOneElementOfType(ProductLowStock.class);
    }

    @Test
    void stockThatRisesIsNoReasonToHurry() {
        assertThat(rules.stock(create(2).item(), 1, NOW).events()).noneMatch(ProductLowStock.class::isInstance);
    }

    private ProductTransition create(int stock) {
        NewProduct wish = new NewProduct(
                new StreamKey("KEYA"),
                "Cup",
                12_900L,
                stock,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        return rules.create(UUID.randomUUID(), wish, NOW);
    }
}
