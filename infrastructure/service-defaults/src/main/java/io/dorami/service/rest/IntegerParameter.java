package io.dorami.service.rest;

import io.dorami.contracts.errors.DoramiException;
import io.dorami.contracts.errors.ErrorCode;
import java.math.BigInteger;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An integer in a query string that selects a part of a list. A value outside the bounds takes the nearest allowed value,
 * because the web client asks for more than a page and repeats the call every few seconds.
 */
@Schema(type = SchemaType.INTEGER)
public record IntegerParameter(BigInteger value) {

    /** Longer texts are rejected before they are parsed, because parsing takes time quadratic in the length. */
    private static final int MAX_DIGITS = 100;

    /**
     * Parses an integer of any size. JAX-RS calls this method by its name.
     *
     * @throws DoramiException {@link ErrorCode#VALIDATION_ERROR} if the text is not an integer
     */
    public static IntegerParameter valueOf(String text) {
        if (text.length() > MAX_DIGITS || !text.matches("[+-]?\\d+")) {
            throw new DoramiException(
                    ErrorCode.VALIDATION_ERROR,
                    "query: expected an integer, got \"" + text.substring(0, Math.min(text.length(), 20)) + '"');
        }
        return new IntegerParameter(new BigInteger(text));
    }

    /** Returns the value, or the nearest bound. */
    public int clamp(int min, int max) {
        return value.max(BigInteger.valueOf(min)).min(BigInteger.valueOf(max)).intValueExact();
    }
}
