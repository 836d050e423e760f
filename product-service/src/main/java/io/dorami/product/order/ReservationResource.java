package io.dorami.product.order;

import io.dorami.product.ProductMetrics;
import io.dorami.product.reservation.Reservation;
import io.dorami.product.reservation.ReservationRequest;
import io.dorami.product.reservation.ReservationStore;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
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
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** Reservations of units, and their confirmation as orders. Users see and change only their own. */
@Path("/api/reservations")
@Authenticated
@Tag(name = "Reservations")
public class ReservationResource {

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final ReservationStore store;
    private final OrderStore orders;
    private final CurrentUser caller;
    private final ProductMetrics metrics;

    ReservationResource(ReservationStore store, OrderStore orders, CurrentUser caller, ProductMetrics metrics) {
        this.store = store;
        this.orders = orders;
        this.caller = caller;
        this.metrics = metrics;
    }

    @POST
    @ResponseStatus(201)
    @Operation(
            summary = "Reserve units",
            description = "Takes units out of stock for ten minutes at the current price. A repeat with the same"
                    + " Idempotency-Key within a day gets the same reply and reserves nothing.")
    public Uni<SuccessResponse<Reservation>> reserve(
            @HeaderParam("Idempotency-Key")
                    @Pattern(regexp = "[\\x21-\\x7e]{1,100}", message = "must be 1 to 100 visible ASCII characters")
                    @Nullable
                    String idempotencyKey,
            @NotNull @Valid ReservationRequest request) {
        return store.reserve(caller.get(), request, idempotencyKey, clock.instant())
                .onItemOrFailure()
                .invoke((reservation, failure) -> metrics.countReservation(failure))
                .map(SuccessResponse::of);
    }

    @GET
    public Uni<SuccessResponse<List<Reservation>>> list(
            @QueryParam("take") @DefaultValue("20") @Min(1) @Max(100) int take,
            @QueryParam("skip") @DefaultValue("0") @Min(0) @Max(10_000) int skip) {
        return store.list(caller.get(), take, skip).map(SuccessResponse::of);
    }

    @GET
    @Path("/{id}")
    public Uni<SuccessResponse<Reservation>> find(UUID id) {
        return store.find(caller.get(), id).map(SuccessResponse::of);
    }

    @POST
    @Path("/{id}/extend")
    @Operation(summary = "Extend reservation", description = "Adds ten minutes, once.")
    public Uni<SuccessResponse<Reservation>> extend(UUID id) {
        return store.extend(caller.get(), id, clock.instant()).map(SuccessResponse::of);
    }

    @POST
    @Path("/{id}/confirm")
    @Operation(summary = "Confirm reservation", description = "Creates an order. A repeat returns the same order.")
    public Uni<SuccessResponse<Order>> confirm(UUID id) {
        return orders.confirm(caller.get(), id, clock.instant())
                .invoke(order -> metrics.countOrderCall("confirmed"))
                .map(SuccessResponse::of);
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "Cancel reservation", description = "Returns the units to stock. A repeat changes nothing.")
    public Uni<SuccessResponse<Reservation>> cancel(UUID id) {
        return store.cancel(caller.get(), id, clock.instant()).map(SuccessResponse::of);
    }
}
