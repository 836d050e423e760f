package io.dorami.product.catalog;

import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.http.ApiHeaders;
import io.dorami.product.BulkCalls;
import io.dorami.product.ProductMetrics;
import io.dorami.product.catalog.ProductRules.ProductState;
import io.dorami.product.catalog.ProductRules.ProductTransition;
import io.dorami.product.show.SellerCheck;
import io.dorami.service.rest.StrictBody;
import io.dorami.service.rest.SuccessResponse;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** Product calls of the API contract. Public to read; only the stream's owner and admins change products. */
@Path("/api/products")
@Tag(name = "Products")
public class ProductResource {

    /** The sellers' list shows at most this many products at once. */
    private static final int MAX_IDS = 500;

    /** Request body that names products. */
    public record ProductIds(
            @NotNull @Size(min = 1, max = MAX_IDS) List<@NotNull UUID> ids) implements StrictBody {}

    /** Request body that opens or closes products. */
    public record BulkStatus(
            @NotNull @Size(min = 1, max = MAX_IDS) List<@NotNull UUID> ids,
            @NotNull Status status) implements StrictBody {}

    /** The number of changed products, and the ids of those that were not changed. */
    public record BulkUpdate(int updated, List<UUID> failed) {}

    /** The number of deleted products, and the ids of those that were not deleted. */
    public record BulkDeletion(int deleted, List<UUID> failed) {}

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final ProductStore store;
    private final ProductRules rules;
    private final SellerCheck sellerCheck;
    private final ProductMetrics metrics;

    ProductResource(ProductStore store, ProductRules rules, SellerCheck sellerCheck, ProductMetrics metrics) {
        this.store = store;
        this.rules = rules;
        this.sellerCheck = sellerCheck;
        this.metrics = metrics;
    }

    @GET
    @Path("/{id}")
    public Uni<SuccessResponse<Product>> find(UUID id) {
        return store.find(id).map(SuccessResponse::of);
    }

    @POST
    @Authenticated
    @ResponseStatus(201)
    @Operation(summary = "Create product")
    public Uni<SuccessResponse<Product>> create(@NotNull @Valid NewProduct request) {
        return sellerCheck
                .requireSeller(Optional.ofNullable(request.streamKey()))
                .chain(() -> store.create(rules.create(UUID.randomUUID(), request, clock.instant())))
                .invoke(() -> metrics.countChange("create"))
                .map(SuccessResponse::of);
    }

    @PATCH
    @Path("/{id}")
    @Authenticated
    @Operation(
            summary = "Change product",
            description = "Absent fields keep their values. With the version that the seller saw, in the body or in"
                    + " If-Match, 409 if the product has changed since.")
    public Uni<SuccessResponse<Product>> change(
            UUID id,
            @HeaderParam(ApiHeaders.IF_MATCH)
                    @Pattern(regexp = "\"?\\d{1,18}\"?", message = "must be a product's version")
                    @Nullable
                    String ifMatch,
            @NotNull @Valid ProductChange change) {
        ProductChange checked =
                ifMatch == null ? change : change.withVersion(Long.parseLong(ifMatch.replace("\"", "")));
        return change(id, "change", (item, now) -> rules.change(item, checked, now));
    }

    @PATCH
    @Path("/{id}/sold-out")
    @Authenticated
    @Operation(summary = "Mark product sold out")
    public Uni<SuccessResponse<Product>> markSoldOut(UUID id) {
        return change(id, "sold-out", rules::markSoldOut);
    }

    @PATCH
    @Path("/{id}/stock")
    @Authenticated
    @Operation(summary = "Adjust stock", description = "Adds units; a negative quantity removes units.")
    public Uni<SuccessResponse<Product>> adjustStock(UUID id, @NotNull @Valid StockChange change) {
        return change(id, "stock", (item, now) -> rules.adjustStock(item, change.quantity(), now));
    }

    @POST
    @Path("/{id}/duplicate")
    @Authenticated
    @ResponseStatus(201)
    @Operation(summary = "Duplicate product", description = "The copy is hidden until the seller releases it.")
    public Uni<SuccessResponse<Product>> duplicate(UUID id) {
        return requireSeller(id)
                .chain(() -> store.findState(id))
                .chain(original -> store.create(rules.duplicate(UUID.randomUUID(), original, clock.instant())))
                .invoke(() -> metrics.countChange("duplicate"))
                .map(SuccessResponse::of);
    }

    @DELETE
    @Path("/{id}")
    @Authenticated
    @Operation(summary = "Delete product")
    public Uni<SuccessResponse<UUID>> delete(UUID id) {
        return requireSeller(id)
                .chain(() -> store.delete(id))
                .invoke(() -> metrics.countChange("delete"))
                .replaceWith(() -> SuccessResponse.of(id));
    }

    @PATCH
    @Path("/reorder")
    @Authenticated
    @Operation(summary = "Reorder products", description = "Each product's sortOrder becomes its place in the list.")
    public Uni<SuccessResponse<Integer>> reorder(@NotNull @Valid ProductIds request) {
        List<UUID> ids = request.ids();
        return Multi.createFrom()
                .range(0, ids.size())
                .onItem()
                .transformToUniAndConcatenate(place -> change(
                        ids.get(place),
                        "reorder",
                        (item, now) -> rules.change(item, ProductChange.ofSortOrder(place), now)))
                .collect()
                .asList()
                .map(changed -> SuccessResponse.of(changed.size()));
    }

    @POST
    @Path("/bulk-status")
    @Authenticated
    @Operation(
            summary = "Change status of products",
            description = "AVAILABLE also releases hidden products. Products that cannot be changed are named.")
    public Uni<SuccessResponse<BulkUpdate>> changeStatus(@NotNull @Valid BulkStatus request) {
        ProductChange change = ProductChange.of(null, request.status());
        return BulkCalls.findRejected(
                        request.ids(), id -> change(id, "change", (item, now) -> rules.change(item, change, now)))
                .map(failed -> SuccessResponse.of(new BulkUpdate(request.ids().size() - failed.size(), failed)));
    }

    @POST
    @Path("/bulk-delete")
    @Authenticated
    @Operation(summary = "Delete products", description = "Products that cannot be deleted are named.")
    public Uni<SuccessResponse<BulkDeletion>> deleteAll(@NotNull @Valid ProductIds request) {
        return BulkCalls.findRejected(request.ids(), this::delete)
                .map(failed -> SuccessResponse.of(new BulkDeletion(request.ids().size() - failed.size(), failed)));
    }

    private Uni<SuccessResponse<Product>> change(
            UUID id, String kind, BiFunction<ProductState, Instant, ProductTransition> rule) {
        Instant now = clock.instant();
        return requireSeller(id)
                .chain(() -> store.change(id, state -> rule.apply(state, now), now))
                .invoke(() -> metrics.countChange(kind))
                .map(SuccessResponse::of);
    }

    private Uni<Void> requireSeller(UUID id) {
        return store.findStreamKey(id).chain(sellerCheck::requireSeller);
    }
}
