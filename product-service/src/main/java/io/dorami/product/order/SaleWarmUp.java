package io.dorami.product.order;

import io.dorami.contracts.Json;
import io.dorami.contracts.User;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.cart.CartItemRequest;
import io.dorami.product.cart.CartStore;
import io.dorami.product.catalog.NewProduct;
import io.dorami.product.catalog.ProductRules;
import io.dorami.product.catalog.ProductStore;
import io.dorami.service.database.Database;
import io.dorami.service.runtime.DoramiConfig;
import io.dorami.service.runtime.LoopbackRequests;
import io.dorami.service.runtime.WarmUp;
import io.dorami.service.runtime.WarmUpStep;
import io.dorami.service.runtime.WarmUpSteps;
import io.dorami.signing.AccessToken;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Warms up a sale: a product, a cart item and an order in a transaction that is rolled back, and the requests for the
 * cart and the lists. Each run has its own ids, so that no run waits for another one's rows.
 */
@ApplicationScoped
class SaleWarmUp implements WarmUpSteps {

    private static final StreamKey STREAM = new StreamKey(WarmUp.RESERVED_NAME);
    private static final User BUYER = new User(WarmUp.RESERVED_NAME, WarmUp.RESERVED_NAME, User.Role.USER);

    private final Database database;
    private final ProductStore products;
    private final ProductRules rules;
    private final CartStore cart;
    private final OrderPlacement orders;
    private final LoopbackRequests loopback;
    private final String jwtSecret;

    SaleWarmUp(
            Database database,
            ProductStore products,
            ProductRules rules,
            CartStore cart,
            OrderPlacement orders,
            LoopbackRequests loopback,
            DoramiConfig dorami) {
        this.database = database;
        this.products = products;
        this.rules = rules;
        this.cart = cart;
        this.orders = orders;
        this.loopback = loopback;
        this.jwtSecret = dorami.jwtSecret();
    }

    @Override
    public List<WarmUpStep> warmUpSteps() {
        String token = AccessToken.of(BUYER).sign(jwtSecret);
        String rejected = Json.write(new CartItemRequest(UUID.randomUUID(), 0, null, null, null));
        return List.of(
                WarmUpStep.repeated("sale", () -> database.inRolledBackTransaction(this::sell)),
                WarmUpStep.repeated("list", () -> loopback.get("/api/products?streamKey=" + STREAM, null)),
                WarmUpStep.repeated("cart", () -> loopback.get("/api/cart", token)),
                WarmUpStep.repeated("cart item", () -> loopback.post("/api/cart", token, rejected)));
    }

    private Uni<Order> sell(SqlConnection transaction) {
        Instant now = Instant.now();
        String run = WarmUp.RESERVED_NAME + "-" + UUID.randomUUID();
        User buyer = new User(run, BUYER.name(), BUYER.role());
        UUID product = UUID.randomUUID();
        return products.save(transaction, rules.create(product, newProduct(), now))
                .chain(() -> cart.add(transaction, buyer, new CartItemRequest(product, 1, null, null, null), run, now))
                .chain(item -> orders.place(
                        transaction,
                        run,
                        buyer,
                        "",
                        new OrderRequest(List.of(item.id()), null, ""),
                        run + "-order",
                        now));
    }

    /** A product whose last unit is sold. */
    private static NewProduct newProduct() {
        return new NewProduct(
                STREAM,
                "Moon jar",
                BigDecimal.ONE,
                1,
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
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
