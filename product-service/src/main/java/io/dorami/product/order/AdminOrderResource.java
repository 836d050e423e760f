package io.dorami.product.order;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dorami.contracts.User;
import io.dorami.product.BulkCalls;
import io.dorami.product.ProductMetrics;
import io.dorami.product.order.Order.Status;
import io.dorami.service.rest.IntegerParameter;
import io.dorami.service.rest.StrictBody;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Orders of all buyers, for admins, who also mark bank transfers as received. */
@Path("/api/admin/orders")
@RolesAllowed("ADMIN")
@Tag(name = "Orders for admins")
public class AdminOrderResource {

    /** Request body that sets the state of an order. */
    public record StatusChange(@NotNull Status status) implements StrictBody {}

    /** Request body that sets the state of several orders, at most one page of the web client. */
    public record BulkStatusChange(
            @NotNull @Size(min = 1, max = OrderResource.MAX_LIMIT)
            List<@NotNull @Size(max = 40) String> orderIds,

            @NotNull Status status)
            implements StrictBody {}

    /** The number of orders that have the state now, and the ids of the others. */
    public record BulkResult(@JsonProperty("success") int changed, List<String> failed) {}

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final OrderStore store;
    private final OrderQueries queries;
    private final CurrentUser caller;
    private final ProductMetrics metrics;

    AdminOrderResource(OrderStore store, OrderQueries queries, CurrentUser caller, ProductMetrics metrics) {
        this.store = store;
        this.queries = queries;
        this.caller = caller;
        this.metrics = metrics;
    }

    @GET
    @Operation(
            summary = "List orders of all buyers",
            description =
                    "search finds a part of the number, the buyer's name, e-mail address, depositor name or"
                            + " Instagram id. dateFrom, dateTo and orderStatus are other names of startDate, endDate and status.")
    public Uni<SuccessResponse<OrderPage>> list(
            @QueryParam("status") List<Status> statuses,
            @QueryParam("orderStatus") List<Status> orderStatuses,
            @QueryParam("startDate") @Nullable String startDate,
            @QueryParam("dateFrom") @Nullable String dateFrom,
            @QueryParam("endDate") @Nullable String endDate,
            @QueryParam("dateTo") @Nullable String dateTo,
            @QueryParam("userId") @Size(max = 64) @Nullable String userId,
            @QueryParam("search") @Size(max = 100) @Nullable String search,
            @QueryParam("sortOrder") @DefaultValue("desc") @Pattern(regexp = "asc|desc") String sortOrder,
            @QueryParam("page") @DefaultValue("1") IntegerParameter page,
            @QueryParam("limit") @DefaultValue("20") IntegerParameter limit) {
        OrderFilter filter = OrderFilter.of(
                userId,
                Stream.concat(statuses.stream(), orderStatuses.stream()).toList(),
                startDate == null ? dateFrom : startDate,
                endDate == null ? dateTo : endDate,
                search,
                sortOrder.equals("asc"));
        return queries.list(filter, page.clamp(1, OrderResource.MAX_PAGE), limit.clamp(1, OrderResource.MAX_LIMIT))
                .map(SuccessResponse::of);
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "Find order of any buyer")
    public Uni<SuccessResponse<Order>> find(@Size(max = 40) String id) {
        return queries.find(caller.get(), id).map(SuccessResponse::of);
    }

    @PATCH
    @Path("/{id}/status")
    @Operation(
            summary = "Set order status",
            description = "PAYMENT_CONFIRMED after a bank transfer; PENDING_PAYMENT undoes this; CANCELLED returns the"
                    + " units to stock and is final. A repeat changes nothing.")
    public Uni<SuccessResponse<Order>> setStatus(@Size(max = 40) String id, @NotNull @Valid StatusChange change) {
        return setStatus(caller.get(), id, change.status(), clock.instant()).map(SuccessResponse::of);
    }

    @PATCH
    @Path("/bulk-status")
    @Operation(summary = "Set status of orders", description = "Orders that cannot have the status are named.")
    public Uni<SuccessResponse<BulkResult>> setStatuses(@NotNull @Valid BulkStatusChange change) {
        User admin = caller.get();
        Instant now = clock.instant();
        return BulkCalls.findRejected(change.orderIds(), id -> setStatus(admin, id, change.status(), now))
                .map(failed ->
                        SuccessResponse.of(new BulkResult(change.orderIds().size() - failed.size(), failed)));
    }

    private Uni<Order> setStatus(User admin, String id, Status status, Instant now) {
        return store.setStatus(admin, id, status, now)
                .invoke(() -> metrics.countOrderCall(
                        switch (status) {
                            case PAID -> "paid";
                            case CANCELLED -> "cancelled";
                            case PENDING_PAYMENT -> "undone";
                        }));
    }
}
