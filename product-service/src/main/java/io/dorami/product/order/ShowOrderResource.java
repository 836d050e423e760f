package io.dorami.product.order;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.events.ShowOrder;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.show.SellerCheck;
import io.dorami.service.rest.InstantParameter;
import io.dorami.service.rest.IntegerParameter;
import io.dorami.service.rest.SuccessResponse;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The orders of a show, for its owner, co-hosts and admins. */
@Path("/api/streaming/key/{key}/orders")
@Tag(name = "Orders of a show")
@Authenticated
public class ShowOrderResource {

    private final OrderQueries queries;
    private final SellerCheck sellerCheck;

    ShowOrderResource(OrderQueries queries, SellerCheck sellerCheck) {
        this.queries = queries;
        this.sellerCheck = sellerCheck;
    }

    /**
     * A page of a show's orders, the newest first.
     *
     * @param total number of orders on all pages
     * @param page number of this page, from 1
     * @param limit maximum number of orders on a page
     */
    public record ShowOrderPage(List<ShowOrder> orders, long total, int page, int limit) {

        @JsonProperty
        public long totalPages() {
            return (total + limit - 1) / limit;
        }
    }

    @GET
    @Operation(
            summary = "List orders with items of a show, the newest first",
            description =
                    "from and to are times of creation; to is exclusive. Each order has only the items of this show.")
    public Uni<SuccessResponse<ShowOrderPage>> list(
            StreamKey key,
            @QueryParam("from") @Nullable InstantParameter from,
            @QueryParam("to") @Nullable InstantParameter to,
            @QueryParam("page") @DefaultValue("1") IntegerParameter page,
            @QueryParam("limit") @DefaultValue("20") IntegerParameter limit) {
        return sellerCheck
                .requireSeller(key)
                .chain(() -> queries.listOfShow(
                        key,
                        InstantParameter.valueOrNull(from),
                        InstantParameter.valueOrNull(to),
                        page.clamp(1, OrderResource.MAX_PAGE),
                        limit.clamp(1, OrderResource.MAX_LIMIT)))
                .map(SuccessResponse::of);
    }
}
