package io.dorami.product.catalog;

import io.dorami.contracts.events.Product;
import io.dorami.contracts.events.Product.Status;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.catalog.ProductLists.LiveDeals;
import io.dorami.product.catalog.ProductLists.ProductFilter;
import io.dorami.product.show.SellerCheck;
import io.dorami.service.rest.IntegerParameter;
import io.dorami.service.rest.PublicRead;
import io.dorami.service.rest.SuccessResponse;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Lists of products. Public, but for the sellers' list. */
@Path("/api/products")
@Tag(name = "Products")
public class ProductListResource {

    /** A live show has tens of products; the web client asks for 200 every 5 s and shows what it gets. */
    private static final int MAX_TAKE = 100;

    private static final int MAX_SKIP = 10_000;
    private static final int MAX_PAGE = 1_000;
    private static final int LIVE_DEALS = 8;

    /** The sellers' page shows, filters and orders all products at once; 500 of 1 KB each are 500 KB. */
    private static final int MAX_SELLER_LIST = 500;

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final ProductLists lists;
    private final SellerCheck sellerCheck;

    ProductListResource(ProductLists lists, SellerCheck sellerCheck) {
        this.lists = lists;
        this.sellerCheck = sellerCheck;
    }

    @GET
    @PublicRead
    @Operation(summary = "List products", description = "Without hidden products and those whose sale has ended.")
    public Uni<SuccessResponse<List<Product>>> list(
            @QueryParam("streamKey") @Nullable StreamKey streamKey,
            @QueryParam("status") @Nullable Status status,
            @QueryParam("take") @DefaultValue("20") IntegerParameter take,
            @QueryParam("skip") @DefaultValue("0") IntegerParameter skip) {
        ProductFilter filter = new ProductFilter(streamKey, status, false);
        return lists.list(filter, take.clamp(1, MAX_TAKE), skip.clamp(0, MAX_SKIP), now())
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/admin")
    @Authenticated
    @Operation(
            summary = "List products for sellers",
            description = "With hidden products and, unless includeExpired is false, those whose sale has ended."
                    + " Without a stream key, for admins only.")
    public Uni<SuccessResponse<List<Product>>> listForSellers(
            @QueryParam("streamKey") @Nullable StreamKey streamKey,
            @QueryParam("status") @Nullable Status status,
            @QueryParam("includeExpired") @DefaultValue("true") boolean includeExpired) {
        Instant now = now();
        return sellerCheck
                .requireSeller(Optional.ofNullable(streamKey))
                .chain(() -> lists.list(new ProductFilter(streamKey, status, true), MAX_SELLER_LIST, 0, now))
                .map(products -> SuccessResponse.of(products.stream()
                        .filter(product -> includeExpired || !product.isEnded(now))
                        .toList()));
    }

    @GET
    @Path("/store")
    @Operation(summary = "List shop products", description = "The newest first; search finds a part of the name.")
    public Uni<SuccessResponse<ProductPage>> listStore(
            @QueryParam("search") @Size(max = 100) @Nullable String search,
            @QueryParam("page") @DefaultValue("1") IntegerParameter page,
            @QueryParam("limit") @DefaultValue("8") IntegerParameter limit) {
        return lists.listStore(search, page.clamp(1, MAX_PAGE), limit.clamp(1, MAX_TAKE), now())
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/popular")
    @Operation(summary = "List popular products", description = "The most sold first.")
    public Uni<SuccessResponse<ProductPage>> listPopular(
            @QueryParam("page") @DefaultValue("1") IntegerParameter page,
            @QueryParam("limit") @DefaultValue("8") IntegerParameter limit) {
        return lists.listPopular(page.clamp(1, MAX_PAGE), limit.clamp(1, MAX_TAKE), now())
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/featured")
    @Operation(
            summary = "List featured products",
            description = "The products that live shows feature now, then the newest.")
    public Uni<SuccessResponse<List<Product>>> listFeatured(
            @QueryParam("limit") @DefaultValue("6") IntegerParameter limit) {
        return lists.listFeatured(limit.clamp(1, MAX_TAKE), now()).map(SuccessResponse::of);
    }

    @GET
    @Path("/live-deals")
    @Operation(summary = "List products of the live show", description = "Null if no show is live.")
    public Uni<SuccessResponse<@Nullable LiveDeals>> listLiveDeals() {
        return lists.findLiveDeals(LIVE_DEALS, now()).map(deals -> SuccessResponse.of(deals.orElse(null)));
    }

    private Instant now() {
        return clock.instant();
    }
}
