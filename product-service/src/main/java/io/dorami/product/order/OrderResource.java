package io.dorami.product.order;

import io.dorami.contracts.User;
import io.dorami.contracts.http.ApiHeaders;
import io.dorami.product.ProductMetrics;
import io.dorami.product.cart.IdempotencyKey;
import io.dorami.product.order.Order.Status;
import io.dorami.service.rest.IntegerParameter;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** Orders of the calling buyer; an admin may read and cancel any order. */
@Path("/api/orders")
@Authenticated
@Tag(name = "Orders")
public class OrderResource {

    /** The web client counts a buyer's orders by their states on one page of 200. */
    static final int MAX_LIMIT = 200;

    static final int MAX_PAGE = 1_000;

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final OrderPlacement placement;
    private final OrderStore store;
    private final OrderQueries queries;
    private final CurrentUser caller;
    private final ProductMetrics metrics;

    OrderResource(
            OrderPlacement placement,
            OrderStore store,
            OrderQueries queries,
            CurrentUser caller,
            ProductMetrics metrics) {
        this.placement = placement;
        this.store = store;
        this.queries = queries;
        this.caller = caller;
        this.metrics = metrics;
    }

    @POST
    @Path("/from-cart")
    @ResponseStatus(201)
    @Operation(
            summary = "Order cart items",
            description = "Creates one order of the named items, or of all items that are held. If one of them is not"
                    + " held any more, the error names it and nothing changes. A repeat returns the same order.")
    public Uni<SuccessResponse<Order>> placeFromCart(
            @HeaderParam(ApiHeaders.IDEMPOTENCY_KEY) @IdempotencyKey @Nullable String idempotencyKey,
            @Valid OrderRequest.@Nullable FromCart request) {
        OrderRequest items = request == null ? new OrderRequest(null, null, "") : request.toRequest();
        return place(items, idempotencyKey);
    }

    @POST
    @ResponseStatus(201)
    @Operation(
            summary = "Order cart items with the depositor's name",
            description = "Like from-cart, for the named items.")
    public Uni<SuccessResponse<Order>> place(
            @HeaderParam(ApiHeaders.IDEMPOTENCY_KEY) @IdempotencyKey @Nullable String idempotencyKey,
            @NotNull @Valid OrderRequest.WithNames request) {
        return place(request.toRequest(), idempotencyKey);
    }

    private Uni<SuccessResponse<Order>> place(OrderRequest request, @Nullable String idempotencyKey) {
        return placement
                .place(caller.get(), caller.email(), request, idempotencyKey, clock.instant())
                .invoke(() -> metrics.countOrderCall("confirmed"))
                .map(SuccessResponse::of);
    }

    @GET
    @Operation(
            summary = "List orders",
            description = "The newest first. startDate and endDate are days in Seoul, both included, or times.")
    public Uni<SuccessResponse<OrderPage>> list(
            @QueryParam("status") List<Status> statuses,
            @QueryParam("startDate") @Nullable String startDate,
            @QueryParam("endDate") @Nullable String endDate,
            @QueryParam("page") @DefaultValue("1") IntegerParameter page,
            @QueryParam("limit") @DefaultValue("20") IntegerParameter limit) {
        OrderFilter filter = OrderFilter.of(caller.get().id(), statuses, startDate, endDate, null, false);
        return queries.list(filter, page.clamp(1, MAX_PAGE), limit.clamp(1, MAX_LIMIT))
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "Find order")
    public Uni<SuccessResponse<Order>> find(@Size(max = 40) String id) {
        return queries.find(caller.get(), id).map(SuccessResponse::of);
    }

    @DELETE
    @Path("/{id}")
    @Operation(
            summary = "Cancel order",
            description = "Returns the units to stock, once. The buyer may cancel until payment, an admin at any time.")
    public Uni<SuccessResponse<Order>> delete(@Size(max = 40) String id) {
        return cancel(id);
    }

    @POST
    @Path("/{id}/cancel")
    @Operation(summary = "Cancel order", description = "The same as DELETE.")
    public Uni<SuccessResponse<Order>> cancel(@Size(max = 40) String id) {
        User user = caller.get();
        return store.cancel(user, id, clock.instant())
                .invoke(() -> metrics.countOrderCall("cancelled"))
                .map(SuccessResponse::of);
    }
}
