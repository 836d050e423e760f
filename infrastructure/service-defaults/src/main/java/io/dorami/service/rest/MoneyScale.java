package io.dorami.service.rest;

import io.dorami.service.runtime.DoramiConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.util.Currency;

/** The configured currency and its number of decimals: 2 for USD, 0 for KRW. */
@ApplicationScoped
public class MoneyScale {

    /** Sums of 20 lines of 10 units stay below 10¹², so that JavaScript reads amounts with 2 decimals exactly. */
    public static final BigDecimal MAX_AMOUNT = BigDecimal.valueOf(1_000_000_000);

    private final Currency currency;

    MoneyScale(DoramiConfig config) {
        this.currency = config.currency();
    }

    public String currencyCode() {
        return currency.getCurrencyCode();
    }

    /** The number of decimals of an amount. */
    public int decimals() {
        return Math.max(currency.getDefaultFractionDigits(), 0); // -1 for pseudo-currencies such as XAU
    }

    /** Returns true if the amount needs no more decimals than the currency has. */
    public boolean fits(BigDecimal amount) {
        return amount.stripTrailingZeros().scale() <= decimals();
    }

    /** Returns the amount with exactly the currency's decimals, such as 30.00; the amount must {@link #fits fit}. */
    public BigDecimal scale(BigDecimal amount) {
        return amount.setScale(decimals());
    }
}
