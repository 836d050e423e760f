package io.dorami.product.waitinglist;

import io.dorami.product.waitinglist.Reservation.Status;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** The waiting lists of sold-out products, as the calling user sees them. */
@Path("/api/reservations")
@Authenticated
@Tag(name = "Waiting list")
public class ReservationResource {

    /** The latest reservations of a user, at most 50, and how many of them wait or are promoted. */
    public record ReservationList(
            List<Reservation> reservations, int totalCount, long waitingCount, long promotedCount) {

        static ReservationList of(List<Reservation> reservations) {
            return new ReservationList(
                    reservations,
                    reservations.size(),
                    count(reservations, Status.WAITING),
                    count(reservations, Status.PROMOTED));
        }

        private static long count(List<Reservation> reservations, Status status) {
            return reservations.stream()
                    .filter(reservation -> reservation.status() == status)
                    .count();
        }
    }

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final WaitingListStore store;
    private final CurrentUser caller;

    ReservationResource(WaitingListStore store, CurrentUser caller) {
        this.store = store;
        this.caller = caller;
    }

    @GET
    @Operation(summary = "List reservations")
    public Uni<SuccessResponse<ReservationList>> list() {
        return store.list(caller.get(), clock.instant())
                .map(reservations -> SuccessResponse.of(ReservationList.of(reservations)));
    }

    @POST
    @ResponseStatus(201)
    @Operation(
            summary = "Join waiting list",
            description = "For a product with too few units. When units come back, the users are served in the order of"
                    + " their numbers: a cart item holds the units for ten minutes, and the user's connections get"
                    + " reservation:promoted. A user whose quantity does not fit is passed over and waits on.")
    public Uni<SuccessResponse<Reservation>> join(@NotNull @Valid ReservationRequest request) {
        return store.join(caller.get(), request, clock.instant()).map(SuccessResponse::of);
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "Leave waiting list", description = "A repeat changes nothing.")
    public Uni<SuccessResponse<Reservation>> cancel(UUID id) {
        return store.cancel(caller.get(), id, clock.instant()).map(SuccessResponse::of);
    }
}
