package io.dorami.service.rest;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Validates {@link Money}. */
@ApplicationScoped
class MoneyValidator implements ConstraintValidator<Money, BigDecimal> {

    private final MoneyScale money;

    MoneyValidator(MoneyScale money) {
        this.money = money;
    }

    @Override
    public boolean isValid(@Nullable BigDecimal amount, ConstraintValidatorContext context) {
        if (amount == null) {
            return true;
        }
        // The bounds come first: afterwards the number of digits is small, whatever exponent the request had.
        if (amount.signum() >= 0 && amount.compareTo(MoneyScale.MAX_AMOUNT) <= 0 && money.fits(amount)) {
            return true;
        }
        context.disableDefaultConstraintViolation();
        context.buildConstraintViolationWithTemplate("must be 0 to %s %s with at most %d decimals"
                        .formatted(MoneyScale.MAX_AMOUNT.toPlainString(), money.currencyCode(), money.decimals()))
                .addConstraintViolation();
        return false;
    }
}
