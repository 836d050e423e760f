package io.dorami.product.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductMetrics;
import io.dorami.product.show.SellerCheck;
import io.dorami.service.rest.PublicRead;
import io.dorami.service.rest.StrictBody;
import io.dorami.service.rest.SuccessResponse;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The product that a seller features in the room. Public to read; only the stream's owner, its co-hosts and admins change it. */
@Path("/api/streaming")
@Tag(name = "Featured product")
public class FeaturedProductResource {

    /** Reply: the featured product, or null. */
    public record FeaturedProduct(
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Product product) {}

    /** Request body: the product to feature. */
    public record FeaturedProductRequest(@NotNull UUID productId) implements StrictBody {}

    private final ProductStore store;
    private final SellerCheck sellerCheck;
    private final ProductMetrics metrics;

    FeaturedProductResource(ProductStore store, SellerCheck sellerCheck, ProductMetrics metrics) {
        this.store = store;
        this.sellerCheck = sellerCheck;
        this.metrics = metrics;
    }

    /** Returns null for an unknown stream instead of an error, because the page asks before it knows the stream. */
    @GET
    @PublicRead
    @Path("/key/{key}/featured-product")
    public Uni<SuccessResponse<FeaturedProduct>> find(StreamKey key) {
        return store.findFeatured(key).map(product -> SuccessResponse.of(new FeaturedProduct(product.orElse(null))));
    }

    @POST
    @Path("/{key}/featured-product")
    @Authenticated
    public Uni<SuccessResponse<FeaturedProduct>> feature(
            StreamKey key, @NotNull @Valid FeaturedProductRequest request) {
        return sellerCheck
                .requireSeller(key)
                .chain(() -> store.feature(key, request.productId()))
                .invoke(() -> metrics.countChange("feature"))
                .map(product -> SuccessResponse.of(new FeaturedProduct(product)));
    }

    @PATCH
    @Path("/{key}/featured-product/clear")
    @Authenticated
    public Uni<SuccessResponse<FeaturedProduct>> clear(StreamKey key) {
        return sellerCheck
                .requireSeller(key)
                .chain(() -> store.clearFeatured(key))
                .invoke(() -> metrics.countChange("clear"))
                .map(cleared -> SuccessResponse.of(new FeaturedProduct(null)));
    }
}
