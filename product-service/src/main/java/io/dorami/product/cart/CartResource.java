package io.dorami.product.cart;

import io.dorami.contracts.http.ApiHeaders;
import io.dorami.product.ProductMetrics;
import io.dorami.service.rest.StrictBody;
import io.dorami.service.rest.SuccessResponse;
import io.dorami.service.security.CurrentUser;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** The calling buyer's cart. */
@Path("/api/cart")
@Authenticated
@Tag(name = "Cart")
public class CartResource {

    /** Request body that changes the quantity of an item. */
    public record QuantityChange(
            @NotNull @Min(1) @Max(CartItemRequest.MAX_QUANTITY)
            Integer quantity) implements StrictBody {}

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final CartStore store;
    private final CurrentUser caller;
    private final ProductMetrics metrics;

    CartResource(CartStore store, CurrentUser caller, ProductMetrics metrics) {
        this.store = store;
        this.caller = caller;
        this.metrics = metrics;
    }

    @GET
    @Operation(summary = "Find cart", description = "Held items, and items that expired within the last day.")
    public Uni<SuccessResponse<Cart>> find() {
        return store.findCart(caller.get(), clock.instant()).map(SuccessResponse::of);
    }

    @POST
    @ResponseStatus(201)
    @Operation(
            summary = "Add to cart",
            description = "Takes units out of stock at the current price, for the product's timer or for 12 h. A repeat"
                    + " with the same Idempotency-Key within a day gets the same item and takes nothing.")
    public Uni<SuccessResponse<CartItem>> add(
            @HeaderParam(ApiHeaders.IDEMPOTENCY_KEY) @IdempotencyKey @Nullable String idempotencyKey,
            @NotNull @Valid CartItemRequest request) {
        return store.add(caller.get(), request, idempotencyKey, clock.instant())
                .onItemOrFailure()
                .invoke((item, failure) -> metrics.countCartRequest(failure))
                .map(SuccessResponse::of);
    }

    @PATCH
    @Path("/{id}")
    @Operation(summary = "Change quantity", description = "The price and the end of the hold stay.")
    public Uni<SuccessResponse<CartItem>> changeQuantity(UUID id, @NotNull @Valid QuantityChange change) {
        return store.changeQuantity(caller.get(), id, change.quantity(), clock.instant())
                .map(SuccessResponse::of);
    }

    @POST
    @Path("/{id}/extend")
    @Operation(summary = "Extend hold", description = "Holds the units for the same time again, once.")
    public Uni<SuccessResponse<CartItem>> extend(UUID id) {
        return store.extend(caller.get(), id, clock.instant()).map(SuccessResponse::of);
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "Remove from cart", description = "Returns the units to stock. A repeat changes nothing.")
    public Uni<SuccessResponse<CartItem>> remove(UUID id) {
        return store.remove(caller.get(), id, clock.instant()).map(SuccessResponse::of);
    }

    @DELETE
    @Operation(summary = "Clear cart", description = "Returns the units of all items to stock.")
    public Uni<SuccessResponse<Cart>> clear() {
        return store.clear(caller.get(), clock.instant())
                .chain(() -> store.findCart(caller.get(), clock.instant()))
                .map(SuccessResponse::of);
    }
}
