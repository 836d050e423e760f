package io.dorami.contracts.commands;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The terms on which a show pays the shipping of its orders.
 *
 * @param threshold the subtotal of the show's items from which shipping is free, in the configured currency; only with
 *     {@link Mode#THRESHOLD}
 */
public record FreeShipping(Mode mode, @Nullable BigDecimal threshold) {

    /** Every buyer pays shipping. */
    public static final FreeShipping NONE = new FreeShipping(Mode.DISABLED, null);

    /** The condition of free shipping. */
    public enum Mode {
        DISABLED,
        UNCONDITIONAL,
        /** From a subtotal on. */
        THRESHOLD
    }

    /** Returns true if an order with this subtotal of the show's items has no shipping fee. */
    public boolean isFree(BigDecimal subtotal) {
        return switch (mode) {
            case DISABLED -> false;
            case UNCONDITIONAL -> true;
            case THRESHOLD -> threshold != null && subtotal.compareTo(threshold) >= 0;
        };
    }
}
