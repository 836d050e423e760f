package io.dorami.product.catalog;

import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductConfig;
import io.dorami.product.ProductMetrics;
import io.dorami.product.catalog.ProductRules.ProductState;
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

/** Product calls of the API contract. Public to read; only the stream's owner and admins change products. */
@Path("/api/products")
@Tag(name = "Products")
public class ProductResource {

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final ProductStore store;
    private final ProductRules rules;
    private final SellerCheck sellerCheck;
    private final ProductMetrics metrics;

    ProductResource(ProductStore store, ProductConfig config, SellerCheck sellerCheck, ProductMetrics metrics) {
        this.store = store;
        this.rules = new ProductRules(config.lowStockThreshold());
        this.sellerCheck = sellerCheck;
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
    public Uni<SuccessResponse<Product>> create(@NotNull @Valid NewProduct request) {
        return sellerCheck
                .requireSeller(request.streamKey())
                .chain(() -> store.create(rules.create(UUID.randomUUID(), request, clock.instant())))
                .invoke(() -> metrics.countChange("create"))
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
    public Uni<SuccessResponse<Product>> markSoldOut(UUID id) {
        return change(id, "sold-out", item -> rules.markSoldOut(item, clock.instant()));
    }

    @PATCH
    @Path("/{id}/stock")
    @Authenticated
    public Uni<SuccessResponse<Product>> adjustStock(UUID id, @NotNull @Valid StockChange change) {
        return change(id, "stock", item -> rules.adjustStock(item, change.quantity(), clock.instant()));
    }

    @DELETE
    @Path("/{id}")
    @Authenticated
    public Uni<SuccessResponse<UUID>> delete(UUID id) {
        return store.findStreamKey(id)
                .chain(sellerCheck::requireSeller)
                .chain(() -> store.delete(id))
                .invoke(() -> metrics.countChange("delete"))
                .replaceWith(() -> SuccessResponse.of(id));
    }

    private Uni<SuccessResponse<Product>> change(UUID id, String kind, Function<ProductState, ProductTransition> rule) {
        return store.findStreamKey(id)
                .chain(sellerCheck::requireSeller)
                .chain(() -> store.change(id, rule))
                .invoke(() -> metrics.countChange(kind))
                .map(SuccessResponse::of);
    }
}
