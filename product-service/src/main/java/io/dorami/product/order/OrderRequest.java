package io.dorami.product.order;

import io.dorami.service.rest.DisplayText;
import io.dorami.service.rest.StrictBody;
import io.dorami.service.text.TextCleaner;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Cart items to order.
 *
 * @param cartItemIds null for all items that are held
 * @param depositorName null for the buyer's name
 */
record OrderRequest(
        @Nullable List<UUID> cartItemIds, @Nullable String depositorName, String instagramId) {

    /** A cart holds at most 20 items by default. */
    static final int MAX_ITEMS = 100;

    /** Request body of the web client's checkout. */
    public record FromCart(
            @Nullable @Size(min = 1, max = MAX_ITEMS) List<@NotNull UUID> cartItemIds,

            @Nullable @Max(value = 0, message = "is not supported; this platform has no points")
            Long pointsToUse)
            implements StrictBody {

        OrderRequest toRequest() {
            return new OrderRequest(cartItemIds, null, "");
        }
    }

    /** Request body with the buyer's names. */
    public record WithNames(
            @NotNull @Size(min = 1, max = MAX_ITEMS) List<@NotNull UUID> cartItemIds,
            @NotBlank @Size(max = 100) String depositorName,
            @NotNull @Size(max = 100) String instagramId)
            implements StrictBody {

        OrderRequest toRequest() {
            return new OrderRequest(
                    cartItemIds,
                    DisplayText.requireLine("depositorName", depositorName),
                    TextCleaner.cleanLine(instagramId));
        }
    }

    /** Distinguishes this request from another with the same idempotency key. */
    String fingerprint() {
        String items = cartItemIds == null
                ? "all"
                : cartItemIds.stream().distinct().sorted().map(UUID::toString).collect(Collectors.joining(" "));
        return "order " + items + " " + depositorName + " " + instagramId;
    }
}
