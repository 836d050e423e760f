package io.dorami.product.catalog;

import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductConfig;
import io.dorami.product.ProductMetrics;
import io.dorami.product.catalog.ProductRules.Item;
import io.dorami.product.catalog.ProductRules.ProductTransition;
import io.dorami.service.rest.SuccessResponse;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** The contract's product calls. Everybody reads; the stream's owner and admins change. */
@Path("/api/products")
@Tag(name = "Products")
public class ProductResource {

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final ProductStore store;
    private final ProductRules rules;
    private final SellerCheck seller;
    private final ProductMetrics metrics;

    ProductResource(ProductStore store, ProductConfig config, SellerCheck seller, ProductMetrics metrics) {
        this.store = store;
        this.rules = new ProductRules(config.lowStock());
        this.seller = seller;
        this.metrics = metrics;
    }

    @GET
    public Uni<SuccessResponse<List<Product>>> list(
            @QueryParam("streamKey") @Nullable StreamKey streamKey,
            @QueryParam("status") @Nullable Status status,
            @QueryParam("take") @DefaultValue("20") @Min(1) @Max(100) int take,
            @QueryParam("skip") @DefaultValue("0") @Min(0) @Max(10_000) int skip) {
        return store.list(streamKey, status, take, skip).map(SuccessResponse::of);
    }

    @GET
    @Path("/{id}")
    public Uni<SuccessResponse<Product>> find(UUID id) {
        return store.find(id).map(SuccessResponse::of);
    }

    @POST
    @Authenticated
    @ResponseStatus(201)
    public Uni<SuccessResponse<Product>> create(@NotNull @Valid NewProduct wish) {
        return seller.allow(wish.streamKey())
                .chain(() -> store.create(rules.create(UUID.randomUUID(), wish, clock.instant())))
                .invoke(() -> metrics.changed("create"))
                .map(SuccessResponse::of);
    }

    @PATCH
    @Path("/{id}")
    @Authenticated
    public Uni<SuccessResponse<Product>> change(UUID id, @NotNull @Valid ProductChange change) {
        return change(id, "change", item -> rules.change(item, change, clock.instant()));
    }

    @PATCH
    @Path("/{id}/sold-out")
    @Authenticated
    public Uni<SuccessResponse<Product>> soldOut(UUID id) {
        return change(id, "sold-out", item -> rules.soldOut(item, clock.instant()));
    }

    @PATCH
    @Path("/{id}/stock")
    @Authenticated
    public Uni<SuccessResponse<Product>> stock(UUID id, @NotNull @Valid StockChange change) {
        return change(id, "stock", item -> rules.stock(item, change.quantity(), clock.instant()));
    }

    @DELETE
    @Path("/{id}")
    @Authenticated
    public Uni<SuccessResponse<UUID>> delete(UUID id) {
        return store.streamOf(id)
                .chain(seller::allow)
                .chain(() -> store.delete(id))
                .invoke(() -> metrics.changed("delete"))
                .replaceWith(() -> SuccessResponse.of(id));
    }

    private Uni<SuccessResponse<Product>> change(UUID id, String kind, Function<Item, ProductTransition> rule) {
        return store.streamOf(id)
                .chain(seller::allow)
                .chain(() -> store.change(id, rule))
                .invoke(() -> metrics.changed(kind))
                .map(SuccessResponse::of);
    }
}
