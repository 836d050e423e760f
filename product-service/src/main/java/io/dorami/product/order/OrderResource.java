package io.dorami.product.order;

import io.dorami.product.ProductMetrics;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Orders of the calling buyer; an admin may read and cancel any order. */
@Path("/api/orders")
@Authenticated
@Tag(name = "Orders")
public class OrderResource {

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final OrderStore store;
    private final CurrentUser caller;
    private final ProductMetrics metrics;

    OrderResource(OrderStore store, CurrentUser caller, ProductMetrics metrics) {
        this.store = store;
        this.caller = caller;
        this.metrics = metrics;
    }

    @GET
    public Uni<SuccessResponse<List<Order>>> list(
            @QueryParam("take") @DefaultValue("20") @Min(1) @Max(100) int take,
            @QueryParam("skip") @DefaultValue("0") @Min(0) @Max(10_000) int skip) {
        return store.list(caller.get(), take, skip).map(SuccessResponse::of);
    }

    @GET
    @Path("/{id}")
    public Uni<SuccessResponse<Order>> find(@Size(max = 40) String id) {
        return store.find(caller.get(), id).map(SuccessResponse::of);
    }

    @POST
    @Path("/{id}/cancel")
    @Operation(
            summary = "Cancel order",
            description = "Returns the units to stock, once. The buyer may cancel until payment, an admin at any time.")
    public Uni<SuccessResponse<Order>> cancel(@Size(max = 40) String id) {
        return store.cancel(caller.get(), id, clock.instant())
                .invoke(order -> metrics.countOrderCall("cancelled"))
                .map(SuccessResponse::of);
    }
}
