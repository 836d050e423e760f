package io.dorami.service.rest;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.PARAMETER;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An amount in a request: 0 to {@link MoneyScale#MAX_AMOUNT} of the configured currency, with no more decimals than the
 * currency has. Null is valid.
 */
@Constraint(validatedBy = MoneyValidator.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({FIELD, METHOD, PARAMETER})
public @interface Money {

    /** Replaced by a message that names the currency. */
    String message() default "must be an amount of the configured currency";

    /** Validation groups; not used. */
    Class<?>[] groups() default {};

    /** Validation payload; not used. */
    Class<? extends Payload>[] payload() default {};
}
