package io.dorami.product.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dorami.contracts.events.Product;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.ProductMetrics;
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

/** The product that a seller shows to the room. Everybody sees it; the stream's owner and admins change it. */
@Path("/api/streaming")
@Tag(name = "Featured product")
public class FeaturedProductResource {

    /** The product, or none. */
    public record Featured(
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Product product) {}

    /** Which one is to be shown. */
    public record FeaturedProductRequest(@NotNull UUID productId) {}

    private final ProductStore store;
    private final SellerCheck seller;
    private final ProductMetrics metrics;

    FeaturedProductResource(ProductStore store, SellerCheck seller, ProductMetrics metrics) {
        this.store = store;
        this.seller = seller;
        this.metrics = metrics;
    }

    /** An unknown stream shows nothing, and is no error: the page asks before it knows. */
    @GET
    @Path("/key/{key}/featured-product")
    public Uni<SuccessResponse<Featured>> find(StreamKey key) {
        return store.featured(key).map(product -> SuccessResponse.of(new Featured(product.orElse(null))));
    }

    @POST
    @Path("/{key}/featured-product")
    @Authenticated
    public Uni<SuccessResponse<Featured>> feature(StreamKey key, @NotNull @Valid FeaturedProductRequest wish) {
        return seller.allow(key)
                .chain(() -> store.feature(key, wish.productId()))
                .invoke(() -> metrics.changed("feature"))
                .map(product -> SuccessResponse.of(new Featured(product)));
    }

    @PATCH
    @Path("/{key}/featured-product/clear")
    @Authenticated
    public Uni<SuccessResponse<Featured>> clear(StreamKey key) {
        return seller.allow(key)
                .chain(() -> store.clearFeatured(key))
                .invoke(() -> metrics.changed("clear"))
                .map(done -> SuccessResponse.of(new Featured(null)));
    }
}
