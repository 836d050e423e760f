package io.dorami.product.sales;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import io.dorami.contracts.keys.StreamKey;
import io.dorami.product.show.SellerCheck;
import io.dorami.service.rest.InstantParameter;
import io.dorami.service.rest.SuccessResponse;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The sales of a show, for its owner, co-hosts and admins. */
@Path("/api/streaming/key/{key}/sales")
@Tag(name = "Sales of a show")
@Authenticated
public class ShowSalesResource {

    /** Longer than any show; bounds the orders that one request sums. */
    private static final Duration MAX_PERIOD = Duration.ofDays(31);

    private final Clock clock = Clock.tickMillis(ZoneOffset.UTC);
    private final ShowSalesStore store;
    private final SellerCheck sellerCheck;

    ShowSalesResource(ShowSalesStore store, SellerCheck sellerCheck) {
        this.store = store;
        this.sellerCheck = sellerCheck;
    }

    @GET
    @Operation(
            summary = "Get sales of a show",
            description =
                    "Of the orders placed and the moments since from and before to: by default until now, and at most "
                            + "31 days.")
    public Uni<SuccessResponse<ShowSales>> find(
            StreamKey key,
            @QueryParam("from") @Nullable InstantParameter from,
            @QueryParam("to") @Nullable InstantParameter to) {
        Instant until = to == null ? clock.instant() : to.value();
        Instant since = from == null ? until.minus(MAX_PERIOD) : from.value();
        if (since.isAfter(until) || Duration.between(since, until).compareTo(MAX_PERIOD) > 0) {
            throw new DoramiException(ErrorCode.VALIDATION_ERROR, "query: expected from at most 31 days before to");
        }
        return sellerCheck
                .requireSeller(key)
                .chain(() -> store.find(key, since, until))
                .map(SuccessResponse::of);
    }
}
