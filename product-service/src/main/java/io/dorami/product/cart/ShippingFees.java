package io.dorami.product.cart;

import io.dorami.contracts.commands.FreeShipping;
import io.dorami.contracts.keys.StreamKey;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The shipping fee of a cart or an order: the sum of its lines' fees, without those of shows that pay shipping. A show's
 * threshold counts the show's own lines.
 *
 * @param charged what the buyer pays
 * @param isWaived true if shows pay all fees, and these are not zero
 */
public record ShippingFees(BigDecimal charged, boolean isWaived) {

    /** A line of a cart or an order. */
    public interface Line {

        /** Null if only the shop sells the product. */
        @Nullable
        StreamKey streamKey();

        BigDecimal subtotal();

        BigDecimal shippingFee();
    }

    /** Computes the fee; shows without terms pay no shipping. */
    public static ShippingFees of(List<? extends Line> lines, Map<StreamKey, FreeShipping> terms) {
        Map<Optional<StreamKey>, List<Line>> shows =
                lines.stream().collect(Collectors.groupingBy(line -> Optional.ofNullable(line.streamKey())));
        BigDecimal charged = BigDecimal.ZERO;
        BigDecimal waived = BigDecimal.ZERO;
        for (var show : shows.entrySet()) {
            BigDecimal subtotal =
                    sum(show.getValue().stream().map(Line::subtotal).toList());
            BigDecimal fees =
                    sum(show.getValue().stream().map(Line::shippingFee).toList());
            boolean isFree = show.getKey()
                    .map(key -> terms.getOrDefault(key, FreeShipping.NONE))
                    .orElse(FreeShipping.NONE)
                    .isFree(subtotal);
            charged = isFree ? charged : charged.add(fees);
            waived = isFree ? waived.add(fees) : waived;
        }
        return new ShippingFees(charged, waived.signum() > 0 && charged.signum() == 0);
    }

    /** Adds amounts. */
    public static BigDecimal sum(List<BigDecimal> amounts) {
        return amounts.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
